#!/usr/bin/env bash
# Run inside a machine that systemd has booted, by test-package.sh --boot: the units at work, with Debian's PostgreSQL.
# Usage: boot-test.sh PACKAGE NEWER-PACKAGE
set -euo pipefail
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
fail() { echo "boot-test.sh: $*" >&2 && journalctl --no-pager -u bashud -n 30 >&2 && exit 1; }
step() { echo "-- $*"; }
show() { systemctl show bashud.service --property "$1" --value; }
# Waits until a command succeeds; sixty times a second apart.
until_true() {
    local name=$1 left=60
    shift
    until "$@"; do
        left=$((left - 1))
        [ $left -gt 0 ] || fail "never: $name; bashud is $(show ActiveState): $(show StatusText)"
        read -rt 1 <> <(:) || true
    done
}
is() { [[ "$(show "$1")" == $2 ]]; }
as_postgres() { setpriv --reuid=postgres --regid=postgres --init-groups "$@"; }

step "install, database, init"
dpkg --install "$1" >/dev/null
is ActiveState inactive || fail "the installation has started the daemon"
systemctl start postgresql
until_true "the server starts" as_postgres psql -qXAtc 'SELECT 1' >/dev/null 2>&1
as_postgres psql -qXc 'CREATE ROLE bashu LOGIN'
as_postgres createdb -E UTF8 -T template0 standards
as_postgres bashuctl init --region 50 --daemon-role bashu --database 'dbname=standards' >/dev/null
cat >/etc/bashu/bashu.toml <<'TOML'
[database]
conninfo = "host=/var/run/postgresql dbname=standards user=bashu"
[metrics]
listen = "127.0.0.1:9480"
TOML

step "start: ready when the database is ours"
systemctl enable --now bashud
is ActiveState active || fail "it is not active after its start"
until_true "the status" is StatusText '*in step; links 0/0 up'
show StatusText
exec 3<>/dev/tcp/127.0.0.1/9480 && printf 'GET /readyz HTTP/1.0\r\nHost: x\r\n\r\n' >&3
read -r answer <&3 && [[ $answer == *' 200 '* ]] || fail "/readyz answers $answer"
exec 3>&-

step "reload"
printf '[daemon]\nlog_level = "debug"\n' >>/etc/bashu/bashu.toml
systemctl reload bashud
until_true "the reload" journalctl --quiet -u bashud --grep 'code=BSH-C001 changed=daemon.log_level' >/dev/null
printf 'log_level = 3\n' >>/etc/bashu/bashu.toml
systemctl reload bashud || true
until_true "a bad reload is told" is StatusText '*configuration not read again*'
is ActiveState active || fail "a bad reload has ended it"
sed -i '$d' /etc/bashu/bashu.toml

step "a start without the database, which comes later"
systemctl stop bashud postgresql
systemctl start --no-block bashud
until_true "it waits" is StatusText 'waiting for the database; problem: *'
is ActiveState activating || fail "it is $(show ActiveState) without a database"
systemctl start postgresql
until_true "it is ready" is ActiveState active

step "the watchdog ends a hang, and systemd starts it again"
mkdir -p /run/systemd/system/bashud.service.d
printf '[Service]\nWatchdogSec=3s\nRestartSec=1\nTimeoutAbortSec=2s\n' >/run/systemd/system/bashud.service.d/test.conf
systemctl daemon-reload
systemctl restart bashud
is Result success || fail "it does not start"
before=$(show MainPID)
kill -STOP "$before"
until_true "another process works" eval '[ "$(show MainPID)" != '"$before"' ] && is ActiveState active'
[ "$(show NRestarts)" -ge 1 ] || fail "not restarted"
rm /run/systemd/system/bashud.service.d/test.conf && systemctl daemon-reload

step "a second daemon by its template; one with a mistake is not started again"
sed 's/9480/9481/' /etc/bashu/bashu.toml >/etc/bashu/second.toml
as_postgres createdb -E UTF8 -T template0 second
as_postgres bashuctl init --region 51 --daemon-role bashu --database 'dbname=second' >/dev/null
sed -i 's/dbname=standards/dbname=second/' /etc/bashu/second.toml
systemctl start bashud@second
systemctl is-active --quiet bashud@second || fail "bashud@second does not work"
echo 'nonsense' >/etc/bashu/third.toml
systemctl start bashud@third 2>/dev/null && fail "a wrong configuration starts"
[ "$(systemctl show bashud@third -p NRestarts --value)" = 0 ] || fail "a wrong configuration is tried again"

step "upgrade restarts what runs"
before=$(show MainPID)
dpkg --force-confold --install "$2" >/dev/null
until_true "the new one works" eval '[ "$(show MainPID)" != '"$before"' ] && is ActiveState active'

step "stop, remove, purge"
systemctl stop bashud
is Result success || fail "the stop ends with $(show Result)"
journalctl --quiet -u bashud --grep 'ended code=BSH-D002' >/dev/null || fail "it did not end well"
dpkg --purge bashu >/dev/null 2>&1
systemctl is-active --quiet bashud@second && fail "bashud@second survives its package"
as_postgres psql -qXAtd standards -c 'SELECT 1 FROM bashu.node' | grep -q 1 || fail "purge took the database"
echo "-- the units are good"
