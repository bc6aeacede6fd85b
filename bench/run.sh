#!/usr/bin/env bash
# Measures what the goals are about, each beside a baseline of the same minute:
# bash bench/run.sh [serialization|storage|flow|doubles|resume|compute|unused|stores|environments]...
# METAFLOW_PYTHON_REFERENCE names a clone of Metaflow to run the same flow with; PYTHON is the interpreter (python3 when unset).
# ROUNDS is how often each process is run (15 when unset). STORES says where 'stores' measures ('local s3' when unset), and KINDS what
# ('doubles lines small fan data').
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
output="$root/artifacts/bench"

# Restored apart: a restore for one runtime would change the lock files of all projects.
publish() {
    dotnet restore "bench/$1/$1.csproj" --locked-mode --verbosity quiet
    dotnet publish "bench/$1/$1.csproj" --no-restore --configuration Release --output "$output/$1" --nologo --verbosity quiet "${@:2}"
}

# What is set so is the author's: tasks are not given what makes them start faster.
runtime_defaults="DOTNET_EnableWriteXorExecute=1"

# A task of a finished run again, started as its scheduler starts it, less the process that waits for it.
task_of() {
    local root_of_runs run
    root_of_runs="$(mktemp -d)"
    METAFLOW_USER=bench METAFLOW_DATASTORE_SYSROOT_LOCAL="$root_of_runs" \
        dotnet exec "$1" run --run-id-file "$root_of_runs/id" >"$root_of_runs/log" 2>&1
    run="$(cat "$root_of_runs/id")"
    echo "dotnet exec $1 step start --run-id $run --task-id 99 --input-paths $run/_parameters/0 --datastore local:$root_of_runs/.metaflow" \
        "--retry-count 0 --max-user-code-retries 0 --namespace user:bench --join none"
}

measure_flow() {
    publish hello
    publish three-steps --runtime linux-x64 --no-self-contained
    local commands=(
        "hello=dotnet exec $output/hello/hello.dll"
        "three steps=dotnet exec $output/three-steps/three-steps.dll run"
        "three steps, runtime's defaults=env $runtime_defaults dotnet exec $output/three-steps/three-steps.dll run"
        "its version=dotnet exec $output/three-steps/three-steps.dll --version"
        "one of its tasks=$(task_of "$output/three-steps/three-steps.dll")"
    )
    if [[ -n "${METAFLOW_PYTHON_REFERENCE:-}" ]]; then
        export PYTHONPATH="$METAFLOW_PYTHON_REFERENCE"
        commands+=("three steps, reference=${PYTHON:-python3} $root/bench/three-steps/three_steps.py run")
    else
        echo "METAFLOW_PYTHON_REFERENCE is not set: the reference is not measured." >&2
    fi

    dotnet exec "$output/Metaflow.Benchmarks/Metaflow.Benchmarks.dll" commands "${ROUNDS:-15}" "${commands[@]}"
}

# 256 MiB of random doubles stored by one step and loaded by the next. The reference needs NumPy for them.
measure_doubles() {
    publish doubles --runtime linux-x64 --no-self-contained
    local commands=("256 MiB of doubles=dotnet exec $output/doubles/doubles.dll run")
    if [[ -n "${METAFLOW_PYTHON_REFERENCE:-}" ]]; then
        export PYTHONPATH="$METAFLOW_PYTHON_REFERENCE"
        commands+=("the reference's=${PYTHON:-python3} $root/bench/doubles/doubles.py run")
    fi

    dotnet exec "$output/Metaflow.Benchmarks/Metaflow.Benchmarks.dll" commands "${ROUNDS:-3}" "${commands[@]}"
}

# A run of 103 tasks whose last one failed is made once; each resume clones the others and runs that one.
measure_resume() {
    publish wide --runtime linux-x64 --no-self-contained
    local flow="dotnet exec $output/wide/wide.dll" reference="${PYTHON:-python3} $root/bench/wide/wide.py" root_of_runs
    root_of_runs="$(mktemp -d)"
    trap 'rm -rf "$root_of_runs"' RETURN
    export METAFLOW_USER=bench
    if METAFLOW_DATASTORE_SYSROOT_LOCAL="$root_of_runs/ours" WIDE_FAILS=1 \
        $flow run --run-id-file "$root_of_runs/id" >"$root_of_runs/log" 2>&1; then
        echo "The run that shall fail succeeded." >&2
        return 1
    fi

    local resume="resume --origin-run-id $(cat "$root_of_runs/id")"
    local commands=("resume of 102 clones=env METAFLOW_DATASTORE_SYSROOT_LOCAL=$root_of_runs/ours $flow $resume")
    if [[ -n "${METAFLOW_PYTHON_REFERENCE:-}" ]]; then
        export PYTHONPATH="$METAFLOW_PYTHON_REFERENCE"
        METAFLOW_DATASTORE_SYSROOT_LOCAL="$root_of_runs/reference" WIDE_FAILS=1 \
            $reference run --max-num-splits 100 --run-id-file "$root_of_runs/id" >"$root_of_runs/log" 2>&1 || true
        resume="resume --max-num-splits 100 --origin-run-id $(cat "$root_of_runs/id")"
        commands+=("the reference's=env METAFLOW_DATASTORE_SYSROOT_LOCAL=$root_of_runs/reference $reference $resume")
    fi

    dotnet exec "$output/Metaflow.Benchmarks/Metaflow.Benchmarks.dll" commands "${ROUNDS:-5}" "${commands[@]}"
}

