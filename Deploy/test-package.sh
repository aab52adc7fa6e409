#!/usr/bin/env bash
# Builds the Debian package, and installs, upgrades, removes and purges it in a fresh Debian of its own.
# Usage: bash Deploy/test-package.sh [--boot] [--no-build]
#   --boot      also boots that Debian with systemd-nspawn, and lets the units work with its PostgreSQL; some minutes
#   --no-build  takes the programs of the last run
# Needs root and debootstrap; where it cannot run it says so and ends with status 0.
# Exit status: 0 everything as expected, or skipped; 1 something was not.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=Deploy/packages.sh
. Deploy/packages.sh

fail() { echo "test-package.sh: $*" >&2 && exit 1; }
skip() { echo "SKIPPED: the package is not tested: $*" && exit 0; }
step() { echo "== $*"; }

boot='' build=()
for argument in "$@"; do
    case $argument in
    --boot) boot=1 ;;
    --no-build) build=(--no-build) ;;
    *) sed -n '2,7s/^# \{0,1\}//p' "$0" && exit 64 ;;
    esac
done
[ "$(id -u)" = 0 ] || skip "this needs root"
install_package_tools || skip "the tools for packages cannot be installed"

work=$(mktemp -d)
mounted=()
finish() {
    local place
    for place in "${mounted[@]}"; do umount "$place" 2>/dev/null || umount -l "$place" || true; done
    # Never across a mount that is still there.
    rm -rf --one-file-system "$work"
}
trap finish EXIT
trap 'exit 143' TERM
trap 'exit 130' INT
root=$work/root

step "the package"
bash Deploy/package.sh "${build[@]}" "$work/new" >"$work/log" || { cat "$work/log" && fail "it cannot be built"; }
new=$(tail -1 "$work/log")
# An older one of the same programs: for the upgrade.
SOURCE_DATE_EPOCH=1600000000 bash Deploy/package.sh --no-build "$work/old" >"$work/log"
old=$(tail -1 "$work/log")
bash Deploy/package.sh --no-build "$work/again" >/dev/null
cmp "$new" "$work/again/$(basename "$new")" || fail "the same commit makes another package"
ls -l "$new"
dpkg-deb --field "$new" Version Depends
lintian --fail-on error --tag-display-limit 0 --no-cfg --allow-root "$new" || fail "lintian finds errors"

step "the units"
systemd-analyze --version >/dev/null 2>&1 && {
    for unit in Deploy/systemd/*.service; do
        systemd-analyze security --offline=true --threshold=20 "$unit" >"$work/log" ||
            { tail -1 "$work/log" && fail "$unit is too open"; }
        tail -1 "$work/log"
    done
}

step "a fresh Debian"
# shellcheck source=/dev/null
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
mirror=$(sed -n -e 's/^URIs: *\([^ ]*\).*/\1/p' -e 's/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\) .*/\2/p' \
    /etc/apt/sources.list /etc/apt/sources.list.d/*.sources 2>/dev/null | head -1 || true)
cache=${BASHU_DEBOOTSTRAP_CACHE:-}
debootstrap --variant=minbase ${cache:+"--cache-dir=$cache"} --include=libpq5,libssl3,zlib1g,systemd-standalone-sysusers,man-db \
    "$suite" "$root" ${mirror:+"$mirror"} >"$work/log" 2>&1 || { tail -3 "$work/log" && skip "debootstrap cannot run here"; }
mkdir -p "$root/proc" && mount -t proc proc "$root/proc" 2>/dev/null && mounted+=("$root/proc")
cp "$new" "$old" "$root/root/"
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
dpkg_inside() { inside dpkg --force-confdef --force-confold "$@" >"$work/log" 2>&1 || { cat "$work/log" && fail "dpkg $*"; }; }

