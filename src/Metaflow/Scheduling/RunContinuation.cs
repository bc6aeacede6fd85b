using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Metadata;
using Metaflow.Running;
using Metaflow.Runs;

namespace Metaflow.Scheduling;

/// <summary>A run that this process has taken in order to continue it.</summary>
internal sealed class RunContinuation : IAsyncDisposable
{
    private readonly IReadOnlyList<JournalRecord> _records;

    private RunContinuation(RunRecord run, IRunLease lease, IReadOnlyList<JournalRecord> records)
    {
        Run = run;
        Lease = lease;
        _records = records;
    }

    /// <summary>Gets the run; when nothing is recorded of it, its flow and its id alone.</summary>
    public RunRecord Run { get; }

    /// <summary>Gets what differs from before.</summary>
    public required ContinueRequest Request { get; init; }

    /// <summary>Gets what keeps the run for this process.</summary>
    public IRunLease Lease { get; }

    /// <summary>Gets a value indicating whether its scheduler was gone without having ended the run.</summary>
    public required bool WasKilled { get; init; }

    /// <summary>Gets what the run was last run with; <see langword="null"/> when its scheduler was killed before it had recorded that:
    /// then the run begins again.</summary>
    public RunRequest? Recorded => _records.Count == 0 ? null : RunReplay.LastSession(_records).Request;