# A step that computes for ten seconds must not be slower by more than 2 % than with the runtime's defaults.
measure_compute() {
    publish compute --runtime linux-x64 --no-self-contained
    dotnet exec "$output/Metaflow.Benchmarks/Metaflow.Benchmarks.dll" commands "${ROUNDS:-5}" \
        "runtime's defaults=env $runtime_defaults dotnet exec $output/compute/compute.dll run" \
        "as tasks are started=dotnet exec $output/compute/compute.dll run"
}

# A program that references the package of a store, and runs on the local disk, beside one that does not.
measure_unused() {
    publish three-steps --runtime linux-x64 --no-self-contained
    local project="bench/three-steps/three-steps.csproj" with="$output/three-steps-with-store"
    dotnet restore "$project" --verbosity quiet -p:ReferencesStore=true
    dotnet publish "$project" --no-restore --configuration Release --output "$with" --nologo --verbosity quiet \
        --runtime linux-x64 --no-self-contained -p:ReferencesStore=true
    dotnet exec "$output/Metaflow.Benchmarks/Metaflow.Benchmarks.dll" commands "${ROUNDS:-100}" \
        "without=dotnet exec $output/three-steps/three-steps.dll run" \
        "with Metaflow.Aws=dotnet exec $with/three-steps.dll run"
}

# A class with 2,000 properties: ten tasks of it store 20,000 small values.
write_small_flow() {
    local i
    echo "// <auto-generated/>"
    echo "using System;"
    echo "using System.Linq;"
    echo "using Metaflow;"
    echo
    echo "public sealed partial class SmallFlow : FlowSpec"
    echo "{"
    for ((i = 0; i < 2000; i++)); do echo "    public partial int Value$i { get; set; }"; done
    echo "    [Step] Transition Start() => Next(Work, forEach: Enumerable.Range(0, 10));"
    echo "    [Step] Transition Work(int part)"
    echo "    {"
    for ((i = 0; i < 2000; i++)); do echo "        Value$i = ((part * 2000) + $i) * 7919;"; done
    echo "        return Next(Join);"
    echo "    }"
    echo "    [Step] Transition Join(Inputs<SmallFlow> inputs) => Next(End);"
    echo "    [Step] void End() => Console.WriteLine(\"stored\");"
    echo "}"
}

# The same values and tasks on the local disk and on Ceph's gateway, which this starts (Debian's radosgw, ceph-mon, ceph-osd,
# ceph-common). 'made' is the same run without storing the value: what is to be taken off both.
measure_stores() {
    mkdir -p "$output"
    write_small_flow >"$output/SmallFlow.cs"
    publish stores --runtime linux-x64 --no-self-contained
    local ours="dotnet exec $output/stores/stores.dll run" reference="${PYTHON:-python3} $root/bench/stores/stores.py run"
    local references=() folder where kind
    if [[ -n "${METAFLOW_PYTHON_REFERENCE:-}" ]]; then
        export PYTHONPATH="$METAFLOW_PYTHON_REFERENCE"
        references=("$reference")
    fi

    folder="$(mktemp -d)"
    for where in ${STORES:-local s3}; do
        if [[ "$where" == s3 ]] && ! command -v radosgw >/dev/null; then
            echo "There is no radosgw: S3 is not measured." >&2
            continue
        fi

        [[ "$where" != s3 ]] || start_ceph "$folder"
        export METAFLOW_DEFAULT_DATASTORE="$where" METAFLOW_DEFAULT_METADATA=local
        echo "-- $where: ours, then the reference"
        for kind in ${KINDS:-doubles lines small fan data}; do
            compare_kind "$kind" "$where"
        done
    done
}

compare_kind() {
    case "$1" in
        small) compare small "20,000 small values" "" ;;
        fan) compare fan "foreach of 40" "" ;;
        data)
            # Python Metaflow has data of one's own in S3 only.
            [[ "$2" == s3 ]] || return 0
            compare data "2,000 objects of one's own" "--only-makes false"
            compare data "2,000 objects of one's own, made" "--only-makes true"
            ;;
        *)
            compare large "$1" "--kind $1 --only-makes false"
            compare large "$1, made" "--kind $1 --only-makes true"
            ;;
    esac
}