step "install"
dpkg_inside --install "/root/$(basename "$old")"
inside getent passwd bashu | grep -q ':/var/lib/bashu:' || fail "there is no user bashu"
inside bashud --version
inside bashuctl --version >/dev/null
inside bashuctl --help | grep -q '^SUBCOMMANDS:' || fail "bashuctl --help"
inside sh -c 'LC_ALL=C.UTF-8 LANG=zh_CN.UTF-8 LANGUAGE=zh_CN bashuctl --help' >/dev/null
status=0
inside bashud --check >"$work/log" || status=$?
[ $status = 2 ] || fail "bashud --check without a server ends with $status: $(cat "$work/log")"
grep -q 'the database cannot be reached' "$work/log" || fail "bashud --check says: $(cat "$work/log")"
for page in 8/bashud 1/bashuctl 5/bashu.toml; do
    [ -z "$(inside man --warnings --local-file "/usr/share/man/man${page%/*}/${page#*/}.${page%/*}.gz" 2>&1 >/dev/null)" ] ||
        fail "manual page ${page#*/} has warnings"
done
inside bash -c '. /usr/share/bash-completion/completions/bashuctl' || fail "completion of bash"
[ -f "$root/usr/share/bashu/sql/0001_base.sql" ] || fail "no SQL"
[ -f "$root/usr/share/doc/bashu/guide/two-regions.md" ] || fail "no guides"
[ -z "$(find "$root/etc/systemd/system" -name 'bashud*')" ] || fail "a unit is enabled by the installation"
# That Debian has no systemd: of what is said here only mistakes in our units count.
mistakes=$(systemd-analyze verify --root="$root" bashud.service bashud@x.service 2>&1 |
    grep -iE 'bashud.*(unknown|ignor|parse|invalid|not executable)' || true)
[ -z "$mistakes" ] || fail "systemd-analyze verify: $mistakes"

step "upgrade"
echo '# of the operator' >>"$root/etc/bashu/bashu.toml"
echo '[database]' >"$root/etc/bashu/second.toml"
dpkg_inside --install "/root/$(basename "$new")"
tail -1 "$root/etc/bashu/bashu.toml" | grep -q 'of the operator' || fail "the upgrade has changed the configuration"

step "remove"
dpkg_inside --remove bashu
[ ! -e "$root/usr/bin/bashud" ] || fail "the program is still there"
[ -f "$root/etc/bashu/bashu.toml" ] && [ -f "$root/etc/bashu/second.toml" ] || fail "remove took the configuration"

step "purge"
dpkg_inside --purge bashu
[ ! -e "$root/etc/bashu" ] || fail "purge left $(ls "$root/etc/bashu")"
rest=$(find "$root" -xdev -path "$root/proc" -prune -o -name '*bashu*' -print | grep -v -e '/root/' -e '/var/log/' || true)
[ -z "$rest" ] || fail "purge left $rest"
if [ -n "$boot" ]; then
    step "booted by systemd"
    command -v systemd-nspawn >/dev/null || apt-get install -y -qq --no-install-recommends systemd-container >/dev/null
    umount "$root/proc" && mounted=()
    cp /etc/resolv.conf "$root/etc/"
    inside apt-get install -y -qq --no-install-recommends systemd systemd-sysv dbus postgresql >"$work/log" 2>&1 ||
        { tail -3 "$work/log" && fail "no packages from the mirror"; }
    cp Deploy/package/boot-test.sh "$root/root/"
    cat >"$root/etc/systemd/system/boot-test.service" <<TEXT
[Unit]
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/bin/bash /root/boot-test.sh /root/$(basename "$old") /root/$(basename "$new")
ExecStopPost=/bin/sh -c 'echo \$EXIT_STATUS >/root/result; systemctl poweroff --no-block'
StandardOutput=file:/root/log
StandardError=file:/root/log
[Install]
WantedBy=default.target
TEXT
    inside systemctl enable boot-test.service 2>/dev/null
    timeout --kill-after=20 600 systemd-nspawn --quiet --directory "$root" --boot --register=no --keep-unit \
        </dev/null >"$work/log" 2>&1 || true
    cat "$root/root/log" || { tail -5 "$work/log" && skip "systemd cannot boot here"; }
    [ "$(cat "$root/root/result" 2>/dev/null)" = 0 ] || fail "the units"
fi
echo "The package is good: ${SECONDS} s."
