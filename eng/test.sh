#!/usr/bin/env bash
# Restores, builds, checks the formatting and runs every test: bash eng/test.sh [--all] [name of a test project]...
# --all sets METAFLOW_LONG_TESTS=1: suites that try random cases try as many as take minutes.
# The last line is "N passed, N failed, N skipped". The exit code is 1 when a test failed or an assembly gave no result.
# TEST_CONFIGURATION is Debug or Release (Debug when unset); TEST_JOBS is how many assemblies run at once (the processors when unset).
set -uo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root" || exit 1
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
# Thousands of processes live for seconds: to measure their code, so that what is hot gets faster later, takes a fifth of their time.
# To write compiled code through a second mapping of its memory takes another tenth.
export DOTNET_TieredPGO=0 DOTNET_EnableWriteXorExecute=0

configuration="${TEST_CONFIGURATION:-Debug}"
jobs="${TEST_JOBS:-$(nproc)}"
results="$root/artifacts/test-results"
# Seconds for one assembly: that of the scenarios starts some ten thousand processes.
limit=4500

fail() {
    echo "$1" >&2
    echo "0 passed, 1 failed, 0 skipped"
    exit 1
}

# Runs one assembly; its output is kept and shown whole when it ends, since several run at once.
run_assembly() {
    local name="$1" output="$results/$1.log" start=$SECONDS
    timeout --kill-after=10 "$limit" dotnet exec "tests/$name/bin/$configuration/net10.0/$name.dll" \
        --no-progress --results-directory "$results" --report-xunit --report-xunit-filename "$name.xml" >"$output" 2>&1
    echo "$?" >"$results/$name.exit"
    echo "$((SECONDS - start))" >"$results/$name.seconds"
    { echo "== $name"; cat "$output"; } | flock "$results/.lock" cat
}

attribute() {
    grep -o "<assembly [^>]*" "$1" | grep -o " $2=\"[0-9]*\"" | grep -o '[0-9]*' | awk '{ sum += $1 } END { print sum + 0 }'
}

# Names a folder in memory for the tests, which flush tens of thousands of files: on a slow disk that takes most of their time, and a test
# reads the system calls of a run to prove the flushes. Without room, or where programs cannot run there, they use the folder that all use.
memory_folder() {
    local free
    free="$(awk '/^MemAvailable:/ { print int($2 / 1048576) }' /proc/meminfo 2>/dev/null)"
    [[ -z "${TMPDIR:-}" && "$(stat --file-system --format=%T /dev/shm 2>/dev/null)" == tmpfs && "${free:-0}" -ge 8 ]] || return 0
    [[ "$(df --output=avail --block-size=1G /dev/shm 2>/dev/null | tail -1)" -ge 4 ]] || return 0
    local folder
    folder="$(mktemp -d /dev/shm/metaflow-tests-XXXXXX)" || return 0
    # Some tests become another user.
    chmod 755 "$folder"
    if printf '#!/bin/sh\n' >"$folder/probe" && chmod +x "$folder/probe" && "$folder/probe" 2>/dev/null; then
        echo "$folder"
    else
        rm -rf "$folder"
    fi
}

# Prints a line for each reason why tests of a report were skipped: how many of which class, and the reason.
skipped_tests() {
    awk 'BEGIN { RS = "<test " } NR > 1 && /result="Skip"/ {
        match($0, /type="[^"]*"/); class = substr($0, RSTART + 6, RLENGTH - 7); sub(/.*\./, "", class)
        reason = "no reason given"
        if (match($0, /<reason>.*<\/reason>/)) {
            reason = substr($0, RSTART + 8, RLENGTH - 17)
            sub(/^<!\[CDATA\[/, "", reason); sub(/\]\]>$/, "", reason)
        }
        if (!(reason in count)) order[++reasons] = reason
        count[reason]++
        if (!((reason, class) in seen)) { seen[reason, class] = 1; classes[reason] = classes[reason] " " class }
    }
    END { for (i = 1; i <= reasons; i++) print "skipped: " count[order[i]] " of" classes[order[i]] ": " order[i] }' "$1"
}

