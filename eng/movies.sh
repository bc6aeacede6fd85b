#!/usr/bin/env bash
# Makes samples/data/movies.csv anew from the npm package vega-datasets; see samples/data/README.md.
set -euo pipefail

version="${1:-3.2.1}"
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT

(cd "$folder" && npm pack --silent "vega-datasets@$version" >/dev/null && tar -xzf vega-datasets-*.tgz package/data/movies.json)
node "$root/eng/movies.mjs" "$folder/package/data/movies.json" "$root/samples/data/movies.csv"
