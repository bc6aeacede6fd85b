#!/usr/bin/env bash
# Makes the pictures of docs/captures from real runs, in pseudo terminals: bash eng/captures.sh [PATTERN]
# With a pattern only those whose names fit it, such as 'run-30'. The runs of a thousand tasks take some minutes.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
pictures="$root/docs/captures"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 METAFLOW_USER=ada
unset CI NO_COLOR METAFLOW_LOG_FORMAT

# A short path, since it is in the pictures.
work="/tmp/sales"
mkdir "$work" || { echo "'$work' is in the way: remove it." >&2; exit 1; }
trap 'rm -rf "$work"' EXIT
cd "$work"
for file in Directory.Build.props Directory.Build.targets Directory.Packages.props; do
    printf '<Project>\n  <Import Project="%s/samples/%s" />\n</Project>\n' "$root" "$file" >"$file"
done

{ echo "#:project $root/src/Metaflow/Metaflow.csproj"; cat "$root/eng/captures/sales.cs"; } >sales.cs
dotnet build sales.cs --nologo --verbosity quiet

wanted="${1:-}"

# capture COLUMNS TITLE NAME OPTION... -- COMMAND...: a picture of the end of a command
capture() {
    [[ "$3" =~ $wanted ]] || return 0
    echo "$3"
    python3 "$root/eng/captures/terminal.py" --columns "$1" --title "$2" --end "$pictures/$3.svg" "${@:4}"
}

# run COLUMNS NAME OPTION... -- ARGUMENTS...: the same of a command of the flow
run() {
    local columns="$1" name="$2" options=()
    shift 2
    while [[ "$1" != -- ]]; do options+=("$1"); shift; done
    shift
    capture "$columns" "dotnet run sales.cs -- $*" "$name" "${options[@]}" -- dotnet run --no-build sales.cs -- "$@"
}

for columns in 60 100 180; do
    name="run-1-task-$columns"
    run "$columns" "$name" --at '100%|[68]0%' --middle "$pictures/$name-middle.svg" -- run --regions 1
    name="run-30-tasks-$columns"
    run "$columns" "$name" --at ' 1[3-9]/30 ' --tail 30 --middle "$pictures/$name-middle.svg" -- run
done

touch outage
run 100 run-failed --tail 24 -- run
rm outage
run 100 resume-dry-run -- resume --dry-run
run 100 resume --tail 24 -- resume
run 100 run-stopped --tail 16 --at ' [2-9]/30 ' --stop -- run
run 100 show -- show

# A misspelt step, as the compiler tells it.
mkdir broken
cp Directory.* broken
sed 's/Next(Join)/Next(Jion)/' sales.cs >broken/sales.cs
(cd broken && capture 100 "dotnet build sales.cs" compile-error -- dotnet build sales.cs --nologo --verbosity quiet)

# A thousand tasks: in the middle, and to their end once.
thousand=(-- run --regions 1000 --max-num-splits 1000 --seconds 0)
for columns in 60 100 180; do
    run "$columns" "run-1000-tasks-$columns-middle" --tail 30 --until --at ' 1[0-9][0-9]/1000 ' "${thousand[@]}"
done

run 100 run-1000-tasks-100 --tail 30 "${thousand[@]}"

ls -l "$pictures"
