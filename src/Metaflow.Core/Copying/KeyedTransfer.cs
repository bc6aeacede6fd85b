using System.Collections.Concurrent;
using Metaflow.Errors;
using Metaflow.Platform;
using Metaflow.Storage;

namespace Metaflow.Copying;

/// <summary>An object whose name is the SHA-1 of its content: a blob, or an included file.</summary>
/// <param name="Path">The path relative to the roots of both stores.</param>
/// <param name="Key">The SHA-1.</param>
/// <param name="IsBlob">Whether its packing is kept beside it, as that of blobs is; otherwise it is gzip.</param>
internal sealed record KeyedObject(string Path, string Key, bool IsBlob)
{
    /// <summary>Gets what opens the object where it is not in the source itself; <see langword="null"/>, the default, for blobs.</summary>
    public Func<CancellationToken, ValueTask<Stream?>>? OpenElsewhereAsync { get; init; }

    /// <summary>Opens the object.</summary>
    /// <param name="source">The source.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The object, or <see langword="null"/> if there is none.</returns>
    public async ValueTask<BlobRead?> OpenAsync(IBlobStore source, CancellationToken cancellationToken)
        => await source.OpenAsync(Path, cancellationToken).ConfigureAwait(false)
            ?? (await FindElsewhereAsync(cancellationToken).ConfigureAwait(false) is { } file ? new BlobRead(file, null) : null);

    /// <summary>Opens the object where it is not in the source itself.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The bytes as stored, or <see langword="null"/> if there are none.</returns>
    public ValueTask<Stream?> FindElsewhereAsync(CancellationToken cancellationToken)
        => OpenElsewhereAsync is null ? ValueTask.FromResult<Stream?>(null) : OpenElsewhereAsync(cancellationToken);
}

