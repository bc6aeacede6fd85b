using System.Text;
using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Runs;
using Metaflow.Storage;

namespace Metaflow.Cleanup;

/// <summary>Collects the datastore of a flow in a store that has no locks, through its contract alone.</summary>
/// <remarks>A run that is removed is named by an object <c>F/_meta/removed/R</c> until nothing of it is left, so that the next collection
/// finishes what one that was ended began. While only data is left that other runs may need, the object is not empty.</remarks>
/// <param name="datastore">The flow's datastore.</param>
/// <param name="time">The clock.</param>
internal sealed class CollectedObjects(FlowDatastore datastore, TimeProvider time) : ICollectedStore
{
    private static readonly TimeSpan LongestSuspension = TimeSpan.FromDays(1);
    private static readonly byte[] DataIsLeft = "data"u8.ToArray();

    private readonly IBlobStore _blobs = datastore.Blobs;
    private readonly ObjectTree _tree = new(datastore.Blobs);
    private readonly SweepRecords _records = new(datastore.Flow);
    private readonly string _removed = $"{datastore.Flow}/{MetadataFiles.RecordFolder}/removed";
    private ObjectLease? _lease;

    /// <inheritdoc/>
    public async ValueTask<IAsyncDisposable> HoldAsync(CancellationToken cancellationToken)
    {
        var (number, last) = await ObjectLease.LastAsync(_blobs, _records.Folder, cancellationToken).ConfigureAwait(false);
        if (last is { IsReleased: false } && !last.IsHeld(time.GetUtcNow()))
        {
            // Tasks look at the last lease only: one that takes the place of a collection whose clock is slow would hide it.
            await ObjectLease.OutlastAsync(_blobs, time, _records.Folder, number, cancellationToken).ConfigureAwait(false);
        }

        _lease = await ObjectLease.TryTakeAsync(_blobs, time, _records.Folder, cancellationToken).ConfigureAwait(false)
            ?? throw CollectionErrors.AtWork(
                datastore.Flow, $"the newest object of '{_blobs.Root}/{_records.Folder}' names it, and is younger than "
                    + $"{ObjectLease.Silence.TotalSeconds} seconds");
        return new Holding(this, _lease);
    }

    /// <inheritdoc/>
    public async ValueTask<string?> LatestRunAsync(CancellationToken cancellationToken)
        => await _blobs.ReadAsync($"{datastore.Flow}/latest_run", cancellationToken).ConfigureAwait(false) is { } text
            ? Encoding.UTF8.GetString(text).Trim()
            : null;

    /// <inheritdoc/>
    public bool IsLinked(string runId) => false;

    /// <inheritdoc/>
    public async ValueTask<long> SizeAsync(string runId, CancellationToken cancellationToken)
    {
        var objects = await _tree.AllAsync(FolderOf(runId), cancellationToken).ConfigureAwait(false);
        var states = await _blobs.StateAsync(objects, cancellationToken).ConfigureAwait(false);
        return states.Sum(static state => state?.Length ?? 0);
    }

    /// <inheritdoc/>
    /// <remarks>None: the record of a run is what claims its id there.</remarks>
    public IEnumerable<CollectedRun> Claimed() => [];

