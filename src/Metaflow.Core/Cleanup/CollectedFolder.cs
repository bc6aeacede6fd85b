using System.Text;
using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Platform;
using Metaflow.Storage;

namespace Metaflow.Cleanup;

/// <summary>Collects the datastore of a flow that is a folder: locks of the system keep tasks and collections apart.</summary>
/// <param name="datastore">The flow's datastore.</param>
/// <param name="time">The clock.</param>
internal sealed class CollectedFolder(FlowDatastore datastore, TimeProvider time) : ICollectedStore
{
    private static readonly TimeSpan LockPatience = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan QuarantinePatience = TimeSpan.FromSeconds(30);

    private readonly string _root = datastore.Blobs.Root;
    private readonly RunRemoval _runs = new(Path.Combine(datastore.Blobs.Root, datastore.Flow), time);

    /// <inheritdoc/>
    public async ValueTask<IAsyncDisposable> HoldAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(_root, datastore.Flow, MetadataFiles.RecordFolder, "gc.lock");
        try
        {
            return await FolderLock.AcquireAsync(path, LockPatience, time, cancellationToken).ConfigureAwait(false) is { } held
                ? new Holding(held)
                : throw CollectionErrors.AtWork(datastore.Flow, $"a process holds '{path}'");
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw MetadataErrors.Write(error, path);
        }
    }

    /// <inheritdoc/>
    public ValueTask<string?> LatestRunAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(_root, datastore.Flow, "latest_run");
        try
        {
            return new(Path.Exists(path) ? Encoding.UTF8.GetString(RegularFile.ReadAllBytes(path)).Trim() : null);
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Read(error, path);
        }
    }

    /// <inheritdoc/>
    public bool IsLinked(string runId) => _runs.IsLinked(runId);

    /// <inheritdoc/>
    public ValueTask<long> SizeAsync(string runId, CancellationToken cancellationToken) => new(_runs.SizeOf(runId));

    /// <inheritdoc/>
    public IEnumerable<CollectedRun> Claimed() => _runs.Claimed();

    /// <inheritdoc/>
    public ValueTask<RunStatus?> RecordedAsync(string runId, CancellationToken cancellationToken) => new(_runs.RecordedOf(runId));

    /// <inheritdoc/>
    public async ValueTask<bool> TryRemoveAsync(string runId, RunStatus? recorded, RunData data)
        => await _runs.TryRemoveAsync(runId, recorded, data).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> RemovedAsync(CancellationToken cancellationToken) => new([.. _runs.Removed()]);

    /// <inheritdoc/>
    public ValueTask FinishAsync(RunData data, CancellationToken cancellationToken) => _runs.FinishAsync(data, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<BlobMarks> MarkAsync(IReadOnlySet<string> exceptRuns, CancellationToken cancellationToken)
        => new FolderMarks(datastore).MarkAsync(exceptRuns, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<(int Count, long Bytes)> SweepAsync(
        BlobMarks marks, DateTimeOffset cutoff, bool deletes, List<string> notes, CancellationToken cancellationToken)
        => await new BlobSweep(_root, datastore.Flow, cutoff, time)
            .RunAsync(marks, deletes, notes, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    /// <remarks>None: what they left in a folder are temporary files beside the blobs, which the sweep removes.</remarks>
    public ValueTask<int> SweepUnfinishedAsync(
        DateTimeOffset cutoff, bool deletes, List<string> notes, CancellationToken cancellationToken)
        => new(0);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> QuarantineAsync(
        IReadOnlyList<string> keys, string folder, CancellationToken cancellationToken)
    {
        if (keys.Count == 0)
        {
            return [];
        }

        var path = LocalBlobStore.RetentionLockOf(_root, datastore.Flow);
        using var alone = await FolderLock.AcquireAsync(path, QuarantinePatience, time, cancellationToken).ConfigureAwait(false)
            ?? throw StorageErrors.Held(path, QuarantinePatience);
        var target = Directory.CreateDirectory(Path.Combine(_root, folder)).FullName;
        var moved = new List<string>();
        foreach (var key in keys)
        {
            if (await datastore.Content.IsDamagedAsync(key, cancellationToken).ConfigureAwait(false))
            {
                Move(Path.Combine(_root, datastore.Content.PathOf(key)), Path.Combine(target, key));
                moved.Add(key);
            }
        }

        return moved;
    }

    // The blob first: one without its companion is still read, as the hash tells how it is packed.
    private static void Move(string blob, string target)
    {
        try
        {
            File.Move(blob, target, overwrite: true);
            if (File.Exists(blob + BlobPackingFile.Suffix))
            {
                File.Move(blob + BlobPackingFile.Suffix, target + BlobPackingFile.Suffix, overwrite: true);
            }

            DurableFile.FlushFolder(Path.GetDirectoryName(target)!);
            DurableFile.FlushFolder(Path.GetDirectoryName(blob)!);
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Write(error, blob);
        }
    }

    private sealed class Holding(IDisposable held) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            held.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