    /// <summary>Takes a run.</summary>
    /// <param name="services">Where runs are kept.</param>
    /// <param name="flow">The flow's name.</param>
    /// <param name="request">Which run, and what differs from before.</param>
    /// <returns>The run, which nobody else can continue until it is disposed.</returns>
    /// <exception cref="MetadataException">There is no such run (MF5004), or its journal is missing (MF5022) or cannot be read (MF5020,
    /// MF5021).</exception>
    /// <exception cref="LaunchException">The run is running (MF6030) or has succeeded (MF6031).</exception>
    public static async Task<RunContinuation> OpenAsync(RunServices services, string flow, ContinueRequest request)
    {
        var runId = request.RunId;
        var found = await services.Stores.Metadata.FindRunAsync(flow, runId, default).ConfigureAwait(false);
        var run = found ?? new RunRecord(flow, runId, "", [], [], services.Time.GetUtcNow());
        var home = RunHomes.Of(services.Stores.Blobs, services.Time);
        var begins = await RunBeginning.IsLeftByAsync(services.Stores.Blobs, home, run, found is not null).ConfigureAwait(false);
        if (found is null && !begins)
        {
            throw NotFound(flow, runId);
        }

        // Where locks do not reach, on another machine, the sign of life is all that tells.
        if (await StateAsync(services, run).ConfigureAwait(false) is { State: RunState.Running or RunState.Pending } alive)
        {
            throw Alive(run, $"Its scheduler is process {alive.ProcessId} on '{alive.Host}'.");
        }

        if (!begins && !await home.HasJournalAsync(flow, runId, default).ConfigureAwait(false))
        {
            // Before a lock is made, which would let a run of Python Metaflow look like a dead one.
            throw RunReplay.JournalMissing(home, flow, runId);
        }

        var lease = await home.TryTakeAsync(flow, runId, default).ConfigureAwait(false)
            ?? throw Alive(run, "Its scheduler holds the run's lock.");
        try
        {
            // Its scheduler, or another process that continued it, may have reached its journal, and its end, before this one had the
            // lock.
            var state = await StateAsync(services, run).ConfigureAwait(false);
            var hasBegun = !begins || await home.HasJournalAsync(flow, runId, default).ConfigureAwait(false);
            return new RunContinuation(run, lease, hasBegun ? await RunReplay.ReadAsync(home, flow, runId).ConfigureAwait(false) : [])
            {
                Request = request,
                WasKilled = state is not { State: RunState.Failed or RunState.Cancelled },
            };
        }
        catch
        {
            await lease.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Replays the run, and checks that a program with another graph may continue with it.</summary>
    /// <param name="policy">What is decided by from now on.</param>
    /// <returns>The run as it was left.</returns>
    /// <exception cref="LaunchException">The graph changed in steps that the run has reached (MF6032).</exception>
    public RunReplay Replay(SchedulerPolicy policy)
    {
        var now = StepIdentity.Of(policy);
        var replay = RunReplay.Of(_records, Run.RunId, policy.Graph, (last, named) =>
        {
            // Before the graph replays anything: where the run has reached what it does not know, it would not know what to do.
            Require(StepIdentity.Changed(last.Steps, now, named));
            Require(StepIdentity.ChangedStart(last.Steps, policy.Graph.StartStep?.Name));
        });
        Require(StepIdentity.Changed(replay.Session.Steps, now, replay.State.ReachedSteps()));
        return replay;
    }

    /// <summary>Refuses parameters and configurations for a run that has its own.</summary>
    /// <param name="request">What was asked for.</param>
    /// <exception cref="ConfigurationException">MF2101: there are some. The exit code is 2.</exception>
    public static void RefuseInputs(ContinueRequest request)
    {
        if (request.Anew is { Parameters.Count: > 0 } or { Configs: { Files.Count: > 0 } or { Values.Count: > 0 } })
        {
            throw new ConfigurationException(
                ErrorCodes.OptionsConflict,
                "A continued run keeps its parameters and configurations, and begins where it stopped.",
                "Finished tasks have already read them.",
                "Remove them, or remove '--continue'.")
            { ExitCode = ExitCodes.Usage };
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Lease.DisposeAsync();

    /// <summary>Returns the error of a new run whose id another process took first.</summary>
    /// <param name="run">The run.</param>
    /// <param name="why">What shows it.</param>
    /// <returns>The error.</returns>
    public static LaunchException Taken(RunRecord run, string why) => new(
        ErrorCodes.RunIsAlive,
        $"The run '{run.RunId}' cannot be started: another process has taken it.",
        why,
        "Wait until it ends, or choose another id with '--run-id'.")
    { Pathspec = $"{run.Flow}/{run.RunId}" };

    private void Require(IReadOnlyList<string> changed)
    {
        if (changed.Count == 0)
        {
            return;
        }

        var names = string.Join(", ", changed.Select(static name => $"'{name}'"));
        throw new LaunchException(
            ErrorCodes.GraphHasChanged,
            $"The run '{Run.RunId}' cannot be continued.",
            $"The run has reached {names}, but in this program "
                + (changed.Count == 1
                    ? "that step has other transitions, or does not exist."
                    : "those steps have other transitions, or do not exist."),
            "Continue it with the program that started it, or start a new run from what it finished: 'resume "
                + $"--origin-run-id {Run.RunId}'.")
        { Pathspec = $"{Run.Flow}/{Run.RunId}" };
    }

    private static async Task<RunStatus?> StateAsync(RunServices services, RunRecord run)
    {
        var status = await RunLiveness.OfAsync(services.Stores.Blobs, run.Flow, run.RunId, services.Time, default).ConfigureAwait(false);
        if (status is { State: RunState.Succeeded })
        {
            throw new LaunchException(
                ErrorCodes.RunHasSucceeded,
                $"The run '{run.RunId}' cannot be continued.",
                "It has succeeded: its end step has finished.",
                $"Start a new run with 'run', or repeat some of its steps with 'resume STEP --origin-run-id {run.RunId}'.")
            { Pathspec = $"{run.Flow}/{run.RunId}" };
        }

        return status;
    }

    private static LaunchException Alive(RunRecord run, string why) => new(
        ErrorCodes.RunIsAlive,
        $"The run '{run.RunId}' cannot be continued: it is running.",
        why,
        "Wait until it ends, or stop its scheduler first.")
    { Pathspec = $"{run.Flow}/{run.RunId}" };

    private static MetadataException NotFound(string flow, string runId) => new(
        ErrorCodes.ObjectNotFound,
        $"There is no run '{flow}/{runId}'.",
        "It is not among the records of the datastore.",
        "The command 'runs' lists the runs of the flow.")
    { Pathspec = $"{flow}/{runId}" };
}
