#!/usr/bin/env bash
# Writes the pages that follow from the code, after a change of it: bash eng/pages.sh
# docs/command-line.md and docs/metaflow-tool.md have the help of the commands, docs/errors/README.md the titles of the pages on errors.
# Review the difference, then commit it.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 METAFLOW_REWRITE_PAGES=1

write() {
    dotnet build "tests/$1" --nologo --verbosity quiet
    dotnet exec "tests/$1/bin/Debug/net10.0/$1.dll" --no-progress --filter-class "$2"
}

write Metaflow.Cli.Tests '*.CommandLinePageTests'
write Metaflow.Tool.Tests '*.ToolPageTests'
write Metaflow.Architecture.Tests '*.ErrorIndexTests'
git diff --stat -- docs
