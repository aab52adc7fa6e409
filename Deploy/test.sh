#!/usr/bin/env bash
# Builds everything and runs every test, from a clean clone on Debian with Swift.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=Deploy/packages.sh
. Deploy/packages.sh

usage() {
    cat <<'TEXT'
Usage: bash Deploy/test.sh [--long] [--minutes N] [SWIFT TEST OPTIONS...]

  --long       ten times as many simulated histories, and BASHU_LONG=1 for the tests
  --minutes N  give up after N minutes; 60, with --long 180
  The rest goes to `swift test`, for example: --filter SimulationTests

BASHU_HISTORIES and BASHU_SEED choose the simulated histories; a failure prints the
seed that repeats it. As root or with sudo missing Debian packages are installed.
Exit status: 0 every test passed; 124 out of time; otherwise that of the step that failed.
TEXT
}

minutes=
long=
options=()
while [ $# -gt 0 ]; do
    case $1 in
    --long) long=1 ;;
    --minutes) minutes=${2:?"--minutes needs a number"} && shift ;;
    -h | --help) usage && exit 0 ;;
    *) options+=("$1") ;;
    esac
    shift
done
if [ -n "$long" ]; then
    export BASHU_LONG=1 BASHU_HISTORIES=${BASHU_HISTORIES:-1000000}
fi
seconds=$((${minutes:-$([ -n "$long" ] && echo 180 || echo 60)} * 60))

log=$(mktemp)
child=
finish() {
    # Servers and daemons of a test run that ends early are ended by that run's own guardian.
    [ -z "$child" ] || kill "$child" 2>/dev/null || true
    rm -f "$log"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Runs a command within what is left of the time; its output is shown and kept.
step() {
    local left=$((seconds - SECONDS)) status=0
    [ $left -gt 0 ] || left=1
    echo
    echo "== $*"
    timeout --kill-after=30 "$left" "$@" > >(tee -a "$log") 2>&1 &
    child=$!
    wait "$child" || status=$?
    child=
    return $status
}

status=0
install_packages
step swift build --build-tests || status=$?
built=$SECONDS
if [ $status = 0 ]; then
    step swift test --skip-build "${options[@]}" || status=$?
fi

# The last lines of the run are still on their way through tee.
wait
echo
echo "== Summary"
printf '%9s  %s\n' seconds suite
grep -aE ' Suite .* (passed|failed) after ' "$log" |
    sed -E 's/.* Suite "?([^"]*[^" ])"? (passed|failed) after ([0-9.]+) seconds.*/\3 \2 \1/' |
    sort -rn | awk '{ printf "%9.1f  %s%s\n", $1, $3, ($2 == "failed" ? "   FAILED" : "") }'
echo
grep -aE 'BASHU_SEED=[0-9]+' "$log" | sort -u || true
grep -aE '(Test run with|Executed) .*' "$log" | tail -n 2 || true
echo "built in $built s, tested in $((SECONDS - built)) s"
case $status in
0) echo "All tests passed." ;;
124 | 137) echo "OUT OF TIME after $((seconds / 60)) minutes." && status=124 ;;
*) echo "FAILED (exit status $status)." ;;
esac
exit $status
