using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Runs;
using Metaflow.Storage;

namespace Metaflow.Client;

public sealed partial class RunHandle
{
    /// <summary>Gets the state of the run, with when and why it was entered; <see langword="null"/> for a run of the reference, which records none.</summary>
    /// <remarks>Read anew each time: it changes while the run goes on. A run whose scheduler is gone without a word is <see cref="RunState.Dead"/>
    /// since the last sign of life.</remarks>
    public RunStatus? Status => _record.Problem is { } problem ? new RunStatus(RunState.Unknown, 0, "", CreatedAt, problem) : Completion.Of(RunLiveness.OfAsync(Context.Datastore(FlowName).Blobs, FlowName, Id, TimeProvider.System));

    /// <summary>Gets the state of the run. A run of the reference, or one whose record is damaged, has succeeded when its end step finished, and is
    /// otherwise <see cref="RunState.Unknown"/>: it runs, failed, or was killed.</summary>
    /// <remarks>Read anew each time.</remarks>
    public RunState State => StateOf(Status);

    /// <summary>Gets how many tasks finished and failed: as the scheduler last recorded; for a run of the reference, counted.</summary>
    /// <exception cref="Errors.MetadataException">The run's journal is damaged (MF5020).</exception>
    public RunProgress Progress => Completion.Of(RunProgress.ReadAsync(RunHomes.Of(Context.Datastore(FlowName).Blobs, TimeProvider.System), FlowName, Id)) ?? CountTasks();

    /// <summary>Gets how long the run took, or has been running; <see langword="null"/> when its end is unknown.</summary>
    public TimeSpan? Duration => DurationOf(Status, TimeProvider.System.GetUtcNow());

    /// <summary>Gets a value indicating whether the run's own record cannot be read, so that only its id is known.</summary>
    internal bool IsUnreadable => _record.Problem is not null;

    internal RunState StateOf(RunStatus? status)
        => status is { State: not RunState.Unknown } known ? known.State : !IsUnreadable && Finished ? RunState.Succeeded : RunState.Unknown;

    internal TimeSpan? DurationOf(RunStatus? status, DateTimeOffset now)
        => IsUnreadable ? null : (status is null or { State: RunState.Unknown } ? FinishedAt : status.State is RunState.Pending or RunState.Running ? now : status.At) - CreatedAt;

    /// <summary>Returns the numbers of tasks for a list, which one journal that is damaged or cannot be read must not keep from being shown.</summary>
    internal RunProgress ProgressOrCount()
    {
        try
        {
            return Progress;
        }
        catch (MetaflowException error) when (error is StorageException || error.Code == ErrorCodes.JournalDamaged)
        {
            return CountTasks();
        }
    }

    private RunProgress CountTasks()
    {
        var done = 0;
        var failed = 0;
        foreach (var task in Tasks)
        {
            var isOk = task.MetadataDictionary.GetValueOrDefault("attempt_ok");
            done += isOk == "True" ? 1 : 0;
            failed += isOk == "False" ? 1 : 0;
        }

        return new RunProgress(done, failed, 0, 0);
    }
}
