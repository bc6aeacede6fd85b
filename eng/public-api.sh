#!/usr/bin/env bash
# Writes down what the assemblies show that users refer to, after a change of it: bash eng/public-api.sh
# The compiler's own words go to PublicAPI.Unshipped.txt beside each project; a release moves them to PublicAPI.Shipped.txt. Review the
# difference, then commit it.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 LC_ALL=C

for file in src/*/PublicAPI.Unshipped.txt; do
    printf '#nullable enable\n' >"$file"
done

log="$(mktemp)"
trap 'rm -f "$log"' EXIT
# Together they refer to all the others.
for project in src/Metaflow.Testing src/Metaflow.Hosting src/Metaflow.ObjectStorage src/Metaflow.Aws src/Metaflow.Azure src/Metaflow.Gcp; do
    dotnet build "$project" --nologo -v quiet -p:TreatWarningsAsErrors=false >>"$log" 2>&1 || { cat "$log"; exit 1; }
done

for file in src/*/PublicAPI.Unshipped.txt; do
    name="$(basename "$(dirname "$file")")"
    sed -nE "s/.* RS0016: Symbol '(.*)' is not part of the declared public API.*[/\\\\]$name\.csproj.*/\1/p" "$log" | sort -u >>"$file"
    echo "$file: $(($(wc -l <"$file") - 1)) lines"
done
