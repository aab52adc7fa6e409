#!/usr/bin/env bash
# Two regions with a database that nobody here wrote: loads a dump, shares what can be shared, lets both sides write
# at random for a while, and compares.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=Deploy/packages.sh
. Deploy/packages.sh

usage() {
    cat <<'TEXT'
Usage: bash Tests/Foreign/foreign.sh [--seconds N] [--keep] DUMP.sql | --pgbench

Loads the dump, plain SQL as pg_dump writes it, into a region of its own; the other region gets its schema only. Every
table that can be shared is shared, and of each other the reason is printed. Then two sessions on each side write at
random, within the tables' own constraints, and in the end both sides must be equal.

  --pgbench    pgbench's own tables, and pgbench itself as the writer on both sides
  --seconds N  how long they write; 20
  --keep       leave the servers' folder, and say where it is

Uses the debug build of bashud and bashuctl. As root or with sudo missing Debian packages are installed.
Exit status: 0 both sides are equal; 1 they are not, or something failed; 64 wrong usage.
TEXT
}

seconds=20 keep='' pgbench='' dump=''
while [ $# -gt 0 ]; do
    case $1 in
    --seconds) seconds=${2:?"--seconds needs a number"} && shift ;;
    --keep) keep=1 ;;
    --pgbench) pgbench=1 ;;
    -h | --help) usage && exit 0 ;;
    -*) usage >&2 && exit 64 ;;
    *) dump=$1 ;;
    esac
    shift
done
[ -n "$pgbench" ] || [ -r "$dump" ] || { usage >&2 && exit 64; }

export LC_ALL=C.UTF-8 PGCLIENTENCODING=UTF8 COLUMNS=100 BASHU_CONFIG=/dev/null PGSSLMODE=disable
unset PGHOST PGPORT PGUSER PGDATABASE PGSERVICE PGOPTIONS PSQLRC
install_packages >/dev/null
swift build --product bashud >/dev/null && swift build --product bashuctl >/dev/null
bin=$PWD/.build/debug
programs=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1)

work=$(mktemp -d) && chmod 777 "$work"
declare -A daemon=()
finish() {
    local side
    for side in "${!daemon[@]}"; do kill -9 "${daemon[$side]}" 2>/dev/null || true; done
    [ ! -f "$work/server/postmaster.pid" ] ||
        as_server "$programs/pg_ctl" -D "$work/server" -m immediate -w stop >/dev/null 2>&1
    if [ -n "$keep" ]; then echo "kept: $work"; else rm -rf "$work"; fi
}
trap 'status=$?; set +e; finish; exit $status' EXIT
trap 'exit 130' INT TERM

# PostgreSQL does not run as root.
as_server() {
    if [ "$(id -u)" = 0 ]; then (cd / && runuser -u nobody -- "$@"); else "$@"; fi
}
as_server "$programs/initdb" -D "$work/server" -U postgres -A trust -E UTF8 --locale=C.UTF-8 -N >/dev/null
printf '%s\n' "listen_addresses = ''" "unix_socket_directories = '$work'" "fsync = off" "max_connections = 60" |
    as_server tee -a "$work/server/postgresql.conf" >/dev/null
as_server "$programs/pg_ctl" -D "$work/server" -l "$work/server.log" -w start >/dev/null

sides=(50 51)
address() { echo "host=$work dbname=region$1 user=$2"; }
sql() { psql -XqAt -v ON_ERROR_STOP=1 -d "$(address "$1" postgres)" "${@:2}"; }
ctl() {
    BASHU_DATABASE=$(address "$1" bashu) BASHU_OWNER_DATABASE=$(address "$1" postgres) "$bin/bashuctl" "${@:2}"
}

# --- Load ---------------------------------------------------------------------------------------------------------
psql -Xqd "host=$work dbname=postgres user=postgres" <<<"
    CREATE ROLE bashu LOGIN; CREATE ROLE peer50 LOGIN; CREATE ROLE peer51 LOGIN;
    CREATE DATABASE region50 TEMPLATE template0; CREATE DATABASE region51 TEMPLATE template0;" >/dev/null
if [ -n "$pgbench" ]; then
    "$programs/pgbench" -i -q --foreign-keys -s 1 "$(address 50 postgres)" 2>/dev/null
else
    psql -Xq -d "$(address 50 postgres)" -f "$dump" >"$work/load.log" 2>&1 || { tail -n 3 "$work/load.log" && exit 1; }
    ! grep -q ERROR "$work/load.log" || { echo "the dump loads with errors:" && grep ERROR "$work/load.log" | head -n 5; }
fi
"$programs/pg_dump" -s -d "$(address 50 postgres)" | psql -Xq -d "$(address 51 postgres)" >/dev/null

