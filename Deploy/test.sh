#!/usr/bin/env bash
# Builds everything and runs every test, from a clean clone on Debian with Swift.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=Deploy/packages.sh
. Deploy/packages.sh

usage() {
    cat <<'TEXT'
Usage: bash Deploy/test.sh [--long] [--minutes N] [SWIFT TEST OPTIONS...]

  --long       ten times as many simulated histories, 1,000 random faults in place of 100, and
               BASHU_LONG=1 for the other tests
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
chosen=()
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
# What descends from us carries this, whatever group or parent it has by now.
export TEST_SH_RUN=$$.$RANDOM
end_descendants() {
    local file
    for file in /proc/[0-9]*/environ; do
        file=${file%/environ}
        grep -qazxF "TEST_SH_RUN=$TEST_SH_RUN" "$file/environ" 2>/dev/null && kill -9 "${file#/proc/}" 2>/dev/null
    done
    return 0
}
finish() {
    # Servers and daemons of a test run that ends early are ended by that run's own guardian.
    [ -z "$child" ] || end_descendants
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
    case $status in 124 | 137) end_descendants ;; esac
    child=
    return $status
}

status=0
install_packages
install_for_tests
step swift build --build-tests || status=$?
built=$SECONDS
# One target after the other, few tests at a time: tests of timeouts and daemons must not starve beside the simulation.
if swift test --help-hidden 2>/dev/null | grep -q -- --experimental-maximum-parallelization-width; then
    options+=(--experimental-maximum-parallelization-width "$(nproc)")
fi
targets=(.)
if [[ " ${options[*]} " != *" --filter"* ]]; then
    targets=(Tests/*Tests)
    targets=("${targets[@]#Tests/}")
fi
times=()
if [ $status = 0 ]; then
    for target in "${targets[@]}"; do
        began=$SECONDS
        result=0
        [ "$target" = . ] || chosen=(--filter "^$target\\.")
        step swift test --skip-build "${chosen[@]}" "${options[@]}" || result=$?
        times+=("$(printf '%9d  %s%s' $((SECONDS - began)) "${target/#./as chosen}" "$([ $result = 0 ] || echo '   FAILED')")")
        [ $result = 0 ] || status=$result
        case $result in 124 | 137) break ;; esac
    done
fi

# The last lines of the run are still on their way through tee.
wait
echo
echo "== Summary"
printf '%9s  %s\n' seconds target
[ ${#times[@]} = 0 ] || printf '%s\n' "${times[@]}"
echo
printf '%9s  %s\n' seconds suite
grep -aE ' Suite .* (passed|failed) after ' "$log" |
    sed -E 's/.* Suite "?([^"]*[^" ])"? (passed|failed) after ([0-9.]+) seconds.*/\3 \2 \1/' | sort -rn |
    awk '{ time = $1; ended = $2; sub(/^[^ ]+ [^ ]+ /, ""); printf "%9.1f  %s%s\n", time, $0, ended == "failed" ? "   FAILED" : "" }' || true
echo
# What the tests have shown, as they count it themselves.
printf '%9s  %s\n' figure of
grep -aoE 'Test scenario[A-Z0-9]+[A-Za-z0-9_]*\([^)]*\) (with [0-9]+ test cases )?passed' "$log" | awk '{ print $2 }' | sort -u |
    awk '{ n++; letter = $0; sub(/^scenario/, "", letter); sub(/_.*/, "", letter); if (!seen[letter]++) list = list " " letter }
        END { printf "%9d  scenarios passed:%s\n", n, list }'
grep -aoE 'mutant [A-Za-z]+: (killed|NOT KILLED)' "$log" | sort -u | awk '/: killed/ { n++ } /NOT/ { s++ }
        END { printf "%9d  mutants killed, %d alive\n", n, s }'
grep -aoE 'figure [a-z ]+: [0-9]+' "$log" | sed 's/^figure //' |
    awk -F': ' '{ if (!($1 in sum)) order[++n] = $1; sum[$1] += $2 }
        END { for (i = 1; i <= n; i++) printf "%9d  %s\n", sum[order[i]], order[i] }'
echo
printf '%-28s %s\n' mutant 'killed by'
grep -aoE 'mutant [A-Za-z]+: (killed|NOT KILLED) by .*' "$log" | sed 's/^mutant //' | sort -u |
    awk -F': ' '{ killer = $2; sub(/^killed by /, "", killer); printf "%-28s %s\n", $1, substr(killer, 1, 50) }'
echo
grep -aE 'BASHU_SEED=[0-9]+' "$log" | sort -u || true
grep -aE 'Test run with ' "$log" || true
echo "built in $built s, tested in $((SECONDS - built)) s"
case $status in
0) echo "All tests passed." ;;
124 | 137) echo "OUT OF TIME after $((seconds / 60)) minutes." && status=124 ;;
*) echo "FAILED (exit status $status)." ;;
esac
exit $status
