using System.Buffers;
using System.Runtime.InteropServices;
using Metaflow.Errors;
using Metaflow.Platform;
using Metaflow.Spooling;

namespace Metaflow.Storage;

/// <summary>The blobs of a flow by the SHA-1 of their uncompressed bytes: equal values are kept once.</summary>
/// <remarks>Thread-safe. A read checks the hash; a save compares what is there already with the payload, and
/// replaces what differs.</remarks>
/// <param name="blobs">Where the blobs are kept.</param>
/// <param name="flow">The flow's name.</param>
internal sealed partial class ContentAddressedStore(IBlobStore blobs, string flow)
{
    /// <summary>The fewest bytes of a payload that is read without having them in memory: below, a copy costs less.</summary>
    public const int LongPayload = 4 << 20;

    // For how long a blob that this object stored is known to be there; a collection keeps it for much longer.
    private static readonly TimeSpan KnownAge = TimeSpan.FromMinutes(5);

    private const int ShortestCompared = 1 << 20;

    private readonly Dictionary<string, long> _known = new(StringComparer.Ordinal);

    /// <summary>Returns the key that a payload has or would have.</summary>
    /// <param name="payload">The uncompressed bytes.</param>
    /// <returns>The SHA-1 as 40 lower-case hexadecimal digits.</returns>
    public static string KeyOf(ReadOnlySequence<byte> payload) => BlobContent.KeyOf(payload);

    /// <summary>Stores payloads; they are durable when the call returns.</summary>
    /// <param name="payloads">The uncompressed bytes. They must not change before the call returns.</param>
    /// <param name="raw">Whether to store them as they are, as code packages are; otherwise gzip, except where that hardly makes them
    /// smaller.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The keys, in the order of the payloads.</returns>
    /// <exception cref="StorageException">A write failed (MF4001, MF4003, MF4004, MF4006).</exception>
    public ValueTask<IReadOnlyList<string>> SaveAsync(
        IReadOnlyList<ReadOnlySequence<byte>> payloads, bool raw, CancellationToken cancellationToken)
        => SaveAsync(payloads, raw, [], cancellationToken);

    /// <summary>Stores payloads, but for those that were just read from here.</summary>
    /// <param name="payloads">The uncompressed bytes.</param>
    /// <param name="raw">Whether to store them as they are.</param>
    /// <param name="read">What this process read and checked, and continues to refer to as it did: nothing is asked about it.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The keys, in the order of the payloads.</returns>
    /// <exception cref="StorageException">As of the other overload.</exception>
    internal async ValueTask<IReadOnlyList<string>> SaveAsync(
        IReadOnlyList<ReadOnlySequence<byte>> payloads, bool raw, IReadOnlyCollection<StoredPayload> read,
        CancellationToken cancellationToken)
    {
        var plan = await PlanAsync(payloads, raw, read, cancellationToken).ConfigureAwait(false);

        // While blobs that exist are counted on, or replaced, no collection may remove them.
        var retention = plan.Existing.Count > 0 || plan.Replaces ? blobs as IBlobRetention : null;
        var hold = retention?.Hold(flow);
        try
        {
            var kept = Keep(plan, retention);
            if (!plan.Replaces)
            {
                hold?.Dispose();
                hold = null;
            }

            await blobs.SaveAsync(plan.Writes, overwrite: true, cancellationToken).ConfigureAwait(false);
            (blobs as IBlobDurability)?.MakeDurable(kept);
        }
        finally
        {
            hold?.Dispose();
        }

        Remember(plan.Distinct);
        return plan.Keys;
    }

    /// <summary>Stores payloads again whose blobs are gone.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="payloads">The uncompressed bytes, in the order of the keys.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when the blobs are durable.</returns>
    /// <exception cref="StorageException">A write failed (MF4001, MF4003, MF4004, MF4006), or a payload has changed (MF4016).</exception>
    internal async ValueTask RestoreAsync(
        IReadOnlyList<string> keys, IReadOnlyList<ReadOnlySequence<byte>> payloads, CancellationToken cancellationToken)
        => await blobs.SaveAsync(
            [.. keys.Select((key, i) => Pack(key, payloads[i], raw: false))], overwrite: true, cancellationToken).ConfigureAwait(false);

