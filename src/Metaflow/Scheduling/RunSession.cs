using System.Text;
using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Platform;
using Metaflow.Running;
using Metaflow.Runs;
using Metaflow.Storage;

namespace Metaflow.Scheduling;

/// <summary>Follows a plan: runs a flow from the registration of the run to its recorded end, or continues it.</summary>
/// <param name="plan">All that was found out about the run.</param>
internal sealed partial class RunSession(RunPlan plan)
{
    private readonly RunContext _context = plan.Context;
    private readonly RunParameters _parameters = new(plan);

    /// <summary>Runs the flow.</summary>
    /// <param name="interruption">Asks the run to stop from outside.</param>
    /// <returns>How it ended.</returns>
    /// <exception cref="LaunchException">Of a run that is continued: the graph changed (MF6032), or a task has no attempt left (MF6033) or
    /// a process that cannot be ended (MF6034).</exception>
    public async Task<RunOutcome> RunAsync(RunInterruption interruption)
    {
        var holds = new RunHolds { Lease = plan.Continuation?.Lease };
        await using var held = holds.ConfigureAwait(false);
        if (plan.Leadership is { } leadership && await leadership.FollowAsync(interruption.Token).ConfigureAwait(false) is { } followed)
        {
            return followed;
        }

        var start = await (plan.Continuation is not { } continuation
            ? StartAsync(holds, interruption)
            : continuation.Recorded is null
            ? StartAnewAsync(continuation, holds, interruption)
            : ContinueAsync(continuation, holds, interruption)).ConfigureAwait(false);
        var hooks = new RunHooks(_context, start.Run);
        await hooks.TellStartingAsync().ConfigureAwait(false);
        RunOutcome outcome;
        try
        {
            var recording = start.RecordsCode ? _parameters.RecordCodeAsync(start.Run) : Task.CompletedTask;
            outcome = await start.Loop.RunAsync(start.First, start.State).ConfigureAwait(false);
            await recording.ConfigureAwait(false);
            await RecordEndAsync(start.Run, outcome, interruption, hooks).ConfigureAwait(false);
        }
        catch (MetaflowException error) when (error.Code != ErrorCodes.RunLost)
        {
            await TryRecordFailureAsync(start.Run, error).ConfigureAwait(false);
            throw;
        }

        if (plan.Leadership is { } led)
        {
            // Who waits for the end may begin at once what needs the run.
            await holds.DisposeAsync().ConfigureAwait(false);
            await led.MarkDoneAsync().ConfigureAwait(false);
        }

        return outcome;
    }

    private async Task<SessionStart> StartAsync(RunHolds holds, RunInterruption interruption)
    {
        RunIdFile.Check();
        await RequireRunnableAsync().ConfigureAwait(false);
        var run = await RegisterAsync(_context.Request.Resume?.RunId).ConfigureAwait(false);
        holds.Lease = await TakeAsync(run).ConfigureAwait(false);
        return await StartAsync(run, holds, () => _parameters.SaveAsync(run), interruption).ConfigureAwait(false);
    }

    /// <summary>Begins a run of which nothing was recorded but its id, as its scheduler was killed.</summary>
    private async Task<SessionStart> StartAnewAsync(RunContinuation continuation, RunHolds holds, RunInterruption interruption)
    {
        await RequireRunnableAsync().ConfigureAwait(false);
        var run = await RegisterAsync(continuation.Run.RunId).ConfigureAwait(false);
        if (_context.Request.Tags.Count > 0)
        {
            // It may have been registered before, with others.
            run = await _context.Metadata.ChangeTagsAsync(run.Flow, run.RunId, _context.Request.Tags, [], default).ConfigureAwait(false);
        }

        Tell(
            $"The options of the run '{run.RunId}' were never recorded: it starts from the beginning, with the parameters and "
                + "options of this command.");
        return await StartAsync(run, holds, () => _parameters.SaveMissingAsync(run), interruption).ConfigureAwait(false);
    }