# Prints the name and the first lines of the message of each failed test of a report, and each error outside of a test.
failed_tests() {
    awk 'BEGIN { RS = "<(test|error) " } NR > 1 && (/result="Fail"/ || /^type=/) {
        match($0, /name="[^"]*"/); name = substr($0, RSTART + 6, RLENGTH - 7)
        message = ""
        if (match($0, /<message>.*<\/message>/)) {
            message = substr($0, RSTART + 9, RLENGTH - 19)
            sub(/^<!\[CDATA\[/, "", message); sub(/\]\]>$/, "", message)
        }
        print "failed: " name ":\n" substr(message, 1, 1500)
    }' "$1"
}

# Adds the totals of one report to the sums, and says what is wrong with it. What failed is printed after all the rest, so that who reads
# only the end of a long output finds it.
add_results() {
    local name="$1" report="$results/$1.xml" code
    code="$(cat "$results/$name.exit" 2>/dev/null || echo none)"
    if [[ ! -s "$report" ]] || ! grep -q '</assemblies>' "$report" || [[ "$(attribute "$report" total)" -eq 0 ]]; then
        failures+=("$name gave no result (exit code $code).")
        failed=$((failed + 1))
        return
    fi

    local own_passes own_failures own_skips
    own_passes="$(attribute "$report" passed)"
    own_failures=$(($(attribute "$report" failed) + $(attribute "$report" errors)))
    own_skips="$(attribute "$report" skipped)"
    passed=$((passed + own_passes)) failed=$((failed + own_failures)) skipped=$((skipped + own_skips))
    echo "$name: $own_passes passed, $own_failures failed, $own_skips skipped in $(cat "$results/$name.seconds") s"
    skipped_tests "$report"
    [[ "$own_failures" -eq 0 ]] || failures+=("$(failed_tests "$report")")
    if [[ "$code" != 0 && "$own_failures" -eq 0 ]]; then
        failures+=("$name ended with exit code $code.")
        failed=$((failed + 1))
    fi
}

if [[ "${1:-}" == "--all" ]]; then
    export METAFLOW_LONG_TESTS=1
    shift
fi

names=("$@")
if [[ ${#names[@]} -eq 0 ]]; then
    for project in tests/*/*.Tests.csproj; do
        names+=("$(basename "$project" .csproj)")
    done
fi

rm -rf "$results"
mkdir -p "$results"

dotnet restore Metaflow.slnx --locked-mode || fail "The restore failed."
dotnet build Metaflow.slnx --no-restore --configuration "$configuration" -warnaserror || fail "The build failed."
# The build itself enforces the code style; this checks the rest of the formatting, of samples too.
dotnet format whitespace . --folder --verify-no-changes || fail "The formatting differs: run 'dotnet format whitespace . --folder'."

export -f run_assembly
export results configuration limit
memory="$(memory_folder)"
if [[ -n "$memory" ]]; then
    trap 'rm -rf "$memory"' EXIT
    export TMPDIR="$memory"
fi
# The longest first, so that it is not left over at the end. The scenarios use all processors by themselves, and some wait for processes:
# they run alone, after the rest.
rest="$(printf '%s\n' "${names[@]}" | grep -v '^Metaflow.Scenarios.Tests$')"
{ grep '^Metaflow.Packaging.Tests$' <<<"$rest"; grep -v '^Metaflow.Packaging.Tests$' <<<"$rest"; } \
    | xargs -r -P "$jobs" -I {} bash -c 'run_assembly {}'
printf '%s\n' "${names[@]}" | grep '^Metaflow.Scenarios.Tests$' | xargs -r -I {} bash -c 'run_assembly {}'

passed=0 failed=0 skipped=0 failures=()
for name in "${names[@]}"; do
    add_results "$name"
done

[[ "${#failures[@]}" -eq 0 ]] || printf '%s\n' "${failures[@]}"
echo "$passed passed, $failed failed, $skipped skipped"
[[ "$failed" -eq 0 ]]
