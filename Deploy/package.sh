#!/usr/bin/env bash
# Builds the Debian package: bashu_VERSION_ARCHITECTURE.deb.
# Usage: bash Deploy/package.sh [--no-build] [FOLDER]
#   FOLDER      where the package is written; .build/package by default
#   --no-build  take the programs of the last run
# The Swift runtime is inside the programs; libpq and OpenSSL are the system's. The same programs and the same commit
# make the same package, byte for byte.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=Deploy/packages.sh
. Deploy/packages.sh

build=1 folder=.build/package
for argument in "$@"; do
    case $argument in
    --no-build) build= ;;
    -h | --help) sed -n '2,7s/^# \{0,1\}//p' "$0" && exit 0 ;;
    -*) echo "package.sh: unknown option $argument" >&2 && exit 64 ;;
    *) folder=$argument ;;
    esac
done

if [ -n "$build" ]; then
    install_packages
    for product in bashud bashuctl; do swift build -c release --static-swift-stdlib --product $product; done
fi
programs=$(swift build -c release --show-bin-path)

SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH
commit=$(git rev-parse --short=10 HEAD 2>/dev/null || echo unknown)
number=$(sed -n 's/.*static let text = "\(.*\)"/\1/p' Sources/Service/Version.swift)
version=$number+$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y%m%d%H%M%S).$commit
day=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%d)
architecture=$(dpkg --print-architecture)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022
root=$work/debian/bashu
share=$root/usr/share
doc=$share/doc/bashu
mkdir -p "$root/DEBIAN" "$doc" "$share/man/man1" "$share/man/man5" "$share/man/man8" "$share/bashu"

# Programs, without symbols.
for program in bashud bashuctl; do
    # What only tests may do to a daemon is in debug builds alone.
    if grep -qa FAILURE_POINTS "$programs/$program"; then
        echo "$program has failure points in it: it is no release build" >&2
        exit 1
    fi
    install -D -m 755 "$programs/$program" "$root/usr/bin/$program"
    strip --strip-unneeded --remove-section=.comment --remove-section=.note "$root/usr/bin/$program"
    for shell in bash zsh fish; do
        "$programs/$program" --generate-completion-script $shell | sed '1{/^#!/d}' >"$work/$program.$shell"
    done
    install -D -m 644 "$work/$program.bash" "$share/bash-completion/completions/$program"
    install -D -m 644 "$work/$program.zsh" "$share/zsh/vendor-completions/_$program"
    install -D -m 644 "$work/$program.fish" "$share/fish/vendor_completions.d/$program.fish"
done

# Configuration, units, user.
install -D -m 644 Deploy/bashu.toml "$root/etc/bashu/bashu.toml"
install -D -m 644 -t "$root/lib/systemd/system" Deploy/systemd/*.service
install -D -m 644 Deploy/systemd/bashu.sysusers.conf "$root/usr/lib/sysusers.d/bashu.conf"
echo /etc/bashu/bashu.toml >"$root/DEBIAN/conffiles"
install -D -m 644 Deploy/package/lintian-overrides "$share/lintian/overrides/bashu"
for script in postinst prerm postrm; do install -m 755 Deploy/package/$script "$root/DEBIAN/"; done

# SQL that a DBA can read, the sample, guides, and what monitoring may use.
for part in sql catalogue reader policy; do cp -R "Schemas/$part" "$share/bashu/"; done
cp -R Deploy/guide "$doc/"
sed -i 's#Deploy/guide/#guide/#g' "$doc"/guide/*.md
sed 's#Deploy/guide/#guide/#g' README.md >"$doc/README.md"
for part in grafana prometheus tls; do [ ! -d Deploy/$part ] || cp -R Deploy/$part "$doc/"; done

# Copyright, with the licences of what is inside the programs.
{
    cat Deploy/package/copyright
    for checkout in .build/checkouts/*/; do
        for file in LICENSE LICENSE.txt LICENSE.md NOTICE.txt; do
            [ -f "$checkout$file" ] || continue
            printf '\n== %s: %s\n\n' "$(basename "$checkout")" "$file"
            case $file in
            LICENSE*) if grep -q 'Apache License' "$checkout$file"; then
                echo "Apache License 2.0, with what is added to it below: /usr/share/common-licenses/Apache-2.0"
                sed -n '/Runtime Library Exception/,$p' "$checkout$file"
            else cat "$checkout$file"; fi ;;
            *) cat "$checkout$file" ;;
            esac
        done
    done
} >"$doc/copyright"
printf 'bashu (%s) unstable; urgency=medium\n\n  * Built from commit %s.\n\n -- Bashu <bashu@localhost>  %s\n' \
    "$version" "$commit" "$(date -u -R -d "@$SOURCE_DATE_EPOCH")" | gzip -9n >"$doc/changelog.gz"

bash Deploy/package/man.sh "$programs" "$work" "$day" "$number"
for page in bashuctl.1 bashu.toml.5 bashud.8; do
    gzip -9n <"$work/$page" >"$share/man/man${page##*.}/$page.gz"
done

# What the programs need of the system.
mkdir -p "$work/debian"
printf 'Source: bashu\n\nPackage: bashu\nArchitecture: any\n' >"$work/debian/control"
depends=$(cd "$work" && dpkg-shlibdeps -O debian/bashu/usr/bin/bashud debian/bashu/usr/bin/bashuctl 2>/dev/null |
    sed -n 's/^shlibs:Depends=//p')
find "$root" -type d -exec chmod 755 {} +
find "$root" -type f ! -path '*/bin/*' ! -path '*/DEBIAN/p*' -exec chmod 644 {} +
cat >"$root/DEBIAN/control" <<TEXT
Package: bashu
Version: $version
Architecture: $architecture
Maintainer: Bashu <bashu@localhost>
Section: database
Priority: optional
Installed-Size: $(du -k -s --apparent-size --exclude=DEBIAN "$root" | cut -f1)
Depends: $depends, systemd | systemd-standalone-sysusers
Suggests: postgresql, prometheus
Description: shared catalogue of standards in several PostgreSQL databases
 Keeps a catalogue of standards the same in the databases of several regions,
 all of which write, and in the read-only copies of institutions. Concurrent
 edits of the same field are recorded with both values for a person to rule on.
 .
 Contains the daemon bashud, one per database, and bashuctl, which controls it.
TEXT
(cd "$root" && find . -type f ! -path './DEBIAN/*' -printf '%P\0' | LC_ALL=C sort -z | xargs -0 md5sum) \
    >"$root/DEBIAN/md5sums"
find "$root" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +

mkdir -p "$folder"
package=$folder/bashu_${version}_$architecture.deb
dpkg-deb -Zxz -z2 --build --root-owner-group "$root" "$package" >/dev/null
echo "$package"
