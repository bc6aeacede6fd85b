using Metaflow.Errors;
using Metaflow.Platform;

namespace Metaflow.Storage;

/// <content>Reads payloads: from memory, from the files of this machine, from the store.</content>
internal sealed partial class ContentAddressedStore
{
    private PayloadPrefetch? _prefetch;

    /// <summary>Loads a payload and checks it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The uncompressed bytes.</returns>
    /// <exception cref="StorageException">The blob is missing (MF4002), corrupt (MF4005), unreadable (MF4007) or too large for an array
    /// (MF4012).</exception>
    public ValueTask<byte[]> LoadAsync(string key, CancellationToken cancellationToken) => LoadAsync(key, 0, cancellationToken);

    /// <summary>Loads a payload whose length is known, which saves copying a large one.</summary>
    /// <param name="key">The key.</param>
    /// <param name="sizeHint">The length in bytes, or 0.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The uncompressed bytes; with a <see cref="Cache"/> they are shared and must not be changed.</returns>
    internal async ValueTask<byte[]> LoadAsync(string key, long sizeHint, CancellationToken cancellationToken)
    {
        if (Cache is not null && Cache.TryGet(key, out var known))
        {
            return known;
        }

        if (_prefetch?.Take(key) is { } loading && await loading.WaitAsync(cancellationToken).ConfigureAwait(false) is { } early)
        {
            return early;
        }

        return await ReadAsync(key, sizeHint, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<byte[]> ReadAsync(string key, long sizeHint, CancellationToken cancellationToken)
    {
        var path = PathOf(key);
        var full = $"{blobs.Root}/{path}";
        try
        {
            var payload = await TryReadKeptAsync(key, cancellationToken).ConfigureAwait(false);
            if (payload is null)
            {
                payload = await ReadEitherWayAsync(key, path, sizeHint, cancellationToken).ConfigureAwait(false)
                    ?? throw StorageErrors.Corrupt(key, full);
                Files?.Add(key, payload);
            }

            Cache?.Add(key, payload);
            return payload;
        }
        catch (OverflowException error)
        {
            throw StorageErrors.TooLarge(key, full, error);
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Read(error, full);
        }
    }

    /// <summary>Reads a payload that is kept on disk, and checks it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The payload; <see langword="null"/> when it is not kept, or was damaged.</returns>
    internal async ValueTask<byte[]?> TryReadKeptAsync(string key, CancellationToken cancellationToken)
    {
        using var kept = Files?.TryOpen(key);
        if (kept is null)
        {
            return null;
        }

        try
        {
            if (await BlobContent.ReadAsync(kept, isRaw: true, key, kept.Length, cancellationToken).ConfigureAwait(false) is { } payload)
            {
                return payload;
            }
        }
        catch (Exception error) when (FileFaults.IsFileError(error) || error is OverflowException)
        {
            // The store has it too.
        }

        Files?.Remove(key);
        return null;
    }

    /// <summary>Begins to load payloads that are likely to be asked for soon. Whatever comes of it changes no result.</summary>
    /// <param name="payloads">The payloads.</param>
    internal void Prefetch(IEnumerable<StoredPayload> payloads)
    {
        var prefetch = LazyInitializer.EnsureInitialized(
            ref _prefetch, () => new PayloadPrefetch(payload => ReadAsync(payload.Key, payload.Length, CancellationToken.None).AsTask()));
        prefetch.Begin(payloads);
    }

    /// <summary>Loads a payload, of which all but some parts is known, to where those parts are wanted.</summary>
    /// <param name="key">The key.</param>
    /// <param name="parts">The parts; those that are not known are filled.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns><see langword="false"/> when the blob is another one, or cannot be read: loading it tells why.</returns>
    internal async ValueTask<bool> TryFillAsync(string key, IReadOnlyList<PayloadPart> parts, CancellationToken cancellationToken)
    {
        try
        {
            using (var kept = Files?.TryOpen(key))
            {
                if (kept is not null
                    && await BlobContent.FillAsync(kept, isRaw: true, key, parts, cancellationToken).ConfigureAwait(false))
                {
                    return true;
                }
            }

            var read = await blobs.OpenAsync(PathOf(key), cancellationToken).ConfigureAwait(false);
            using var content = read?.Content;
            var isFilled = content is not null
                && await BlobContent.FillAsync(
                    content, read!.Packing is { IsRaw: true }, key, parts, cancellationToken).ConfigureAwait(false);
            if (isFilled)
            {
                Files?.Add(key, [.. parts.Select(static part => (ReadOnlyMemory<byte>)part.Bytes)]);
            }

            return isFilled;
        }
        catch (Exception error) when (FileFaults.IsFileError(error) || error is InvalidDataException)
        {
            return false;
        }
    }

    // A companion may be missing or that of another writer, when two processes stored the blob at once in different packings.
    // The hash says for certain which packing is right.
    private async ValueTask<byte[]?> ReadEitherWayAsync(string key, string path, long sizeHint, CancellationToken cancellationToken)
    {
        bool isRaw;
        var first = await blobs.OpenAsync(path, cancellationToken).ConfigureAwait(false);
        if (first is null)
        {
            throw StorageErrors.Missing(key, $"{blobs.Root}/{path}");
        }

        using (first.Content)
        {
            isRaw = first.Packing is { IsRaw: true };
            if (await TryReadAsync(first.Content, isRaw, key, sizeHint, cancellationToken).ConfigureAwait(false) is { } payload)
            {
                return payload;
            }
        }

        var second = await blobs.OpenAsync(path, cancellationToken).ConfigureAwait(false);
        using var content = second?.Content ?? Stream.Null;
        return await TryReadAsync(content, !isRaw, key, sizeHint, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<byte[]?> TryReadAsync(
        Stream content, bool isRaw, string key, long sizeHint, CancellationToken cancellationToken)
    {
        try
        {
            return await BlobContent.ReadAsync(content, isRaw, key, sizeHint, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