    /// <summary>Makes sure that blobs of an earlier run stay, before something new refers to them: a collection of garbage may just be
    /// removing that run.</summary>
    /// <param name="keys">The keys.</param>
    /// <returns>The keys of blobs that are gone; there is nothing to refer to.</returns>
    /// <exception cref="StorageException">A collection keeps the blobs (MF4015).</exception>
    public IReadOnlyList<string> Retain(IEnumerable<string> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (blobs is not IBlobRetention retention)
        {
            return [];
        }

        using var hold = retention.Hold(flow);
        return [.. keys.Where(key => !retention.TryRefresh(PathOf(key)))];
    }

    /// <summary>Returns where a blob is kept.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The path relative to the store's root.</returns>
    /// <exception cref="StorageException">MF4009: it is not a key, so the record that names it is damaged.</exception>
    internal string PathOf(string key)
        => BlobContent.IsKey(key) ? $"{flow}/data/{key[..2]}/{key}" : throw StorageErrors.NoKey(key, $"{blobs.Root}/{flow}");

    /// <summary>Finds out which payloads are there already, and packs the others.</summary>
    private async ValueTask<SavePlan> PlanAsync(
        IReadOnlyList<ReadOnlySequence<byte>> payloads, bool raw, IReadOnlyCollection<StoredPayload> read,
        CancellationToken cancellationToken)
    {
        var plan = new SavePlan(payloads, raw);
        var unknown = new List<int>(payloads.Count);
        for (var i = 0; i < payloads.Count; i++)
        {
            var unchanged = await FindUnchangedAsync(payloads[i], read, cancellationToken).ConfigureAwait(false);
            var key = plan.Keys[i] = unchanged ?? BlobContent.KeyOf(payloads[i]);
            if (unchanged is null && !IsKnown(key) && !WasRead(key) && plan.Distinct.Add(key))
            {
                unknown.Add(i);
            }
        }

        var paths = new string[unknown.Count];
        for (var n = 0; n < paths.Length; n++)
        {
            paths[n] = PathOf(plan.Keys[unknown[n]]);
        }

        IReadOnlyList<BlobState?> states = paths.Length == 0 ? [] : await blobs.StateAsync(paths, cancellationToken).ConfigureAwait(false);
        for (var n = 0; n < unknown.Count; n++)
        {
            var i = unknown[n];
            if (states[n] is { Length: > 0 } && await HoldsAsync(plan.Keys[i], payloads[i], cancellationToken).ConfigureAwait(false))
            {
                plan.Existing.Add(i);
            }
            else
            {
                plan.Writes.Add(Pack(plan.Keys[i], payloads[i], raw));
                plan.Replaces |= states[n] is not null;
            }
        }

        return plan;

        bool WasRead(string key)
        {
            foreach (var payload in read)
            {
                if (payload.Key == key)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Returns the key of a large payload that was read and has not changed. To compare it with its blob takes a third of the
    /// time that its hash does, where the blob is a file which lies there as it is.</summary>
    private async ValueTask<string?> FindUnchangedAsync(
        ReadOnlySequence<byte> payload, IReadOnlyCollection<StoredPayload> read, CancellationToken cancellationToken)
    {
        if (payload.Length < ShortestCompared || blobs is not IBlobRetention)
        {
            return null;
        }

        foreach (var stored in read)
        {
            if (stored.Length == payload.Length && await IsRawAndHoldsAsync(stored.Key, payload, cancellationToken).ConfigureAwait(false))
            {
                return stored.Key;
            }
        }

        return null;
    }

    /// <summary>Keeps the blobs that are there; what a collection may be removing is written again.</summary>
    /// <returns>The paths of the blobs that stay.</returns>
    private List<string> Keep(SavePlan plan, IBlobRetention? retention)
    {
        var kept = new List<string>(plan.Existing.Count);
        foreach (var i in plan.Existing)
        {
            var path = PathOf(plan.Keys[i]);
            if (retention is null || retention.TryRefresh(path))
            {
                kept.Add(path);
            }
            else
            {
                plan.Writes.Add(Pack(plan.Keys[i], plan.Payloads[i], plan.IsRaw));
                plan.Replaces = true;
            }
        }

        return kept;
    }

    /// <summary>Returns true if a blob that is there holds a payload. What storing counts on is read to its end: that costs less than
    /// writing it again, and a disk that damages a blob must not damage the value of every later run that stores it. Stores that guard
    /// their objects themselves are believed.</summary>
    private async ValueTask<bool> HoldsAsync(string key, ReadOnlySequence<byte> payload, CancellationToken cancellationToken)
    {
        if (blobs.GuardsContent)
        {
            return true;
        }

        try
        {
            var read = await blobs.OpenAsync(PathOf(key), cancellationToken).ConfigureAwait(false);
            using var content = read?.Content ?? Stream.Null;
            return BlobContent.Holds(content, read?.Packing is { IsRaw: true }, payload);
        }
        catch (Exception error) when (FileFaults.IsFileError(error)
            || error is StorageException { Code: ErrorCodes.StorageReadFailed or ErrorCodes.StorageNoPermission })
        {
            // A bad place of the disk, or a file that only another user may read: it is written again, or that fails with the reason.
            return false;
        }
    }

    private async ValueTask<bool> IsRawAndHoldsAsync(string key, ReadOnlySequence<byte> payload, CancellationToken cancellationToken)
    {
        try
        {
            var read = await blobs.OpenAsync(PathOf(key), cancellationToken).ConfigureAwait(false);
            using var content = read?.Content;
            return read is { Packing.IsRaw: true } && BlobContent.Holds(content!, isRaw: true, payload);
        }
        catch (Exception error) when (FileFaults.IsFileError(error) || error is StorageException)
        {
            // The hash tells as well.
            return false;
        }
    }

    private BlobWrite Pack(string key, ReadOnlySequence<byte> payload, bool raw)
    {
        var isRaw = raw || !BlobCompression.Pays(payload);
        return BlobWrite.Of(PathOf(key), isRaw ? WriteRaw : WriteCompressed) with
        {
            Length = isRaw ? payload.Length : null,
            Packing = new BlobPacking(isRaw),
        };

        void WriteCompressed(Stream target) => Written(target, BlobCompression.MembersAtOnce, BlobCompression.Write);

        void WriteRaw(Stream target) => Written(target, 1, static (payload, target, take) =>
        {
            for (long start = 0; start < payload.Length; start += PrivateCopy.PartSize)
            {
                foreach (var segment in take(payload.Slice(start, Math.Min(PrivateCopy.PartSize, payload.Length - start))))
                {
                    target.Write(segment.Span);
                }
            }
        });

        void Written(
            Stream target, int open, Action<ReadOnlySequence<byte>, Stream, Func<ReadOnlySequence<byte>, ReadOnlySequence<byte>>> write)
        {
            if (!IsView(payload))
            {
                write(payload, target, static part => part);
                return;
            }

            using var copy = new PrivateCopy(key, open);
            write(payload, target, copy.Take);
            copy.RequireKey();
        }
    }

    /// <summary>Returns true if bytes of a payload are those of an array of the author's, which a thread of the author's may still
    /// change.</summary>
    private static bool IsView(ReadOnlySequence<byte> payload)
    {
        foreach (var segment in payload)
        {
            if (!MemoryMarshal.TryGetArray(segment, out _) && !SpooledBytes.Are(segment))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsKnown(string key)
    {
        lock (_known)
        {
            return _known.TryGetValue(key, out var since) && Environment.TickCount64 - since < KnownAge.TotalMilliseconds;
        }
    }

    private void Remember(HashSet<string> keys)
    {
        lock (_known)
        {
            foreach (var key in keys)
            {
                _known[key] = Environment.TickCount64;
            }
        }
    }
}