/// <summary>Copies blobs and included files that the target lacks. Each is checked on its way: nothing that differs from its name
/// becomes visible in the target.</summary>
/// <param name="source">The source.</param>
/// <param name="target">The target.</param>
/// <param name="tally">Counts.</param>
/// <param name="planned">If nothing is to be sent: the objects that this copy and others before it would have sent; else
/// <see langword="null"/>.</param>
internal sealed class KeyedTransfer(
    IBlobStore source, IBlobStore target, CopyTally tally, ConcurrentDictionary<string, bool>? planned)
{
    /// <summary>Copies objects; they are durable when the call returns.</summary>
    /// <param name="objects">The objects, each once.</param>
    /// <param name="evenIfFound">Whether to send what the target seems to have.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when the target has them all, but for those that the source does not have whole.</returns>
    /// <exception cref="StorageException">A store failed (MF4001 and on).</exception>
    public async Task CopyAsync(IReadOnlyList<KeyedObject> objects, bool evenIfFound, CancellationToken cancellationToken)
    {
        var lacking = evenIfFound ? objects : await LackingAsync(objects, cancellationToken).ConfigureAwait(false);
        var states = await source.StateAsync([.. lacking.Select(static item => item.Path)], cancellationToken).ConfigureAwait(false);
        var known = new List<(KeyedObject Item, long Length)>(lacking.Count);
        for (var i = 0; i < lacking.Count; i++)
        {
            if ((states[i]?.Length ?? await LengthElsewhereAsync(lacking[i], cancellationToken).ConfigureAwait(false)) is { } length)
            {
                known.Add((lacking[i], length));
            }
            else
            {
                tally.AddProblem(lacking[i].Path, SourceFaults.Missing(source, lacking[i].Path));
            }
        }

        if (planned is not null)
        {
            var first = known.Where(item => planned.TryAdd(item.Item.Path, true)).ToList();
            tally.AddFound(known.Count - first.Count);
            tally.AddSent(first.Count, first.Sum(static item => item.Length));
            return;
        }

        await CopyBatches.ForEachAsync(
            CopyBatches.Of(known, static item => item.Length), SendAsync, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<long?> LengthElsewhereAsync(KeyedObject item, CancellationToken cancellationToken)
    {
        using var file = await item.FindElsewhereAsync(cancellationToken).ConfigureAwait(false);
        return file?.Length;
    }

    /// <summary>Finds what the target does not have, or has damaged. Stores that guard their objects themselves are believed.</summary>
    private async Task<IReadOnlyList<KeyedObject>> LackingAsync(IReadOnlyList<KeyedObject> objects, CancellationToken cancellationToken)
    {
        var states = await target.StateAsync([.. objects.Select(static item => item.Path)], cancellationToken).ConfigureAwait(false);
        var isLacking = new bool[objects.Count];
        await CopyBatches.ForEachAsync(Enumerable.Range(0, objects.Count), async (i, token) =>
        {
            isLacking[i] = states[i] is not { Length: > 0 }
                || !(target.GuardsContent || await IsWholeAsync(objects[i], token).ConfigureAwait(false));
        }, cancellationToken).ConfigureAwait(false);
        string[] found = [.. objects.Where((_, i) => !isLacking[i]).Select(static item => item.Path)];
        if (planned is null)
        {
            // The process that stored them may not have made them durable yet.
            (target as IBlobDurability)?.MakeDurable(found);
        }

        tally.AddFound(found.Length);
        return [.. objects.Where((_, i) => isLacking[i])];
    }

    private async Task<bool> IsWholeAsync(KeyedObject item, CancellationToken cancellationToken)
    {
        try
        {
            return await target.OpenAsync(item.Path, cancellationToken).ConfigureAwait(false) is { } read
                && await IsWholeAsync(item, read, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (FileFaults.IsFileError(error)
            || error is StorageException { Code: ErrorCodes.StorageReadFailed or ErrorCodes.StorageNoPermission })
        {
            // It is written again, or that fails with the reason.
            return false;
        }
    }

    private static async Task<bool> IsWholeAsync(KeyedObject item, BlobRead read, CancellationToken cancellationToken)
    {
        using var content = read.Content;
        return await BlobContent.IsWholeAsync(content, IsRaw(item, read), item.Key, cancellationToken).ConfigureAwait(false);
    }

    private static bool IsRaw(KeyedObject item, BlobRead read) => item.IsBlob && read.Packing is { IsRaw: true };

    private async ValueTask SendAsync(IReadOnlyList<(KeyedObject Item, long Length)> batch, CancellationToken cancellationToken)
    {
        if (batch is [var (item, length)] && length > CopyBatches.LargestHeld)
        {
            await SendLargeAsync(item, length, cancellationToken).ConfigureAwait(false);
            return;
        }

        var held = await Task.WhenAll(batch.Select(small => HoldAsync(small.Item, cancellationToken))).ConfigureAwait(false);
        BlobWrite[] writes = [.. held.OfType<BlobWrite>()];
        if (writes.Length > 0)
        {
            await target.SaveAsync(writes, overwrite: true, cancellationToken).ConfigureAwait(false);
            tally.AddSent(writes.Length, writes.Sum(static write => write.Length ?? 0));
        }
    }

    /// <summary>Reads a small object and checks it.</summary>
    /// <returns>What to store; <see langword="null"/> when the source does not have it whole.</returns>
    private async Task<BlobWrite?> HoldAsync(KeyedObject item, CancellationToken cancellationToken)
    {
        try
        {
            var read = await item.OpenAsync(source, cancellationToken).ConfigureAwait(false)
                ?? throw SourceFaults.Missing(source, item.Path);
            using var bytes = new MemoryStream();
            using (var passing = new PassingStream(read.Content, FullPathOf(item), bytes, tally.AddPassed))
            using (read.Content)
            {
                await passing.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
            }

            // A companion may be missing or that of another writer; the hash says for certain which packing is right.
            foreach (var isRaw in item.IsBlob ? (bool[])[IsRaw(item, read), !IsRaw(item, read)] : [false])
            {
                bytes.Position = 0;
                if (await BlobContent.IsWholeAsync(bytes, isRaw, item.Key, cancellationToken).ConfigureAwait(false))
                {
                    return new BlobWrite(item.Path, bytes.ToArray()) { Packing = item.IsBlob ? new BlobPacking(isRaw) : null };
                }
            }

            throw StorageErrors.Corrupt(item.Key, FullPathOf(item));
        }
        catch (StorageException error) when (SourceFaults.IsOfOneObject(error, source))
        {
            tally.AddProblem(item.Path, error);
            return null;
        }
    }

    private async Task SendLargeAsync(KeyedObject item, long length, CancellationToken cancellationToken)
    {
        var first = await item.OpenAsync(source, cancellationToken).ConfigureAwait(false);
        StorageException? fault = null;
        foreach (var isRaw in first is not null && item.IsBlob ? (bool[])[IsRaw(item, first), !IsRaw(item, first)] : [false])
        {
            var passage = new LargePassage(source, item, isRaw, tally) { First = first };
            first = null;
            try
            {
                var write = new BlobWrite(item.Path, passage.WriteAsync)
                {
                    Length = length,
                    Packing = item.IsBlob ? new BlobPacking(isRaw) : null,
                };
                await target.SaveAsync([write], overwrite: true, cancellationToken).ConfigureAwait(false);
                tally.AddSent(1, length);
                return;
            }
            catch (StorageException) when (passage.Fault is { } found && SourceFaults.IsOfOneObject(found, source))
            {
                fault = found;
            }
            finally
            {
                passage.First?.Content.Dispose();
            }
        }

        tally.AddProblem(item.Path, fault!);
    }

    private string FullPathOf(KeyedObject item) => $"{source.Root}/{item.Path}";

    /// <summary>Passes a large object on without holding it in memory, and fails at its end when it is not what its name says: then the
    /// target shows nothing of it.</summary>
    private sealed class LargePassage(IBlobStore source, KeyedObject item, bool isRaw, CopyTally tally)
    {
        /// <summary>Gets or sets the object as it is open already.</summary>
        public BlobRead? First { get; set; }

        /// <summary>Gets what is wrong with the source.</summary>
        public StorageException? Fault { get; private set; }

        public async ValueTask WriteAsync(Stream stream, CancellationToken cancellationToken)
        {
            var name = $"{source.Root}/{item.Path}";
            try
            {
                var read = First ?? await item.OpenAsync(source, cancellationToken).ConfigureAwait(false)
                    ?? throw SourceFaults.Missing(source, item.Path);
                First = null;
                using var content = read.Content;
                using var passing = new PassingStream(content, name, stream, tally.AddPassed);
                if (!await BlobContent.IsWholeAsync(passing, isRaw, item.Key, cancellationToken).ConfigureAwait(false))
                {
                    throw StorageErrors.Corrupt(item.Key, name);
                }
            }
            catch (StorageException error)
            {
                Fault = error;
                throw;
            }
        }
    }
}
