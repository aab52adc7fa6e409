#!/usr/bin/env bash
# Manual pages out of what the programs say of themselves: man.sh PROGRAMS FOLDER DATE VERSION
# PROGRAMS has bashud and bashuctl; bashud.8, bashuctl.1 and bashu.toml.5 are written to FOLDER.
set -euo pipefail
programs=$1 folder=$2 date=$3 version=$4
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export COLUMNS=80 LC_ALL=C.UTF-8 LANGUAGE=

# Text as it is, in roff.
literal() {
    printf '.in 0\n.nf\n'
    sed -e 's/\\/\\e/g' -e 's/-/\\-/g' -e "s/^\([.']\)/\\\\\&\1/"
    printf '.fi\n.in\n'
}
header() { printf '.TH %s %s "%s" "Bashu %s" "Bashu"\n.SH NAME\n%s \\- %s\n' "$1" "$2" "$date" "$version" "$3" "$4"; }
# A page of --help without its first line, the overview, which stands in NAME.
help_of() { "$programs/$1" "${@:2}" --help | sed 1d; }
# The names below a heading SUBCOMMANDS of a page of --help.
subcommands() { "$programs/bashuctl" "$@" --help | sed -n '/^SUBCOMMANDS:/,$ s/^  \([a-z-]\{1,\}\)  .*/\1/p'; }
overview() { "$programs/$1" --help | sed -n '1s/^OVERVIEW: //; 1s/\.$//; 1p'; }

section() {
    printf '.SH "%s"\n' "$(echo "$*" | tr '[:lower:]' '[:upper:]')"
    "$programs/bashuctl" "$@" --help | literal
    local name
    for name in $(subcommands "$@"); do section "$@" "$name"; done
}

see_also() { printf '.SH SEE ALSO\n%s\n.PP\nGuides: /usr/share/doc/bashu/guide\n' "$1"; }

{
    header BASHUD 8 bashud "$(overview bashud)"
    echo '.SH DESCRIPTION'
    help_of bashud | literal
    cat <<'TEXT'
.SH SIGNALS
SIGTERM and SIGINT end it well.
SIGHUP reads the configuration again: what stands below [daemon] acts at once, everything else needs a restart, and a
file with a mistake changes nothing.
.SH SERVICE MANAGER
With NOTIFY_SOCKET it says when it is ready (the database is its own), what it does (STATUS), that it reloads and
stops; with WATCHDOG_USEC that its engine and its link supervisor get on.
.SH FILES
.TP
/etc/bashu/bashu.toml
Configuration, see
.BR bashu.toml (5)
.TP
/var/lib/bashu
Home of the user bashu: .pgpass, .postgresql with certificates
TEXT
    see_also '.BR bashuctl (1), .BR bashu.toml (5), .BR systemctl (1)'
} >"$folder/bashud.8"
{
    header BASHUCTL 1 bashuctl "$(overview bashuctl)"
    echo '.SH DESCRIPTION'
    help_of bashuctl | literal
    for name in $(subcommands); do section "$name"; done
    see_also '.BR bashud (8), .BR bashu.toml (5)'
} >"$folder/bashuctl.1"
{
    header BASHU.TOML 5 bashu.toml 'configuration of bashud and bashuctl'
    echo '.SH DESCRIPTION'
    literal <"$here/bashu.toml"
    see_also '.BR bashud (8), .BR bashuctl (1)'
} >"$folder/bashu.toml.5"
sed -i -e 's/^\.BR \(.*\), \.BR \(.*\), \.BR \(.*\)$/.BR \1 ,\n.BR \2 ,\n.BR \3/' \
    -e 's/^\.BR \(.*\), \.BR \(.*\)$/.BR \1 ,\n.BR \2/' "$folder"/bashud.8 "$folder"/bashuctl.1 "$folder"/bashu.toml.5
