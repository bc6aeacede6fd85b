#!/usr/bin/env bash
# Packs the packages into a folder that serves as a source of packages:
#     bash eng/pack.sh [--this-machine] [version [folder [option of dotnet pack]...]]
# --this-machine leaves out the images for other systems, which take most of the time.
# Without arguments: the version of Directory.Build.props, into artifacts/packages. NuGet keeps what it has restored by its version: after a
# change of the sources give a new version.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

images=()
if [[ "${1:-}" == --this-machine ]]; then
    shift
    machine="$(dotnet --info | sed -n 's/^ *RID: *//p' | head -1)"
    images=("-p:ReadyToRunRuntimes=$machine")
fi

folder="${2:-artifacts/packages}"
# As a build server does: no path of this machine is in a package.
options=(--output "$folder" --nologo -p:ContinuousIntegrationBuild=true "${images[@]}")
if [[ -n "${1:-}" ]]; then
    options+=("-p:Version=$1")
fi

dotnet pack Metaflow.slnx "${options[@]}" "${@:3}"
ls -l "$folder"