# --- Share --------------------------------------------------------------------------------------------------------
for side in "${sides[@]}"; do
    other=$((101 - side))
    ctl "$side" init --region "$side" --daemon-role bashu >"$work/init.$side"
    # The grants that init prints, for the two roles that it prints them for.
    awk '/^--/ { peer = /peer/ } /^GRANT/ && peer' "$work/init.$side" | sed "s/\bROLE;\$/peer$other;/" >"$work/grants"
    sql "$side" -f "$work/grants"
done
tables=$(sql 50 -c "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'bashu')
    ORDER BY 1")
shared=() refused=0
while read -r table; do
    ok=1
    for side in "${sides[@]}"; do
        if ! ctl "$side" table add "$table" --keys-may-collide --allow-triggers --allow-truncate >"$work/add" 2>&1; then
            [ $ok = 0 ] || echo "not shared: $table: $(tr '\n' ' ' <"$work/add" | sed 's/^bashuctl: //' | cut -c1-200)"
            ok=0
        fi
    done
    if [ $ok = 1 ]; then shared+=("$table"); else refused=$((refused + 1)); fi
done <<<"$tables"
echo "shared: ${#shared[@]} tables, not shared: $refused"
[ ${#shared[@]} -gt 0 ] || exit 1
for side in "${sides[@]}"; do
    other=$((101 - side))
    ctl "$side" peer add $other --login peer$other --conninfo "$(address $other "peer$side")" >/dev/null
    BASHU_DATABASE=$(address "$side" bashu) BASHU_PEER_POLL_SECONDS=1 "$bin/bashud" 2>"$work/bashud.$side" &
    daemon[$side]=$!
done

# --- Wait, and compare --------------------------------------------------------------------------------------------
vector() {
    sql "$1" -c "SELECT string_agg(o.name || '=' || a.number, ' ' ORDER BY o.name COLLATE \"C\")
        FROM bashu.applied a JOIN bashu.origin o ON o.id = a.origin_id WHERE a.number > 0
        HAVING NOT EXISTS (SELECT FROM bashu.pending) AND NOT EXISTS (SELECT FROM bashu.recheck)"
}
agree() {
    local end=$((SECONDS + 180)) here there
    while [ $SECONDS -lt $end ]; do
        here=$(vector 50) && there=$(vector 51) || true
        [ -n "$here" ] && [ "$here" = "$there" ] && return 0
        sleep 0.5
    done
    echo "the regions did not come together in 180 s:"
    for side in "${sides[@]}"; do ctl "$side" status | sed "s/^/  [$side] /" || true; done
    return 1
}
contents() {
    local table
    for table in "${shared[@]}"; do
        sql "$1" -c "SELECT '$table', count(*), md5(coalesce(string_agg(r, E'\n' ORDER BY r COLLATE \"C\"), ''))
            FROM (SELECT t::text AS r FROM $table t) rows"
    done
}
agree
echo "the rows of the dump are on both sides after ${SECONDS} s: $(contents 50 | awk -F'|' '{ n += $2 } END { print n }') rows"

# --- Write --------------------------------------------------------------------------------------------------------
write() {
    local side=$1
    if [ -n "$pgbench" ]; then
        "$programs/pgbench" -n -c 2 -T "$seconds" "$(address "$side" postgres)" >"$work/writes.$side" 2>&1
    else
        sql "$side" -v tables="$(printf '%s\n' "${shared[@]}")" -f Tests/Foreign/writer.sql >/dev/null
        echo "SELECT foreign_test.write();" >"$work/write.sql"
        "$programs/pgbench" -n -c 2 -T "$seconds" -f "$work/write.sql" "$(address "$side" postgres)" \
            >"$work/writes.$side" 2>&1
    fi
}
for side in "${sides[@]}"; do write "$side" & writer[side]=$!; done
for side in "${sides[@]}"; do wait "${writer[side]}" || { cat "$work/writes.$side" && exit 1; }; done
for side in "${sides[@]}"; do
    if [ -n "$pgbench" ]; then
        echo "[$side] $(grep -h 'transactions actually processed' "$work/writes.$side")"
    else
        echo "[$side] $(sql "$side" -c "SELECT string_agg(kind || ' ' || n, ', ' ORDER BY kind)
            FROM (SELECT kind, count(*) AS n FROM foreign_test.done GROUP BY 1) d")"
    fi
done
start=$SECONDS
agree
echo "together again after $((SECONDS - start)) s: $(sql 50 -c "SELECT count(*) || ' batches, ' || sum(changes) || ' changes, '
    || (SELECT count(*) FROM bashu.conflict_case) || ' cases' FROM bashu.batch")"
contents 50 >"$work/contents.50"
contents 51 >"$work/contents.51"
diff "$work/contents.50" "$work/contents.51" >"$work/diff" || { echo "THE SIDES DIFFER:" && cat "$work/diff" && exit 1; }
for side in "${sides[@]}"; do
    ctl "$side" verify >"$work/verify.$side" || { cat "$work/verify.$side" && exit 1; }
done
echo "equal: ${#shared[@]} tables, and each table is what its log says"
