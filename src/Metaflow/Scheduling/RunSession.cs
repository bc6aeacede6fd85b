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

/// <summary>Runs a flow from the registration of the run to its recorded end, or continues it.</summary>
internal sealed partial class RunSession(RunContext context)
{
    /// <summary>Runs the flow.</summary>
    /// <param name="interruption">Asks the run to stop from outside.</param>
    /// <returns>How it ended.</returns>
    public async Task<RunOutcome> RunAsync(RunInterruption interruption)
    {
        RunIdFile.Check();

        // Before anything is kept: where nothing can run, there is no run.
        _ = context.Workers;
        var values = new RunParameters(context).Resolve(context.Reuse?.Parameters);
        var run = await RegisterAsync(context.Request.Resume?.RunId).ConfigureAwait(false);
        var lease = await TakeAsync(run).ConfigureAwait(false);
        await using var held = lease.ConfigureAwait(false);
        return await StartAsync(run, lease, parameters => parameters.SaveAsync(run, values), interruption).ConfigureAwait(false);
    }

    /// <summary>Begins a run of which nothing was recorded but its id, as its scheduler was killed.</summary>
    /// <param name="continuation">The run, taken.</param>
    /// <param name="interruption">Asks the run to stop from outside.</param>
    /// <returns>How it ended.</returns>
    public async Task<RunOutcome> BeginAsync(RunContinuation continuation, RunInterruption interruption)
    {
        _ = context.Workers;
        var values = new RunParameters(context).Resolve(context.Reuse?.Parameters);
        var run = await RegisterAsync(continuation.Run.RunId).ConfigureAwait(false);
        if (context.Request.Tags.Count > 0)
        {
            // It may have been registered before, with others.
            run = await context.Metadata.ChangeTagsAsync(run.Flow, run.RunId, context.Request.Tags, [], default).ConfigureAwait(false);
        }

        context.Observer.OnEvent(new RunEvent.Message(context.Time.GetUtcNow(),
            $"Nothing was recorded of what the run '{run.RunId}' was asked for: it begins anew, with the parameters and options of this command."));
        return await StartAsync(run, continuation.Lease, parameters => parameters.SaveMissingAsync(run, () => values), interruption).ConfigureAwait(false);
    }

    private async Task<RunOutcome> StartAsync(RunRecord run, IRunLease lease, Func<RunParameters, Task> saveAsync, RunInterruption interruption)
    {
        var policy = SchedulerLoop.PolicyOf(context, run);
        var journal = new RunJournal(await BeginJournalAsync(lease, policy).ConfigureAwait(false));
        await using var ended = journal.ConfigureAwait(false);
        var parameters = new RunParameters(context);
        await saveAsync(parameters).ConfigureAwait(false);
        await RecordStartAsync(run).ConfigureAwait(false);
        await WriteRunIdFileAsync(run).ConfigureAwait(false);
        TellStarting(run);
        if (context.Reuse?.Plan is { } plan)
        {
            context.Observer.OnEvent(new RunEvent.ResumePlanned(context.Time.GetUtcNow(), plan));
        }

        var loop = new SchedulerLoop(context, run, journal, policy, interruption) { ClonesDone = IsResumed ? () => MarkLatestAsync(run) : null };
        return await FollowAsync(run, () => RunWithCodeAsync(parameters.RecordCodeAsync(run), loop.RunAsync(Start, null)), interruption).ConfigureAwait(false);
    }

    private static SchedulerEvent.RunStarted Start => new(new TaskInput(TaskPath.ParametersStep, "0"));

    private void TellStarting(RunRecord run)
    {
        context.Observer.OnEvent(new RunEvent.RunStarting(context.Time.GetUtcNow(), run.RunId));
        if (context.Workers.Reason is { } reason)
        {
            context.Observer.OnEvent(new RunEvent.Message(context.Time.GetUtcNow(), reason));
        }

        foreach (var unused in context.TellUnusedDecorators())
        {
            context.Observer.OnEvent(new RunEvent.Message(context.Time.GetUtcNow(), unused));
        }
    }

    private static async Task<RunOutcome> RunWithCodeAsync(Task recording, Task<RunOutcome> running)
    {
        var outcome = await running.ConfigureAwait(false);
        await recording.ConfigureAwait(false);
        return outcome;
    }

