#!/bin/bash
# A small certificate authority for tests and pilots: see Deploy/guide/tls.md. For real use take your organisation's.
#
#   small-ca.sh FOLDER init [NAME]          the authority: FOLDER/ca.pem, for everybody's sslrootcert and ssl_ca_file
#   small-ca.sh FOLDER server HOST [HOST…]  a server's: FOLDER/HOST.pem and HOST.key; more names or addresses follow
#   small-ca.sh FOLDER client NAME          a peer's: FOLDER/NAME.pem and NAME.key; NAME is its common name
#   small-ca.sh FOLDER revoke NAME          takes a certificate back and writes FOLDER/crl.pem anew
#   small-ca.sh FOLDER crl                  writes FOLDER/crl.pem anew: it is valid for 30 days
#
# DAYS: how long a certificate is valid (default 365). FROM and UNTIL, as 20260930000000Z, say it exactly.
set -euo pipefail
umask 077

fail() {
    echo "small-ca.sh: $*" >&2
    exit 1
}

[ $# -ge 2 ] || fail "usage: small-ca.sh FOLDER init|server|client|revoke|crl …"
folder=$1
command=$2
shift 2
days=${DAYS:-365}

# What `openssl ca` wants to know.
configure() {
    cat >"$folder/ca.cnf" <<END
[ca]
default_ca = small
[small]
dir = $folder
database = $folder/index.txt
new_certs_dir = $folder/issued
serial = $folder/serial
crlnumber = $folder/crlnumber
certificate = $folder/ca.pem
private_key = $folder/ca.key
default_md = sha256
default_crl_days = 30
unique_subject = no
policy = any
copy_extensions = none
[any]
commonName = supplied
END
}

# Parameters: name of the files, common name, extensions as lines.
issue() {
    local name=$1 common=$2 extensions=$3
    [ -e "$folder/ca.key" ] || fail "no authority in $folder: small-ca.sh $folder init"
    case $common in *[/,+=]*) fail "a name without / , + = please: $common" ;; esac
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -utf8 -batch -subj "/CN=$common" \
        -keyout "$folder/$name.key" -out "$folder/$name.csr" 2>/dev/null
    chmod 600 "$folder/$name.key"
    printf '%s\n' "basicConstraints = critical, CA:FALSE" "$extensions" >"$folder/$name.ext"
    local dates=(-days "$days")
    [ -z "${UNTIL:-}" ] || dates=(-startdate "${FROM:-20200101000000Z}" -enddate "$UNTIL")
    openssl ca -config "$folder/ca.cnf" -batch -notext -utf8 "${dates[@]}" -extfile "$folder/$name.ext" \
        -in "$folder/$name.csr" -out "$folder/$name.pem" 2>"$folder/last.log" || fail "$(cat "$folder/last.log")"
    rm "$folder/$name.csr" "$folder/$name.ext"
    chmod 644 "$folder/$name.pem"
    echo "$folder/$name.pem"
}

write_list() {
    openssl ca -config "$folder/ca.cnf" -gencrl -out "$folder/crl.pem" 2>"$folder/last.log" ||
        fail "$(cat "$folder/last.log")"
    chmod 644 "$folder/crl.pem"
    echo "$folder/crl.pem"
}

case $command in
init)
    [ ! -e "$folder/ca.key" ] || fail "there is an authority in $folder already"
    mkdir -p "$folder/issued"
    folder=$(cd "$folder" && pwd)
    chmod 755 "$folder"
    : >"$folder/index.txt"
    openssl rand -hex 16 >"$folder/serial"
    echo 01 >"$folder/crlnumber"
    configure
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -utf8 -days 3650 \
        -subj "/CN=${1:-Bashu small authority}" -addext "basicConstraints = critical, CA:TRUE" \
        -addext "keyUsage = critical, keyCertSign, cRLSign" \
        -keyout "$folder/ca.key" -out "$folder/ca.pem" 2>/dev/null
    chmod 600 "$folder/ca.key"
    chmod 644 "$folder/ca.pem"
    write_list >/dev/null
    echo "$folder/ca.pem"
    ;;
server)
    [ $# -ge 1 ] || fail "which host?"
    names=
    for host in "$@"; do
        case $host in
        *:*) names+="IP:$host," ;;
        *[!0-9.]*) names+="DNS:$host," ;;
        *) names+="IP:$host," ;;
        esac
    done
    issue "$1" "$1" "extendedKeyUsage = serverAuth
subjectAltName = ${names%,}"
    ;;
client)
    [ $# -eq 1 ] || fail "which name?"
    issue "$1" "$1" "extendedKeyUsage = clientAuth"
    ;;
revoke)
    [ $# -eq 1 ] || fail "which certificate?"
    openssl ca -config "$folder/ca.cnf" -revoke "$folder/$1.pem" 2>"$folder/last.log" ||
        fail "$(cat "$folder/last.log")"
    write_list
    ;;
crl) write_list ;;
*) fail "there is no $command: init, server, client, revoke or crl" ;;
esac