# Runs one flow of ours and the reference's in turn.
compare() {
    local commands=("$2=env STORES_FLOW=$1 $ours $3") each
    for each in "${references[@]}"; do
        commands+=("the reference's=env STORES_FLOW=$1 $each $3")
    done

    dotnet exec "$output/Metaflow.Benchmarks/Metaflow.Benchmarks.dll" commands "${ROUNDS:-3}" "${commands[@]}"
}

# Its data are in memory. It ends with this script.
start_ceph() {
    local port=$((20000 + RANDOM % 10000)) line
    coproc CEPH { exec bash "$root/tests/Metaflow.ObjectStorage.Tests/Servers/ceph.sh" "$1/ceph" "$port" "$((port + 1))"; }
    read -r line <&"${CEPH[0]}"
    [[ "$line" == ready ]]
    export AWS_ACCESS_KEY_ID=AKTEST AWS_SECRET_ACCESS_KEY=SKTEST AWS_DEFAULT_REGION=us-east-1
    export METAFLOW_S3_ENDPOINT_URL="http://127.0.0.1:$port" METAFLOW_DATASTORE_SYSROOT_S3=s3://bench/metaflow
    curl --fail --silent --show-error --request PUT --aws-sigv4 aws:amz:us-east-1:s3 --user AKTEST:SKTEST \
        --header "x-amz-content-sha256: $(sha256sum </dev/null | cut -d ' ' -f 1)" "$METAFLOW_S3_ENDPOINT_URL/bench"
}

# Some 60 packages: resolved, unpacked on a machine that has none, and again; beside what 'dotnet restore' needs for the same. Then what a
# run takes longer whose steps have packages of their own. NuGet has fetched all packages before.
measure_environments() {
    local place tool restore
    place="$(mktemp -d)"
    publish three-steps --runtime linux-x64 --no-self-contained
    dotnet publish src/Metaflow.Tool --configuration Release --output "$output/tool" --nologo --verbosity quiet
    tool="dotnet exec $output/tool/Metaflow.Tool.dll"
    export METAFLOW_USER=bench METAFLOW_DATASTORE_SYSROOT_LOCAL="$place" METAFLOW_ENVIRONMENTS_FOLDER="$place/environments"
    printf -- '--nuget-pkg %s\n' Microsoft.Extensions.Hosting==10.0.14 OpenTelemetry.Exporter.OpenTelemetryProtocol==1.20.1 \
        Azure.Identity==1.21.0 Microsoft.Data.Sqlite==10.0.12 Newtonsoft.Json==13.0.4 Polly.Core==8.9.1 >"$place/requirements.txt"
    $tool environment resolve --requirement "$place/requirements.txt" --alias bench:v1 >/dev/null
    $tool environment show bench:v1 --json | grep -c '"version"' | sed 's/$/ packages/'
    mkdir "$place/project"
    {
        echo '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup><ItemGroup>'
        $tool environment export bench:v1 --format csproj | grep PackageReference
        echo '</ItemGroup></Project>'
    } >"$place/project/packages.csproj"
    restore="dotnet restore $place/project/packages.csproj --force --verbosity quiet"
    printf '#!/bin/sh\nrm -rf "%s/environments" && exec %s environment create bench:v1\n' "$place" "$tool" >"$place/create.sh"
    dotnet exec "$output/Metaflow.Benchmarks/Metaflow.Benchmarks.dll" commands "${ROUNDS:-5}" \
        "dotnet restore=$restore" \
        "environment resolve=$tool environment resolve --requirement $place/requirements.txt --force" \
        "environment create, nothing unpacked=sh $place/create.sh" \
        "environment create, all unpacked=$tool environment create bench:v1" \
        "three steps=dotnet exec $output/three-steps/three-steps.dll run" \
        "three steps with a package each=dotnet exec $output/three-steps/three-steps.dll run --with nuget:id=Newtonsoft.Json,version=13.0.4"
    rm -rf "$place"
}

parts=("$@")
if [[ ${#parts[@]} -eq 0 ]]; then
    parts=(serialization storage flow doubles resume compute unused stores environments)
fi

publish Metaflow.Benchmarks
for part in "${parts[@]}"; do
    echo "== $part"
    case "$part" in
        flow) measure_flow ;;
        doubles) measure_doubles ;;
        resume) measure_resume ;;
        unused) measure_unused ;;
        stores) measure_stores ;;
        environments) measure_environments ;;
        compute) measure_compute ;;
        *) dotnet exec "$output/Metaflow.Benchmarks/Metaflow.Benchmarks.dll" "$part" ;;
    esac
done
