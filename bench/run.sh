#!/usr/bin/env bash
# Measures what the goals are about, each beside a baseline of the same minute:
# bash bench/run.sh [serialization|storage|flow|doubles|resume|compute]...
# METAFLOW_PYTHON_REFERENCE names a clone of Metaflow to run the same flow with; PYTHON is the interpreter (python3 when unset).
# ROUNDS is how often each process is run (15 when unset).
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

parts=("$@")
if [[ ${#parts[@]} -eq 0 ]]; then
    parts=(serialization storage flow doubles resume compute)
fi

publish Metaflow.Benchmarks
for part in "${parts[@]}"; do
    echo "== $part"
    case "$part" in
        flow) measure_flow ;;
        doubles) measure_doubles ;;
        resume) measure_resume ;;
        compute) measure_compute ;;
        *) dotnet exec "$output/Metaflow.Benchmarks/Metaflow.Benchmarks.dll" "$part" ;;
    esac
done
