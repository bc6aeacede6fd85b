#!/usr/bin/env bash
# Packs the packages into artifacts/packages, with ready-to-run images: bash eng/pack.sh [version]
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

options=(--configuration Release --output artifacts/packages -p:PackReadyToRun=true)
if [[ $# -gt 0 ]]; then
    options+=("-p:Version=$1")
fi

for project in Metaflow.Core Metaflow.Cli Metaflow Metaflow.Hosting Metaflow.Testing Metaflow.Tool; do
    dotnet pack "src/$project/$project.csproj" "${options[@]}"
done

ls -l artifacts/packages
