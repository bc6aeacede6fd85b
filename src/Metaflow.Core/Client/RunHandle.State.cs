using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Runs;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <content>How a run goes.</content>
public sealed partial class RunHandle
{
    /// <summary>Gets the state of the run, with when and why it was entered; <see langword="null"/> for a run of Python Metaflow, which
    /// records none.</summary>
    /// <remarks>Read again each time: it changes while the run continues. A run whose scheduler is gone without a word is
    /// <see cref="RunState.Dead"/> since the last sign of life.</remarks>
    public RunStatus? Status => Completion.Of(() => GetStatusAsync());

    /// <summary>Gets the state of the run. A run of Python Metaflow, or one whose record is damaged, has succeeded when its end step
    /// finished, and is otherwise <see cref="RunState.Unknown"/>: it runs, failed, or was killed.</summary>
    /// <remarks>Read again each time.</remarks>
    public RunState State => Completion.Of(() => GetStateAsync());

    /// <summary>Gets how many tasks finished and failed: as the scheduler last recorded; for a run of Python Metaflow, counted.</summary>
    /// <exception cref="Errors.MetadataException">The run's journal is damaged (MF5020).</exception>
    public RunProgress Progress => Completion.Of(() => GetProgressAsync());

    /// <summary>Gets how long the run took, or has been running; <see langword="null"/> when its end is unknown.</summary>
    public TimeSpan? Duration => Completion.Of(() => GetDurationAsync());

    /// <summary>Gets a value indicating whether the run's own record cannot be read, so that only its id is known.</summary>
    internal bool IsUnreadable => _record.Problem is not null;

    /// <inheritdoc cref="Status"/>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <returns>The state.</returns>
    public async Task<RunStatus?> GetStatusAsync(CancellationToken cancellationToken = default) => _record.Problem is { } problem
        ? new RunStatus(RunState.Unknown, 0, "", CreatedAt, problem)
        : await RunLiveness.OfAsync(
            Context.Datastore(FlowName).Blobs, FlowName, Id, TimeProvider.System, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="State"/>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <returns>The state.</returns>
    public async Task<RunState> GetStateAsync(CancellationToken cancellationToken = default)
        => await StateOfAsync(await GetStatusAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="Progress"/>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <returns>The numbers.</returns>
    public async Task<RunProgress> GetProgressAsync(CancellationToken cancellationToken = default)
    {
        var home = RunHomes.Of(Context.Datastore(FlowName).Blobs, TimeProvider.System);
        return await RunProgress.ReadAsync(home, FlowName, Id, cancellationToken).ConfigureAwait(false)
            ?? await CountTasksAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc cref="Duration"/>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <returns>The time.</returns>
    public async Task<TimeSpan?> GetDurationAsync(CancellationToken cancellationToken = default)
    {
        var status = await GetStatusAsync(cancellationToken).ConfigureAwait(false);
        return await DurationOfAsync(status, TimeProvider.System.GetUtcNow(), cancellationToken).ConfigureAwait(false);
    }

    internal async Task<RunState> StateOfAsync(RunStatus? status, CancellationToken cancellationToken)
    {
        if (status is { State: not RunState.Unknown } known)
        {
            return known.State;
        }

        return !IsUnreadable && await GetFinishedAsync(cancellationToken).ConfigureAwait(false) ? RunState.Succeeded : RunState.Unknown;
    }

    internal async Task<TimeSpan?> DurationOfAsync(RunStatus? status, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (IsUnreadable)
        {
            return null;
        }

        var end = status is null or { State: RunState.Unknown } ? await GetFinishedAtAsync(cancellationToken).ConfigureAwait(false)
            : status.State is RunState.Pending or RunState.Running ? now
            : status.At;
        return end - CreatedAt;
    }

    /// <summary>Returns the numbers of tasks for a list, which one journal that is damaged or cannot be read must not keep from being
    /// shown.</summary>
    internal async Task<RunProgress> ProgressOrCountAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await GetProgressAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (MetaflowException error) when (error is StorageException || error.Code == ErrorCodes.JournalDamaged)
        {
            return await CountTasksAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<RunProgress> CountTasksAsync(CancellationToken cancellationToken)
    {
        var tasks = new List<TaskHandle>();
        await foreach (var task in GetTasksAsync(cancellationToken).ConfigureAwait(false))
        {
            tasks.Add(task);
        }

        var ends = await tasks.ReadEachAsync(
            static (task, token) => task.FieldAsync("attempt_ok", token), cancellationToken).ConfigureAwait(false);
        var origins = await tasks.ReadEachAsync(
            static (task, token) => task.GetOriginPathspecAsync(token), cancellationToken).ConfigureAwait(false);
        return new RunProgress(ends.Count(static isOk => isOk == "True"), ends.Count(static isOk => isOk == "False"), 0, 0)
        {
            Cloned = origins.Count(static origin => origin is not null),
        };
    }
}
