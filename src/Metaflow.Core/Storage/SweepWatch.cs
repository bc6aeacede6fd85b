using System.Text;

namespace Metaflow.Storage;

/// <summary>Sees to it that no collection removes what a task counts on, in a store without locks.</summary>
/// <remarks>A task notes which collection was the last before it counts on anything that is stored already. When its list of artifacts is
/// durable, it looks again. A collection that begins later reads that list. One that began earlier is told what to keep, or waited for
/// when it deletes already; then the task checks whether all is still there. Thread-safe.</remarks>
/// <param name="blobs">The store.</param>
/// <param name="flow">The flow's name.</param>
/// <param name="time">The clock.</param>
internal sealed class SweepWatch(IBlobStore blobs, string flow, TimeProvider time)
{
    private readonly SweepRecords _records = new(flow);
    private readonly Lock _lock = new();
    private Task<(int Number, bool IsOver)>? _first;

    /// <summary>Returns the watch of a store.</summary>
    /// <param name="blobs">The store.</param>
    /// <param name="flow">The flow's name.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The watch; <see langword="null"/> where none is needed, as the store has locks, or lives in this process alone.</returns>
    public static SweepWatch? Of(IBlobStore blobs, string flow, TimeProvider time) => blobs switch
    {
        IBlobRetention or MemoryBlobStore => null,
        ReadThroughBlobStore through => Of(through.Target, flow, time),
        _ => new SweepWatch(blobs, flow, time),
    };

    /// <summary>Notes which collection was the last, the first time that it is called.</summary>
    /// <returns>A task that ends when it is known; until then nothing may be counted on.</returns>
    /// <exception cref="Errors.StorageException">The store failed (MF4004, MF4007).</exception>
    public Task BeginAsync()
    {
        lock (_lock)
        {
            if (_first is null or { IsFaulted: true })
            {
                _first = FirstAsync();
            }

            return _first;
        }
    }

    /// <summary>Keeps collections away from blobs that a list names which is durable now.</summary>
    /// <param name="keys">The names of the blobs, and of included files.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Whether a collection may have removed some of them before; none can any more.</returns>
    /// <exception cref="Errors.StorageException">The store failed (MF4001 and on).</exception>
    public async ValueTask<bool> MayHaveRemovedAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        if (_first is null)
        {
            return false;
        }

        var first = await _first.WaitAsync(cancellationToken).ConfigureAwait(false);
        var (number, lease) = await ObjectLease.LastAsync(blobs, _records.Folder, cancellationToken).ConfigureAwait(false);
        if (number == first.Number && first.IsOver)
        {
            return false;
        }

        if (lease is { IsReleased: false } && !await IsToldAsync(number, keys, cancellationToken).ConfigureAwait(false))
        {
            await ObjectLease.OutlastAsync(blobs, time, _records.Folder, number, cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    private async Task<(int Number, bool IsOver)> FirstAsync()
    {
        var (number, lease) = await ObjectLease.LastAsync(blobs, _records.Folder, CancellationToken.None).ConfigureAwait(false);
        return (number, lease is not { IsReleased: false });
    }

    /// <summary>Tells a collection what to keep: it reads that after it has said that it deletes.</summary>
    private async ValueTask<bool> IsToldAsync(int number, IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var told = new BlobWrite($"{_records.KeptOf(number)}/{Guid.NewGuid():N}", Encoding.UTF8.GetBytes(string.Join('\n', keys)));
        await blobs.SaveAsync([told], overwrite: true, cancellationToken).ConfigureAwait(false);
        return (await blobs.StateAsync([_records.DeletingOf(number)], cancellationToken).ConfigureAwait(false))[0] is null;
    }
}