    private async Task<RunOutcome> FollowAsync(RunRecord run, Func<Task<RunOutcome>> runAsync, RunInterruption interruption)
    {
        var hooks = new RunHooks(context, run);
        await hooks.TellStartingAsync().ConfigureAwait(false);
        try
        {
            var outcome = await runAsync().ConfigureAwait(false);
            var state = outcome.Succeeded ? RunState.Succeeded : interruption.Requests > 0 || outcome.IsPartial ? RunState.Cancelled : RunState.Failed;
            await RecordStatusAsync(run, state, outcome.IsPartial ? "It was to stop before its end step." : outcome.Error?.Message).ConfigureAwait(false);
            await hooks.TellEndedAsync(outcome).ConfigureAwait(false);
            context.Observer.OnEvent(new RunEvent.RunEnded(context.Time.GetUtcNow(), outcome.Succeeded) { IsPartial = outcome.IsPartial });
            return outcome;
        }
        catch (MetaflowException error) when (error.Code != ErrorCodes.RunLost)
        {
            await TryRecordFailureAsync(run, error).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Takes a new run. Two processes may have asked for the same id, and both have found it free.</summary>
    private async Task<IRunLease> TakeAsync(RunRecord run)
    {
        var home = RunHomes.Of(context.Datastore.Blobs, context.Time);
        var held = await home.TryTakeAsync(run.Flow, run.RunId, default).ConfigureAwait(false) ?? throw RunContinuation.Taken(run, "Its scheduler holds the run's lock.");

        // A resume that several processes share is begun again by a leader of the same identifier.
        if (context.Request.Resume is { IsReentrant: true } || !await home.HasJournalAsync(run.Flow, run.RunId, default).ConfigureAwait(false))
        {
            return held;
        }

        await held.DisposeAsync().ConfigureAwait(false);
        throw RunContinuation.Taken(run, "That process has begun it meanwhile, and its results would be overwritten.");
    }

    private async Task<RunRecord> RegisterAsync(string? runId)
    {
        var settings = context.Settings;
        string[] systemTags =
        [
            $"user:{settings.User}",
            "runtime:dev",
            $"metaflow_version:{ProductVersion.Recorded}",
            $"dotnet_version:{Environment.Version}",
            .. context.FlowDecorators.OfFlow.SelectMany(decorator => decorator.SystemTags(context.FlowOptions, settings.User)),
        ];
        var wanted = new RunRecord(
            context.Definition.FlowName, runId ?? "", settings.User, [.. context.Request.Tags.Except(systemTags).Distinct()], systemTags, context.Time.GetUtcNow());
        return await context.Metadata.RegisterRunAsync(wanted, default).ConfigureAwait(false);
    }

    private bool IsResumed => context.Request.Resume is not null;

    private static BlobWrite Latest(RunRecord run) => new($"{run.Flow}/latest_run", Encoding.UTF8.GetBytes(run.RunId));

    private async Task MarkLatestAsync(RunRecord run) => await context.Datastore.Blobs.SaveAsync([Latest(run)], overwrite: true, default).ConfigureAwait(false);

    /// <summary>From here on the run can be continued as it was asked for. Before all else: what the user asked for is known nowhere else.</summary>
    private ValueTask<IRunJournal> BeginJournalAsync(IRunLease lease, SchedulerPolicy policy)
        => lease.BeginJournalAsync(RunJournal.Header(SessionRecord.OfThisProcess(context, policy), context.Time.GetUtcNow()), default);

    /// <summary>From here on the run can be found and watched. One group of files: they cost little more than one.</summary>
    private async Task RecordStartAsync(RunRecord run)
    {
        // A resumed run is the latest when it has all that it clones: were it stopped before, the next resume would miss what the earlier run has.
        List<BlobWrite> files = IsResumed ? [] : [Latest(run)];
        files.Add(Status(RunState.Running, null).ToWrite(run.Flow, run.RunId));
        await context.Datastore.Blobs.SaveAsync(files, overwrite: true, default).ConfigureAwait(false);
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

    private RunIdFile RunIdFile => new(context.Request.RunIdFile, context.Request.WorkingFolder);

    private async ValueTask RecordStatusAsync(RunRecord run, RunState state, string? reason)
        => await context.Datastore.Blobs.SaveAsync([Status(state, reason).ToWrite(run.Flow, run.RunId)], overwrite: true, default).ConfigureAwait(false);

    private RunStatus Status(RunState state, string? reason)
        => new(state, Environment.ProcessId, Environment.MachineName, context.Time.GetUtcNow(), reason) { ProcessMark = ProcessMark.Of(Environment.ProcessId) };

    /// <summary>The error that ends the run is the one to report; that the status cannot be recorded either (the same full disk) adds nothing.</summary>
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
}