    /// <inheritdoc/>
    public async ValueTask<RunStatus?> RecordedAsync(string runId, CancellationToken cancellationToken)
    {
        try
        {
            return await _blobs.ReadAsync(RunStatus.PathOf(datastore.Flow, runId), cancellationToken).ConfigureAwait(false) is { } json
                ? RunStatus.Parse(json)
                : null;
        }
        catch (StorageException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> TryRemoveAsync(string runId, RunStatus? recorded, RunData data)
    {
        var leases = ObjectRunHome.LeasesOf(datastore.Flow, runId);
        if (await MayBeSuspendedAsync(leases).ConfigureAwait(false))
        {
            return false;
        }

        var home = RunHomes.Of(_blobs, time);
        if (await home.TryTakeAsync(datastore.Flow, runId, default).ConfigureAwait(false) is not { } lease)
        {
            return false;
        }

        await using (lease.ConfigureAwait(false))
        {
            if (await RecordedAsync(runId, default).ConfigureAwait(false) != recorded)
            {
                return false;
            }

            await _blobs.SaveAsync([new BlobWrite($"{_removed}/{runId}", ReadOnlyMemory<byte>.Empty)], overwrite: true, default)
                .ConfigureAwait(false);

            // Without it no listing shows the run, and nobody resumes it.
            await _blobs.DeleteAsync([SelfOf(runId)], default).ConfigureAwait(false);

            // Under the lease: who was about to continue the run must not find its journal.
            var objects = await _tree.AllAsync(FolderOf(runId), default).ConfigureAwait(false);
            await _blobs.DeleteAsync(
                [.. objects.Where(path => !path.StartsWith(leases + "/", StringComparison.Ordinal))], default).ConfigureAwait(false);
        }

        // The lease too, whose end is an object of the run's.
        await DeleteAsync(runId, data, default).ConfigureAwait(false);
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> RemovedAsync(CancellationToken cancellationToken)
    {
        var removed = new List<string>();
        foreach (var entry in await _blobs.ListAsync(_removed, cancellationToken).ConfigureAwait(false))
        {
            if ((await _tree.AllAsync(FolderOf(entry.Name), cancellationToken).ConfigureAwait(false)).Count == 0)
            {
                removed.Add(entry.Name);
            }
        }

        return removed;
    }

    /// <inheritdoc/>
    public async ValueTask FinishAsync(RunData data, CancellationToken cancellationToken)
    {
        foreach (var entry in await _blobs.ListAsync(_removed, cancellationToken).ConfigureAwait(false))
        {
            var isThere = (await _blobs.StateAsync([SelfOf(entry.Name)], cancellationToken).ConfigureAwait(false))[0] is not null;
            if (isThere || await IsBroughtBackAsync(entry.Name, cancellationToken).ConfigureAwait(false))
            {
                // The collection ended before it removed anything, or a new run has the id.
                await _blobs.DeleteAsync([$"{_removed}/{entry.Name}"], cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await DeleteAsync(entry.Name, data, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<BlobMarks> MarkAsync(IReadOnlySet<string> exceptRuns, CancellationToken cancellationToken)
        => new ObjectMarks(datastore).MarkAsync(exceptRuns, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<(int Count, long Bytes)> SweepAsync(
        BlobMarks marks, DateTimeOffset cutoff, bool deletes, List<string> notes, CancellationToken cancellationToken)
    {
        var sweep = new ObjectSweep(datastore, marks, cutoff, time);
        if (!deletes)
        {
            return await sweep.CountAsync(cancellationToken).ConfigureAwait(false);
        }

        var lease = _lease ?? throw new InvalidOperationException("A collection that removes blobs holds the datastore.");
        return await sweep.RunAsync(lease, _records, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<int> SweepUnfinishedAsync(
        DateTimeOffset cutoff, bool deletes, List<string> notes, CancellationToken cancellationToken)
    {
        if (_blobs is not IUnfinishedObjects store)
        {
            return 0;
        }

        try
        {
            var old = new List<UnfinishedObject>();
            foreach (var folder in (string[])[datastore.Flow, $"{BlobMarks.DataFolder}/{datastore.Flow}"])
            {
                old.AddRange((await store.ListUnfinishedAsync(folder, cancellationToken).ConfigureAwait(false))
                    .Where(unfinished => unfinished.BegunAt < cutoff));
            }

            if (deletes)
            {
                await store.DeleteUnfinishedAsync(old, cancellationToken).ConfigureAwait(false);
            }

            return old.Count;
        }
        catch (StorageException error)
        {
            // It takes permissions that nothing else takes, and what stays costs room alone.
            notes.Add($"Unfinished uploads stay. {error.What} {error.Why} [{error.Code}]");
            return 0;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> QuarantineAsync(
        IReadOnlyList<string> keys, string folder, CancellationToken cancellationToken)
    {
        var lease = _lease ?? throw new InvalidOperationException("Whoever moves blobs away holds the datastore.");

        // Under the lease: a task that stores one of them from now on looks whether it is still there before it commits.
        var damaged = new List<string>();
        foreach (var key in keys)
        {
            if (await datastore.Content.IsDamagedAsync(key, cancellationToken).ConfigureAwait(false))
            {
                await CopyAsync(datastore.Content.PathOf(key), $"{folder}/{key}", cancellationToken).ConfigureAwait(false);
                damaged.Add(key);
            }
        }

        var paths = damaged.ConvertAll(datastore.Content.PathOf);
        await new ObjectSweep(datastore, new BlobMarks(datastore), DateTimeOffset.MaxValue, time)
            .RemoveAsync(paths, lease, _records, cancellationToken).ConfigureAwait(false);
        var states = await _blobs.StateAsync(paths, cancellationToken).ConfigureAwait(false);
        return [.. damaged.Where((_, i) => states[i] is null)];
    }

    private async ValueTask CopyAsync(string source, string target, CancellationToken cancellationToken)
    {
        await _blobs.SaveAsync([new BlobWrite(target, WriteAsync)], overwrite: true, cancellationToken).ConfigureAwait(false);

        async ValueTask WriteAsync(Stream stream, CancellationToken token)
        {
            var read = await _blobs.OpenAsync(source, token).ConfigureAwait(false);
            using var content = read?.Content ?? Stream.Null;
            await content.CopyToAsync(stream, token).ConfigureAwait(false);
        }
    }

    private string FolderOf(string runId) => $"{datastore.Flow}/{runId}";

    private string SelfOf(string runId) => $"{FolderOf(runId)}/{MetadataFiles.RecordFolder}/{MetadataFiles.Self}";

    /// <summary>Returns true if the scheduler of a run may come back that is silent: its machine sleeps, or has a clock that is wrong.
    /// Who continues a run leaves it a journal that it cannot write to any more; a removed run has none.</summary>
    private async ValueTask<bool> MayBeSuspendedAsync(string leases)
    {
        var (_, last) = await ObjectLease.LastAsync(_blobs, leases, default).ConfigureAwait(false);
        return last is { IsReleased: false } && time.GetUtcNow() - last.At < LongestSuspension;
    }

    private async ValueTask DeleteAsync(string runId, RunData data, CancellationToken cancellationToken)
    {
        var isGone = await data.DeleteAsync(runId, cancellationToken).ConfigureAwait(false);
        var objects = await _tree.AllAsync(FolderOf(runId), cancellationToken).ConfigureAwait(false);
        await _blobs.DeleteAsync(objects, cancellationToken).ConfigureAwait(false);
        if (isGone)
        {
            await _blobs.DeleteAsync([$"{_removed}/{runId}"], cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await _blobs.SaveAsync([new BlobWrite($"{_removed}/{runId}", DataIsLeft)], overwrite: true, cancellationToken)
                .ConfigureAwait(false);
        }
    }

    /// <summary>Returns true if a run of which only data was left has other objects again: whoever copies it makes its record
    /// last.</summary>
    private async ValueTask<bool> IsBroughtBackAsync(string runId, CancellationToken cancellationToken)
        => await _blobs.ReadAsync($"{_removed}/{runId}", cancellationToken).ConfigureAwait(false) is { Length: > 0 }
            && (await _tree.AllAsync(FolderOf(runId), cancellationToken).ConfigureAwait(false)).Count > 0;

    /// <summary>Deletes what collections said of themselves but for this one, and what tasks told them: only the last counts.</summary>
    private async ValueTask ForgetAsync(int number)
    {
        var mine = NumberedObjects.PathOf(_records.Folder, number);
        var objects = await _tree.AllAsync(_records.Folder, default).ConfigureAwait(false);
        await _blobs.DeleteAsync(
            [.. objects.Where(path => path != mine && string.CompareOrdinal(path, mine + "/") < 0)], default).ConfigureAwait(false);
    }

    private sealed class Holding(CollectedObjects store, ObjectLease lease) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await lease.DisposeAsync().ConfigureAwait(false);
            if (lease.IsAbandoned)
            {
                return;
            }

            try
            {
                await store.ForgetAsync(lease.Number).ConfigureAwait(false);
            }
            catch (StorageException)
            {
                // A few small objects stay, and the next collection tries again.
            }
        }
    }
}