    /// <summary>Before anything is kept: where nothing can run, a parameter is missing, or a file cannot be read, there is no
    /// run.</summary>
    private Task RequireRunnableAsync()
    {
        _ = _context.Workers;
        _ = plan.Values;
        return _parameters.ReadFilesAsync();
    }

    private async Task<SessionStart> StartAsync(
        RunRecord run, RunHolds holds, Func<Task> saveAsync, RunInterruption interruption)
    {
        var policy = SchedulerLoop.PolicyOf(plan, run);
        var journal = holds.Journal = new RunJournal(await BeginJournalAsync(holds.Lease!, policy).ConfigureAwait(false));
        await saveAsync().ConfigureAwait(false);
        await RecordStartAsync(run).ConfigureAwait(false);
        await WriteRunIdFileAsync(run).ConfigureAwait(false);
        TellStarting(run);
        if (plan.Reuse?.Plan is { } resume)
        {
            _context.Observer.OnEvent(new RunEvent.ResumePlanned(_context.Time.GetUtcNow(), resume));
        }

        var loop = new SchedulerLoop(plan, run, journal, policy, interruption)
        {
            ClonesDone = IsResumed ? () => MarkLatestAsync(run) : null,
        };
        return new SessionStart(run, loop, Start, null) { RecordsCode = true };
    }

    private static SchedulerEvent.RunStarted Start => new(new TaskInput(TaskPath.ParametersStep, "0"));

    private void TellStarting(RunRecord run)
    {
        _context.Observer.OnEvent(new RunEvent.RunStarting(_context.Time.GetUtcNow(), run.RunId));
        if (_context.Workers.Reason is { } reason)
        {
            Tell(reason);
        }

        foreach (var unused in _context.TellUnusedDecorators())
        {
            Tell(unused);
        }
    }

    private async Task RecordEndAsync(RunRecord run, RunOutcome outcome, RunInterruption interruption, RunHooks hooks)
    {
        var state = outcome.Succeeded
            ? RunState.Succeeded
            : interruption.Requests > 0 || outcome.IsPartial
            ? RunState.Cancelled
            : RunState.Failed;
        await RecordStatusAsync(
            run, state, outcome.IsPartial ? "An option stopped it before its end step." : outcome.Error?.Message).ConfigureAwait(false);
        await hooks.TellEndedAsync(outcome).ConfigureAwait(false);
        _context.Observer.OnEvent(new RunEvent.RunEnded(_context.Time.GetUtcNow(), outcome.Succeeded) { IsPartial = outcome.IsPartial });
    }

    /// <summary>Takes a new run. Two processes may have asked for the same id, and both have found it free.</summary>
    private async Task<IRunLease> TakeAsync(RunRecord run)
    {
        var home = RunHomes.Of(_context.Datastore.Blobs, _context.Time);
        var held = await home.TryTakeAsync(run.Flow, run.RunId, default).ConfigureAwait(false)
            ?? throw RunContinuation.Taken(run, "Its scheduler holds the run's lock.");

        // A resume that several processes share is begun again by a leader of the same identifier.
        if (_context.Request.Resume is { IsReentrant: true }
            || !await home.HasJournalAsync(run.Flow, run.RunId, default).ConfigureAwait(false))
        {
            return held;
        }

        await held.DisposeAsync().ConfigureAwait(false);
        throw RunContinuation.Taken(run, "Another process has started it, and its results would be overwritten.");
    }

    private async Task<RunRecord> RegisterAsync(string? runId)
    {
        var settings = _context.Settings;
        string[] systemTags =
        [
            $"user:{settings.User}",
            "runtime:dev",
            $"metaflow_version:{ProductVersion.Recorded}",
            $"dotnet_version:{Environment.Version}",
            .. _context.FlowDecorators.OfFlow.SelectMany(decorator => decorator.SystemTags(_context.FlowOptions, settings.User)),
        ];
        var wanted = new RunRecord(
            _context.Definition.FlowName, runId ?? "", settings.User, [.. _context.Request.Tags.Except(systemTags).Distinct()], systemTags,
            _context.Time.GetUtcNow());
        return await _context.Metadata.RegisterRunAsync(wanted, default).ConfigureAwait(false);
    }

