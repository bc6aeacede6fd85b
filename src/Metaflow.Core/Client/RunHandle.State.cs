using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Runs;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <content>The state of a run.</content>
public sealed partial class RunHandle
{
    /// <summary>Gets the state of the run, and when and why the run entered it; <see langword="null"/> for a run of Python Metaflow,
    /// which records no state.</summary>
    /// <remarks>This property reads the state each time, because it changes during a run. If the scheduler died, the run is
    /// <see cref="RunState.Dead"/> since its last sign of life.</remarks>
    public RunStatus? Status => Completion.Of(() => GetStatusAsync());

    /// <summary>Gets the state of the run. A run of Python Metaflow, or a run whose record is damaged, has succeeded if its end step
    /// finished. Otherwise its state is <see cref="RunState.Unknown"/>: it is running, failed, or was killed.</summary>
    /// <remarks>This property reads the state each time.</remarks>
    public RunState State => Completion.Of(() => GetStateAsync());

    /// <summary>Gets how many tasks finished and failed, as the scheduler last recorded it. For a run of Python Metaflow, the tasks are
    /// counted.</summary>
    /// <exception cref="Errors.MetadataException">The run's journal is damaged (MF5020).</exception>
    public RunProgress Progress => Completion.Of(() => GetProgressAsync());

    /// <summary>Gets how long the run took, or has been running; <see langword="null"/> if its end is unknown.</summary>
    public TimeSpan? Duration => Completion.Of(() => GetDurationAsync());

    /// <summary>Gets a value indicating whether the run's own record cannot be read, so that only its id is known.</summary>
    internal bool IsUnreadable => _record.Problem is not null;

    /// <inheritdoc cref="Status"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The state.</returns>
    public async Task<RunStatus?> GetStatusAsync(CancellationToken cancellationToken = default) => _record.Problem is { } problem
        ? new RunStatus(RunState.Unknown, 0, "", CreatedAt, problem)
        : await RunLiveness.OfAsync(
            Context.Datastore(FlowName).Blobs, FlowName, Id, TimeProvider.System, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="State"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The state.</returns>
    public async Task<RunState> GetStateAsync(CancellationToken cancellationToken = default)
        => await StateOfAsync(await GetStatusAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="Progress"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The numbers.</returns>
    public async Task<RunProgress> GetProgressAsync(CancellationToken cancellationToken = default)
    {
        var home = RunHomes.Of(Context.Datastore(FlowName).Blobs, TimeProvider.System);
        return await RunProgress.ReadAsync(home, FlowName, Id, cancellationToken).ConfigureAwait(false)
            ?? await CountTasksAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc cref="Duration"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
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
