#!/usr/bin/env bash
# Two regions and an institution on this machine, in a story of a few minutes.
# Usage: bash Deploy/demo.sh [--no-build]
# Exit status: 0 everything happened as told; 1 something did not.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=Deploy/packages.sh
. Deploy/packages.sh

export LC_ALL=C.UTF-8 PGCLIENTENCODING=UTF8 COLUMNS=80
# Nothing of this machine's own configuration, or of its PostgreSQL, is to be touched.
unset "${!BASHU_@}" PGHOST PGPORT PGUSER PGDATABASE PGSERVICE PGOPTIONS PSQLRC
export BASHU_CONFIG=/dev/null PGSSLMODE=disable
bold='' faint='' plain=''
if [ -t 1 ]; then bold=$'\e[1m' faint=$'\e[36m' plain=$'\e[0m'; fi

fail() { printf '\n%sNot as told: %s%s\n' "$bold" "$1" "$plain" >&2 && exit 1; }

# --- Everything ends with this script ---------------------------------------------------------------------------
work=
declare -A daemon=()
finish() {
    trap '' INT TERM
    local party file
    for party in "${!daemon[@]}"; do kill -9 "${daemon[$party]}" 2>/dev/null || true; done
    if [ -n "$work" ]; then
        for file in "$work"/*/data/postmaster.pid; do
            [ -f "$file" ] && as_server "$programs/pg_ctl" -D "${file%/*}" -m immediate -w stop >/dev/null 2>&1
        done
        rm -rf "$work"
    fi
}
trap 'status=$?; set +e; finish; exit $status' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# --- Build ------------------------------------------------------------------------------------------------------
install_packages
build=release
[ -x .build/release/bashud ] || [ ! -x .build/debug/bashud ] || build=debug
if [ "${1:-}" != --no-build ]; then
    echo "Building bashud and bashuctl ($build); the first time takes some minutes ..."
    for product in bashud bashuctl; do
        swift build -c $build --product $product >"${TMPDIR:-/tmp}/bashu-demo-build.$$" 2>&1 || {
            cat "${TMPDIR:-/tmp}/bashu-demo-build.$$" && rm -f "${TMPDIR:-/tmp}/bashu-demo-build.$$" && exit 1
        }
        rm -f "${TMPDIR:-/tmp}/bashu-demo-build.$$"
    done
fi
bin=$PWD/.build/$build
SECONDS=0

# --- Servers ----------------------------------------------------------------------------------------------------
programs=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1)
parties=(50 51 library)
declare -A title=([50]="Chongqing 重庆" [51]="Sichuan 四川" [library]="an institution 图书馆")

# PostgreSQL does not run as root.
as_server() {
    if [ "$(id -u)" = 0 ]; then (cd / && runuser -u nobody -- "$@"); else "$@"; fi
}

# One cluster each, reached only through a socket in a folder of its own: no port is opened.
start_cluster() {
    local folder=$work/$1
    as_server mkdir "$folder"
    as_server "$programs/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 -N >/dev/null
    printf '%s\n' "listen_addresses = ''" "unix_socket_directories = '$folder'" "fsync = off" \
        "shared_buffers = '32MB'" | as_server tee -a "$folder/data/postgresql.conf" >/dev/null
    as_server "$programs/pg_ctl" -D "$folder/data" -l "$folder/server.log" -w start >/dev/null ||
        { cat "$folder/server.log" >&2 && return 1; }
}

address() { echo "host=$work/$1 dbname=catalogue user=$2"; }
sql() { psql -XqAt -v ON_ERROR_STOP=1 -d "$(address "$1" "$2")" "${@:3}"; }
ctl() {
    BASHU_DATABASE=$(address "$1" bashu) BASHU_OWNER_DATABASE=$(address "$1" catalogue_owner) "$bin/bashuctl" "${@:2}"
}
start_daemon() {
    BASHU_DATABASE=$(address "$1" bashu) BASHU_PEER_POLL_SECONDS=1 "$bin/bashud" 2>>"$work/log.$1" &
    daemon[$1]=$!
}

# Runs the grants that `bashuctl init` prints for a kind of role.
grant() {
    local party=$1 heading=$2 role=$3
    ctl "$party" init | awk -v heading="-- $heading" '/^--/ { on = ($0 == heading) } on && /^GRANT/' |
        sed "s/\bROLE;\$/$role;/" >"$work/grants"
    grep -q GRANT "$work/grants" || fail "bashuctl init printed no grants for $heading"
    sql "$party" postgres -f "$work/grants"
}

# --- Words ------------------------------------------------------------------------------------------------------
number=0
part() {
    number=$((number + 1))
    printf '\n%s%d. %s%s\n' "$bold" $number "$1" "$plain"
}
tell() { fold -s -w 78 <<<"$*" | sed 's/ *$//; s/^/  /'; }
# Shows a command, then its output.
show() {
    printf '\n  %s[%s] $ %s%s\n' "$faint" "$1" "$2" "$plain"
}
expect() {
    local wanted=$1 status=0
    shift
    "$@" >"$work/out" 2>&1 || status=$?
    cat "$work/out"
    [ $status = "$wanted" ] || fail "$* ended with $status, not $wanted"
}
# bashuctl as an operator sees it: region, wanted exit status, arguments.
told() {
    local words=()
    for word in "${@:3}"; do
        case $word in *[!A-Za-z0-9_.:/=-]*) words+=("'$word'") ;; *) words+=("$word") ;; esac
    done
    show "$1" "bashuctl ${words[*]}"
    expect "$2" ctl "$1" "${@:3}"
}
query() {
    show "$1" "psql"
    fold -s -w 74 <<<"$3" | sed 's/ *$//; s/^/     /'
    psql -Xq -v ON_ERROR_STOP=1 -P pager=off -P footer=off -P border=1 -d "$(address "$1" "$2")" -c "$3"
}

# --- Waiting, and comparing -------------------------------------------------------------------------------------
until_true() {
    local what=$1 end=$((SECONDS + 30))
    shift
    until "$@"; do
        [ $SECONDS -lt $end ] || { tail -n 5 "$work"/log.* >&2 && fail "$what (waited 30 s)"; }
        sleep 0.2
    done
}
vector() {
    sql "$1" postgres -c "SELECT string_agg(o.name || '=' || a.number, ' ' ORDER BY o.name)
        FROM bashu.applied a JOIN bashu.origin o ON o.id = a.origin_id WHERE a.number > 0
        HAVING NOT EXISTS (SELECT FROM bashu.pending) OR (SELECT n.kind FROM bashu.node n) = 'replica'"
}
agreed() {
    local first
    first=$(vector 50) && [ -n "$first" ] && [ "$(vector 51)" = "$first" ] && [ "$(vector library)" = "$first" ]
}
alive() { [ "$(sql "$1" postgres -c 'SELECT pid FROM bashu.daemon')" = "${daemon[$1]}" ]; }
# Number of rows and a digest over every shared table, every column.
contents() {
    for table in "${tables[@]}"; do
        sql "$1" postgres -c "SELECT '$table', count(*), md5(coalesce(string_agg(r, E'\n' ORDER BY r COLLATE \"C\"), ''))
            FROM (SELECT t::text AS r FROM $table t) rows"
    done
}

# ================================================================================================================
echo
echo "Bashu demo: one catalogue of standards in three databases on this machine."
part "Three databases"
tell "Region 50 is Chongqing, region 51 is Sichuan: both write. \"library\" is an institution that only reads." \
    "Each has a PostgreSQL server of its own; region 50 has some 300 real records."
work=$(mktemp -d "${TMPDIR:-/tmp}/bashu-demo.XXXXXX")
chmod 755 "$work"
[ "$(id -u)" != 0 ] || chown nobody "$work"
for party in "${parties[@]}"; do start_cluster "$party"; done

for party in "${parties[@]}"; do
    psql -Xq -v ON_ERROR_STOP=1 -d "host=$work/$party dbname=postgres user=postgres" \
        -c 'CREATE ROLE catalogue_owner LOGIN' -c 'CREATE ROLE bashu LOGIN' -c 'CREATE ROLE clerk LOGIN' \
        -c 'CREATE ROLE reader LOGIN' -c 'CREATE ROLE peer_50 LOGIN' -c 'CREATE ROLE peer_51 LOGIN' \
        -c 'CREATE ROLE peer_library LOGIN' -c 'CREATE DATABASE catalogue OWNER catalogue_owner'
    ctl "$party" catalogue install >"$work/out" || fail "$(cat "$work/out")"
done
head -n 1 "$work/out"
sql 50 catalogue_owner -v sample=Schemas/catalogue/sample -f Schemas/catalogue/sample/load.sql | sed 's/^/  /'

part "Install Bashu"
tell "In each database, as the owner of its tables. No superuser, no extension, no restart of the server."
told 50 0 init --region 50 --daemon-role bashu >"$work/init"
grep -v '^\(--\|GRANT\)' "$work/init" | head -n 4
ctl 51 init --region 51 --daemon-role bashu >/dev/null
ctl library init --kind replica --region library --daemon-role bashu >/dev/null
show "50, 51, library" "bashuctl catalogue install --share"
for party in "${parties[@]}"; do
    ctl "$party" catalogue install --share >"$work/out" || fail "$(cat "$work/out")"
    [ "$party" = library ] || sql "$party" catalogue_owner -c 'GRANT USAGE ON SCHEMA catalogue TO clerk' \
        -c 'GRANT ALL ON ALL TABLES IN SCHEMA catalogue TO clerk'
done
tail -n 1 "$work/out"

mapfile -t tables < <(sql 50 catalogue_owner -c "SELECT format('%s.%s', schema_name, table_name)
    FROM bashu.shared_table ORDER BY id")

part "Make them known to each other"
tell "Each pulls from the others under a login of its own, which may do nothing but read the log. The grants are" \
    "those that \`bashuctl init\` printed. One bashud runs beside each database."
for pair in 50:51 51:50 50:library; do
    grant "${pair%:*}" "a peer that pulls from here:" "peer_${pair#*:}"
done
grant library "a reader of the shared tables:" reader
show 50 "bashuctl peer add 51 --login peer_51 --conninfo '... user=peer_50'"
expect 0 ctl 50 peer add 51 --login peer_51 --conninfo "$(address 51 peer_50)" --no-wait
ctl 51 peer add 50 --login peer_50 --conninfo "$(address 50 peer_51)" --no-wait >/dev/null || fail "peer add in 51"
ctl 50 peer add library --login peer_library >/dev/null || fail "peer add library in 50"
ctl library peer add 50 --conninfo "$(address 50 peer_library)" --no-wait >/dev/null || fail "peer add in library"

part "Fill the two empty databases"
tell "They receive the whole log of region 50, which may be written to meanwhile. Then the daemons go on from there."
told 51 0 join --from 50
told library 0 join --from 50
for party in "${parties[@]}"; do start_daemon "$party"; done
for party in "${parties[@]}"; do until_true "bashud of $party does not start" alive "$party"; done
until_true "the three databases do not converge" agreed
query 51 postgres "SELECT count(*) AS standards FROM catalogue.standard"

part "Both regions edit one record at the same time"
std="catalogue.standard_id('DB50/T 10011—2024')"
tell "The line between Chongqing and Sichuan is down; nobody notices, and both go on working."
expect 0 ctl 50 peer pause 51 >/dev/null
expect 0 ctl 51 peer pause 50 >/dev/null
paused() { [ "$(sql "$1" postgres -c "SELECT state FROM bashu.link WHERE peer = '$2'")" = paused ]; }
until_true "the link is not paused" paused 50 51
until_true "the link is not paused" paused 51 50
query 50 clerk "UPDATE catalogue.standard SET title_en = 'Operating specification for hot pot restaurants', record_no = '重庆备-2024-118' WHERE std_id = $std"
query 51 clerk "UPDATE catalogue.standard SET title_en = 'Code of practice for hotpot catering', next_review_date = '2029-12-10' WHERE std_id = $std"
tell "The line is back."
expect 0 ctl 50 peer resume 51 >/dev/null
expect 0 ctl 51 peer resume 50 >/dev/null
until_true "the three databases do not converge" agreed
look="SELECT title_zh, title_en, record_no, next_review_date FROM catalogue.standard WHERE std_id = $std"
psql_x() {
    show "$1" "psql -x"
    fold -s -w 74 <<<"$look" | sed 's/ *$//; s/^/     /'
    psql -Xqx -v ON_ERROR_STOP=1 -P pager=off -d "$(address "$1" reader)" -c "$look"
}
tell "Edits of different columns have both stayed. Of the column that both wrote, the later edit holds, the same" \
    "one in every database. The institution reads:"
psql_x library
[ "$(sql library reader -c "SELECT title_en || record_no || next_review_date FROM catalogue.standard
    WHERE std_id = $std")" = "Code of practice for hotpot catering重庆备-2024-1182029-12-10" ] ||
    fail "the merged record is another one"

part "Nothing is lost silently: the conflict"
told 50 0 conflict list
handle=$(ctl 50 conflict list | awk '$1 ~ /^5[01]:/ { print $1; exit }')
[ -n "$handle" ] || fail "there is no conflict in the list"
told 50 0 conflict show "$handle"
loser=$(ctl 50 conflict show "$handle" | awk '{ for (i = 1; i <= 2; i++) if ($i ~ /^50:[0-9]+:[0-9]+$/) { print $i; exit } }')
[ -n "$loser" ] || fail "region 50's value is not shown"

part "A person rules"
tell "Any region may; the ruling travels like every other change and closes the case everywhere."
told 51 0 conflict resolve "$handle" --candidate "$loser" --reason '重庆市为牵头单位，以其译名为准'
until_true "the three databases do not converge" agreed
psql_x library
[ "$(sql library reader -c "SELECT title_en FROM catalogue.standard WHERE std_id = $std")" = \
    "Operating specification for hot pot restaurants" ] || fail "the ruling is not in the institution's database"
told 50 0 conflict list
tell "Who wrote what, what it was before, what lost and why is kept:"
told library 0 history catalogue.standard "$(sql 50 postgres -c "SELECT $std")" >"$work/history"
head -n 4 "$work/history"
echo "  ..."
tail -n 12 "$work/history"

part "A daemon is killed"
tell "kill -9 of Sichuan's bashud, while both regions go on writing."
kill -9 "${daemon[51]}"
wait "${daemon[51]}" 2>/dev/null || true
unset 'daemon[51]'
query 50 clerk "UPDATE catalogue.standard SET review_conclusion = 'valid', review_date = '2026-03-01' WHERE number_code = 'YY/T'"
query 51 clerk "UPDATE catalogue.standard SET jurisdiction_tc = 'SAC/TC 221' WHERE number_code = 'GB/T'"
tell "It starts again and goes on from where its database is; nothing was lost or done twice."
start_daemon 51
until_true "bashud of 51 does not start" alive 51
told 50 0 wait --peer 51 --timeout 30
told 51 0 wait --peer 50 --timeout 30
until_true "the three databases do not converge" agreed

part "The institution: fresh, and read only"
tell "How fresh it is, in SQL: everything that a region committed before \"through\" is here."
fresh() { [ "$(sql library reader -c "SELECT count(*) FROM bashu.freshness WHERE age < '5 s'")" = 2 ]; }
until_true "the institution is not fresh" fresh
query library reader "SELECT region, number, through::timestamp(0), age < '10 s' AS fresh FROM bashu.freshness"
show library "psql    (as the owner of the tables)"
echo "     DELETE FROM catalogue.standard"
if sql library catalogue_owner -c 'DELETE FROM catalogue.standard' 2>"$work/refusal"; then
    fail "a replica could be written to"
fi
cat "$work/refusal"

part "Status and verification"
status_good() { ctl 50 status >"$work/status" 2>&1; }
until_true "the status does not become good" status_good
told 50 0 status
told 51 0 verify --against 50

part "The end: are the three databases equal?"
for party in "${parties[@]}"; do contents "$party" >"$work/contents.$party"; done
rows=$(awk -F'|' '{ n += $2 } END { print n }' "$work/contents.50")
for party in "${parties[@]}"; do
    digest=$(md5sum <"$work/contents.$party")
    printf '  %-8s %s rows in %s tables, digest %s\n' "$party" \
        "$(awk -F'|' '{ n += $2 } END { print n }' "$work/contents.$party")" "${#tables[@]}" "${digest:0:16}"
    diff "$work/contents.50" "$work/contents.$party" || fail "$party differs from 50 in these tables"
done
[ "$rows" -gt 300 ] || fail "there are only $rows rows"
printf '\n%sAll three databases are equal. The story took %d seconds.%s\n' "$bold" $SECONDS "$plain"