    private bool IsResumed => _context.Request.Resume is not null;

    private static BlobWrite Latest(RunRecord run) => new($"{run.Flow}/latest_run", Encoding.UTF8.GetBytes(run.RunId));

    private async Task MarkLatestAsync(RunRecord run)
        => await _context.Datastore.Blobs.SaveAsync([Latest(run)], overwrite: true, default).ConfigureAwait(false);

    /// <summary>From here on the run can be continued as it was asked for. Before all else: what the user asked for is known nowhere
    /// else.</summary>
    private ValueTask<IRunJournal> BeginJournalAsync(IRunLease lease, SchedulerPolicy policy)
        => lease.BeginJournalAsync(RunJournal.Header(SessionRecord.OfThisProcess(plan, policy), _context.Time.GetUtcNow()), default);

    /// <summary>From here on the run can be found and watched. One group of files: they cost little more than one.</summary>
    private async Task RecordStartAsync(RunRecord run)
    {
        // A resumed run is the latest when it has all that it clones: were it stopped before, the next resume would miss what the earlier
        // run has.
        List<BlobWrite> files = IsResumed ? [] : [Latest(run)];
        files.Add(Status(RunState.Running, null).ToWrite(run.Flow, run.RunId));
        await _context.Datastore.Blobs.SaveAsync(files, overwrite: true, default).ConfigureAwait(false);
    }

    private async Task WriteRunIdFileAsync(RunRecord run)
    {
        try
        {
            RunIdFile.Write(run.RunId);
        }
        catch (ConfigurationException failure)
        {
            await TryRecordFailureAsync(run, failure).ConfigureAwait(false);
            throw;
        }
    }

    private RunIdFile RunIdFile => new(_context.Request.RunIdFile, _context.Request.WorkingFolder);

    private async ValueTask RecordStatusAsync(RunRecord run, RunState state, string? reason)
        => await _context.Datastore.Blobs.SaveAsync(
            [Status(state, reason).ToWrite(run.Flow, run.RunId)], overwrite: true, default).ConfigureAwait(false);

    private RunStatus Status(RunState state, string? reason)
        => new(state, Environment.ProcessId, Environment.MachineName, _context.Time.GetUtcNow(), reason)
        {
            ProcessMark = ProcessMark.Of(Environment.ProcessId),
        };

    /// <summary>The error that ends the run is the one to report; that the status cannot be recorded either (the same full disk) adds
    /// nothing.</summary>
    private async Task TryRecordFailureAsync(RunRecord run, MetaflowException cause)
    {
        try
        {
            await RecordStatusAsync(run, RunState.Failed, cause.Message).ConfigureAwait(false);
        }
        catch (StorageException)
        {
        }
    }

    private void Tell(string text) => _context.Observer.OnEvent(new RunEvent.Message(_context.Time.GetUtcNow(), text));

    /// <summary>A run that has been prepared, so that its loop can begin.</summary>
    private sealed record SessionStart(RunRecord Run, SchedulerLoop Loop, SchedulerEvent First, SchedulerState? State)
    {
        /// <summary>Gets a value indicating whether it is recorded beside the first tasks which code the steps run.</summary>
        public bool RecordsCode { get; init; }
    }

    /// <summary>What keeps a run for this process until it is given back.</summary>
    private sealed class RunHolds : IAsyncDisposable
    {
        public IRunLease? Lease { get; set; }

        public RunJournal? Journal { get; set; }

        public async ValueTask DisposeAsync()
        {
            var (journal, lease) = (Journal, Lease);
            (Journal, Lease) = (null, null);
            try
            {
                if (journal is not null)
                {
                    await journal.DisposeAsync().ConfigureAwait(false);
                }
            }
            finally
            {
                if (lease is not null)
                {
                    await lease.DisposeAsync().ConfigureAwait(false);
                }
            }
        }
    }
}
