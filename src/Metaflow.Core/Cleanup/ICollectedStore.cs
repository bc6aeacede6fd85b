using Metaflow.Metadata;

namespace Metaflow.Cleanup;

/// <summary>What a collection does to the datastore of a flow: differently in a folder, which has locks and links, and
/// elsewhere.</summary>
internal interface ICollectedStore
{
    /// <summary>Keeps other collections of the flow away, and says to tasks that this one is running.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Ends it.</returns>
    /// <exception cref="Errors.MetadataException">Another collection is running (MF5023).</exception>
    ValueTask<IAsyncDisposable> HoldAsync(CancellationToken cancellationToken);

    /// <summary>Returns the run that <c>resume</c> begins from when no other is named.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Its id, or <see langword="null"/>.</returns>
    ValueTask<string?> LatestRunAsync(CancellationToken cancellationToken);

    /// <summary>Returns true if a link stands where the data of a run should be; what it leads to is not the store's to remove.</summary>
    /// <param name="runId">The run's id.</param>
    /// <returns>Whether one does.</returns>
    bool IsLinked(string runId);

    /// <summary>Returns how long the objects of a run are, without the blobs.</summary>
    /// <param name="runId">The run's id.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The bytes.</returns>
    ValueTask<long> SizeAsync(string runId, CancellationToken cancellationToken);

    /// <summary>Lists the places that runs claimed and that their schedulers did not live to make a record in.</summary>
    /// <returns>The runs, the newest first.</returns>
    IEnumerable<CollectedRun> Claimed();

    /// <summary>Returns what the scheduler of a run last recorded of its state.</summary>
    /// <param name="runId">The run's id.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The record; <see langword="null"/> when there is none, or one that is damaged or cannot be read.</returns>
    ValueTask<RunStatus?> RecordedAsync(string runId, CancellationToken cancellationToken);

    /// <summary>Removes a run; no listing shows any of it from the first moment on.</summary>
    /// <param name="runId">The run's id.</param>
    /// <param name="recorded">What was recorded of its state when it was chosen: a run that was continued since may have succeeded, and
    /// stays.</param>
    /// <param name="data">Deletes its own data.</param>
    /// <returns>Whether it is gone: not when a scheduler has it, or had it since.</returns>
    /// <exception cref="Errors.StorageException">It cannot be removed (MF4001, MF4003, MF4004).</exception>
    ValueTask<bool> TryRemoveAsync(string runId, RunStatus? recorded, RunData data);

    /// <summary>Lists the removed runs of which own data may be left.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Their ids.</returns>
    ValueTask<IReadOnlyList<string>> RemovedAsync(CancellationToken cancellationToken);

    /// <summary>Deletes what collections that were ended left over, and the own data that runs needed which are removed now.</summary>
    /// <param name="data">Deletes the runs' own data.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when it is gone.</returns>
    ValueTask FinishAsync(RunData data, CancellationToken cancellationToken);

    /// <summary>Finds the blobs that attempts of all runs refer to.</summary>
    /// <param name="exceptRuns">The ids of runs that do not count.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The blobs and included files.</returns>
    /// <exception cref="Errors.StorageException">A list of artifacts is unreadable (MF4009), or an object cannot be read (MF4004,
    /// MF4007).</exception>
    ValueTask<BlobMarks> MarkAsync(IReadOnlySet<string> exceptRuns, CancellationToken cancellationToken);

    /// <summary>Removes blobs and included files that are not marked and old, or counts them.</summary>
    /// <param name="marks">What is referred to.</param>
    /// <param name="cutoff">Younger ones stay.</param>
    /// <param name="deletes">Whether to remove them.</param>
    /// <param name="notes">Receives what was left, and why.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>How many there are, and how long.</returns>
    /// <exception cref="Errors.StorageException">One cannot be looked at or removed (MF4001, MF4004, MF4007).</exception>
    ValueTask<(int Count, long Bytes)> SweepAsync(
        BlobMarks marks, DateTimeOffset cutoff, bool deletes, List<string> notes, CancellationToken cancellationToken);

    /// <summary>Removes what processes left that were killed while they wrote large objects, or counts it.</summary>
    /// <param name="cutoff">What was begun later stays.</param>
    /// <param name="deletes">Whether to remove it.</param>
    /// <param name="notes">Receives why it could not be done.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>How many objects there are.</returns>
    ValueTask<int> SweepUnfinishedAsync(DateTimeOffset cutoff, bool deletes, List<string> notes, CancellationToken cancellationToken);

    /// <summary>Moves damaged blobs away; whoever stores their values meanwhile or later writes them again. The datastore is
    /// held.</summary>
    /// <param name="keys">The keys of the blobs.</param>
    /// <param name="folder">Where to, relative to the root.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The keys of those that were moved: one that a task has written again since is not damaged any more, and stays.</returns>
    /// <exception cref="Errors.StorageException">The store failed (MF4001 and on), or tasks rely on existing blobs without a pause
    /// (MF4015).</exception>
    ValueTask<IReadOnlyList<string>> QuarantineAsync(IReadOnlyList<string> keys, string folder, CancellationToken cancellationToken);
}
