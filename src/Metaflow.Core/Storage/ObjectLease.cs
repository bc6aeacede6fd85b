using Metaflow.Platform;

namespace Metaflow.Storage;

/// <summary>What one process at a time holds in a store without locks.</summary>
/// <remarks>A lease is a numbered object. Who creates the next number holds it, and writes the object again as a sign of life. It may be
/// taken when the last one was given back, or was silent for <see cref="Silence"/>.</remarks>
internal sealed class ObjectLease : IAsyncDisposable
{
    /// <summary>How often the holder gives a sign of life.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>How old a sign of life may be: some intervals, and the difference of two machines' clocks.</summary>
    internal static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly IBlobStore _blobs;
    private readonly TimeProvider _time;
    private readonly string _folder;
    private readonly ITimer _timer;
    private LeaseRecord _record;
    private Task _beat = Task.CompletedTask;
    private long _seen;

    private ObjectLease(IBlobStore blobs, TimeProvider time, string folder, int number, LeaseRecord record)
    {
        _blobs = blobs;
        _time = time;
        _folder = folder;
        Number = number;
        _record = record;
        _seen = time.GetTimestamp();
        _timer = time.CreateTimer(_ => Beat(), null, Interval, Interval);
    }

    /// <summary>Gets the number of the object.</summary>
    public int Number { get; }

    /// <summary>Gets what tells the holder from all others.</summary>
    public string Owner => _record.Owner;

    /// <summary>Gets how long ago the store acknowledged the last sign of life.</summary>
    public TimeSpan SinceSign => _time.GetElapsedTime(Volatile.Read(ref _seen));

    /// <summary>Gets a value indicating whether the lease is not given back in the end.</summary>
    public bool IsAbandoned { get; private set; }

    /// <summary>Reads the last lease.</summary>
    /// <param name="blobs">The store.</param>
    /// <param name="folder">The folder of the leases.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Its number and what it says; 0 and <see langword="null"/> when there is none.</returns>
    public static async ValueTask<(int Number, LeaseRecord? Lease)> LastAsync(
        IBlobStore blobs, string folder, CancellationToken cancellationToken)
    {
        var number = await NumberedObjects.LastAsync(blobs, folder, cancellationToken).ConfigureAwait(false);
        var json = number == 0
            ? null
            : await blobs.ReadAsync(NumberedObjects.PathOf(folder, number), cancellationToken).ConfigureAwait(false);
        return (number, json is null ? null : LeaseRecord.FromJson(json));
    }

    /// <summary>Takes the next lease.</summary>
    /// <param name="blobs">The store.</param>
    /// <param name="time">The clock.</param>
    /// <param name="folder">The folder of the leases.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The lease; <see langword="null"/> when another process holds it.</returns>
    /// <exception cref="Errors.StorageException">The store failed (MF4001 and on).</exception>
    public static async ValueTask<ObjectLease?> TryTakeAsync(
        IBlobStore blobs, TimeProvider time, string folder, CancellationToken cancellationToken)
    {
        var last = await LastAsync(blobs, folder, cancellationToken).ConfigureAwait(false);
        if (last.Lease?.IsHeld(time.GetUtcNow()) == true)
        {
            return null;
        }

        var mine = LeaseRecord.OfThisProcess(time.GetUtcNow());
        return await TryCreateAsync(blobs, folder, last.Number + 1, mine, cancellationToken).ConfigureAwait(false)
            ? new ObjectLease(blobs, time, folder, last.Number + 1, mine)
            : null;
    }

    /// <summary>Waits until a lease is over, or its holder gives no sign of life. No clock is compared with another's.</summary>
    /// <param name="blobs">The store.</param>
    /// <param name="time">The clock.</param>
    /// <param name="folder">The folder of the leases.</param>
    /// <param name="number">The number of the lease.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when nothing that the holder sent can arrive any more.</returns>
    public static async ValueTask OutlastAsync(
        IBlobStore blobs, TimeProvider time, string folder, int number, CancellationToken cancellationToken)
    {
        var path = NumberedObjects.PathOf(folder, number);
        LeaseRecord? seen = null;
        var since = time.GetTimestamp();
        while (await blobs.ReadAsync(path, cancellationToken).ConfigureAwait(false) is { } json
            && LeaseRecord.FromJson(json) is { IsReleased: false } lease)
        {
            if (lease != seen)
            {
                (seen, since) = (lease, time.GetTimestamp());
            }

            // Also when its process is known to be dead: what it sent may still arrive.
            if (time.GetElapsedTime(since) > Silence)
            {
                // Nobody after this one is to wait for it.
                await EndAsync(blobs, time, folder, number, cancellationToken).ConfigureAwait(false);
                return;
            }

            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Ends a lease whose holder gives no sign of life, by one that is given back already.</summary>
    /// <param name="blobs">The store.</param>
    /// <param name="time">The clock.</param>
    /// <param name="folder">The folder of the leases.</param>
    /// <param name="number">The number of the lease.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when the lease is not the last one any more.</returns>
    public static async ValueTask EndAsync(
        IBlobStore blobs, TimeProvider time, string folder, int number, CancellationToken cancellationToken)
        => await TryCreateAsync(
            blobs, folder, number + 1, LeaseRecord.OfThisProcess(time.GetUtcNow()) with { IsReleased = true }, cancellationToken)
            .ConfigureAwait(false);

    /// <summary>Returns true if no other process has taken the next lease.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Whether this one is the last.</returns>
    public async ValueTask<bool> IsLastAsync(CancellationToken cancellationToken)
        => await NumberedObjects.LastAsync(_blobs, _folder, cancellationToken).ConfigureAwait(false) == Number;

    /// <summary>Keeps the lease from being given back in the end: it falls silent instead, as what its holder sent may still
    /// arrive.</summary>
    public void Abandon() => IsAbandoned = true;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _beat.ConfigureAwait(false);
        if (IsAbandoned)
        {
            return;
        }

        _record = _record with { IsReleased = true };
        await TryWriteAsync().ConfigureAwait(false);
    }

    private static async ValueTask<bool> TryCreateAsync(
        IBlobStore blobs, string folder, int number, LeaseRecord record, CancellationToken cancellationToken)
        => (await blobs.SaveAsync(
            [new BlobWrite(NumberedObjects.PathOf(folder, number), record.ToJson())], overwrite: false, cancellationToken)
            .ConfigureAwait(false))[0];

    private void Beat()
    {
        // One at a time: a store that is slow must not show an older sign after a newer one.
        if (_beat.IsCompleted)
        {
            _record = _record with { At = _time.GetUtcNow() };
            _beat = TryWriteAsync();
        }
    }

    private async Task TryWriteAsync()
    {
        var begun = _time.GetTimestamp();
        try
        {
            await _blobs.SaveAsync(
                [new BlobWrite(NumberedObjects.PathOf(_folder, Number), _record.ToJson())], overwrite: true, CancellationToken.None)
                .ConfigureAwait(false);
            Volatile.Write(ref _seen, begun);
        }
        catch (Exception error) when (error is Errors.StorageException || FileFaults.IsFileError(error))
        {
            // A sign of life that cannot be given must not end what lives. Who takes the lease meanwhile creates the next number.
        }
    }
}
