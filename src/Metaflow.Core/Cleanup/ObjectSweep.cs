using System.Text;
using Metaflow.Artifacts;
using Metaflow.Storage;

namespace Metaflow.Cleanup;

/// <summary>Removes blobs and included files that are not marked and old, from a store without locks.</summary>
/// <param name="datastore">The flow's datastore.</param>
/// <param name="marks">What is referred to.</param>
/// <param name="cutoff">Younger ones stay.</param>
/// <param name="time">The clock.</param>
internal sealed class ObjectSweep(FlowDatastore datastore, BlobMarks marks, DateTimeOffset cutoff, TimeProvider time)
{
    private const int BatchSize = 128;

    // Who waits for a collection believes it dead after a longer silence than this and the time of one batch.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestBatch = TimeSpan.FromSeconds(15);

    private readonly IBlobStore _blobs = datastore.Blobs;
    private readonly ObjectTree _tree = new(datastore.Blobs);

    /// <summary>Says what would be removed.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>How many objects, and how long they are.</returns>
    public async ValueTask<(int Count, long Bytes)> CountAsync(CancellationToken cancellationToken)
    {
        var old = await OldAsync(await CandidatesAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        return (old.Count, old.Sum(static item => item.Bytes));
    }

    /// <summary>Removes the objects.</summary>
    /// <param name="lease">The lease of the collection, taken before anything was marked.</param>
    /// <param name="records">Where the collection tells tasks that it deletes, and they it what to keep.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>How many, and how long they were.</returns>
    /// <exception cref="Errors.MetadataException">The collection gave no sign of life for too long, or another one is running
    /// (MF5023).</exception>
    /// <exception cref="Errors.StorageException">The store failed (MF4001, MF4004, MF4007).</exception>
    public async ValueTask<(int Count, long Bytes)> RunAsync(
        ObjectLease lease, SweepRecords records, CancellationToken cancellationToken)
    {
        return await RemoveAsync(
            await CandidatesAsync(cancellationToken).ConfigureAwait(false), lease, records, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes given objects, but for those that tasks tell the collection to keep.</summary>
    /// <param name="candidates">The objects.</param>
    /// <param name="lease">The lease of the collection, taken before the objects were chosen.</param>
    /// <param name="records">Where the collection tells tasks that it deletes, and they it what to keep.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>How many, and how long they were.</returns>
    /// <exception cref="Errors.MetadataException">As of <see cref="RunAsync"/>.</exception>
    /// <exception cref="Errors.StorageException">As of <see cref="RunAsync"/>.</exception>
    public async ValueTask<(int Count, long Bytes)> RemoveAsync(
        IReadOnlyList<string> candidates, ObjectLease lease, SweepRecords records, CancellationToken cancellationToken)
    {
        if (candidates.Count == 0)
        {
            return default;
        }

        await _blobs.SaveAsync(
            [new BlobWrite(records.DeletingOf(lease.Number), ReadOnlyMemory<byte>.Empty)], overwrite: true, cancellationToken)
            .ConfigureAwait(false);

        // After that object: a task that is not read here has seen it, and waits.
        await MarkToldAsync(records.KeptOf(lease.Number), cancellationToken).ConfigureAwait(false);
        var (count, bytes) = (0, 0L);
        foreach (var batch in candidates.Where(IsUnmarked).Chunk(BatchSize))
        {
            var old = await DeleteAsync(batch, lease, cancellationToken).ConfigureAwait(false);
            count += old.Count;
            bytes += old.Sum(static item => item.Bytes);
        }

        return (count, bytes);
    }

    /// <summary>Deletes those of a batch that are old.</summary>
    private async ValueTask<List<(string Path, long Bytes)>> DeleteAsync(
        string[] batch, ObjectLease lease, CancellationToken cancellationToken)
    {
        // From before the look at the lease: a look whose answer took long says nothing about now.
        using var limit = new CancellationTokenSource(LongestBatch, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var isSent = false;
        try
        {
            await RequireLeaseAsync(lease, either.Token).ConfigureAwait(false);
            var old = await OldAsync(batch, either.Token).ConfigureAwait(false);
            either.Token.ThrowIfCancellationRequested();
            isSent = true;
            await _blobs.DeleteAsync([.. old.Select(static item => item.Path)], either.Token).ConfigureAwait(false);
            isSent = false;
            return old;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw CollectionErrors.Interrupted(
                datastore.Flow, $"The store took more than {LongestBatch.TotalSeconds} seconds for {batch.Length} objects.");
        }
        finally
        {
            if (isSent)
            {
                // A deletion may still be on its way: whoever waits for this collection is to wait until it has arrived.
                lease.Abandon();
            }
        }
    }

    private bool IsUnmarked(string path)
        => path == datastore.IncludedPath(ObjectTree.NameOf(path))
            ? !marks.HasFile(ObjectTree.NameOf(path)) : !marks.HasBlob(ObjectTree.NameOf(path));

    /// <summary>Finds what has the name and the place of a blob or included file of the flow; whatever else lies there is
    /// somebody's.</summary>
    private async ValueTask<List<string>> CandidatesAsync(CancellationToken cancellationToken)
    {
        var shards = (await _tree.FoldersAsync([$"{datastore.Flow}/data"], cancellationToken).ConfigureAwait(false))
            .Where(static path => StoredFiles.IsShard(ObjectTree.NameOf(path))).ToList();
        var blobs = (await _tree.ObjectsAsync(shards, cancellationToken).ConfigureAwait(false))
            .Where(static path => path.Split('/') is [.., var shard, var key] && StoredFiles.IsKey(key, shard));
        var files = (await _tree.ObjectsAsync([$"data/{datastore.Flow}"], cancellationToken).ConfigureAwait(false))
            .Where(static path => StoredFiles.IsKey(ObjectTree.NameOf(path), ""));
        return [.. blobs.Concat(files).Where(IsUnmarked)];
    }

    private async ValueTask<List<(string Path, long Bytes)>> OldAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var states = await _blobs.StateAsync(paths, cancellationToken).ConfigureAwait(false);
        return
        [
            .. paths.Zip(states).Where(item => item.Second is { } state && state.ChangedAt < cutoff)
                .Select(static item => (item.First, item.Second!.Length)),
        ];
    }

    private async ValueTask MarkToldAsync(string folder, CancellationToken cancellationToken)
    {
        var told = await _tree.ObjectsAsync([folder], cancellationToken).ConfigureAwait(false);
        foreach (var content in await _blobs.ReadAsync(told, cancellationToken).ConfigureAwait(false))
        {
            foreach (var key in Encoding.UTF8.GetString(content ?? []).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                marks.Add(key);
            }
        }
    }

    private async ValueTask RequireLeaseAsync(ObjectLease lease, CancellationToken cancellationToken)
    {
        if (lease.SinceSign > LongestSilence)
        {
            throw CollectionErrors.Interrupted(
                datastore.Flow, $"The store acknowledged no sign of life for {LongestSilence.TotalSeconds} seconds, so tasks may "
                    + "continue without waiting for this collection.");
        }

        if (!await lease.IsLastAsync(cancellationToken).ConfigureAwait(false))
        {
            throw CollectionErrors.Interrupted(datastore.Flow, "A task or another collection considered this one dead.");
        }
    }
}
