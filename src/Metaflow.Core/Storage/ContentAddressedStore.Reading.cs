using Metaflow.Errors;
using Metaflow.Platform;

namespace Metaflow.Storage;

/// <content>Reads payloads: from memory, from the files of this machine, from the store.</content>
internal sealed partial class ContentAddressedStore
{
    private PayloadPrefetch? _prefetch;

    /// <summary>Gets where payloads that were loaded are kept; <see langword="null"/>, the default, for nowhere.</summary>
    internal PayloadCache? Cache { get; init; }

    /// <summary>Gets where payloads that were loaded are kept on disk; <see langword="null"/>, the default, for nowhere.</summary>
    internal PayloadFiles? Files { get; init; }

    /// <summary>Reads a payload to its end and checks it, keeping nothing: before something new refers to a blob of an earlier
    /// run.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The length of the payload, which is whole.</returns>
    /// <exception cref="StorageException">The blob is missing (MF4002), corrupt (MF4005) or unreadable (MF4004, MF4007).</exception>
    public async ValueTask<long> CheckAsync(string key, CancellationToken cancellationToken)
    {
        var path = PathOf(key);
        var full = $"{blobs.Root}/{path}";
        try
        {
            return await WholeLengthAsync(key, path, otherWay: false, cancellationToken).ConfigureAwait(false)
                ?? await WholeLengthAsync(key, path, otherWay: true, cancellationToken).ConfigureAwait(false)
                ?? throw StorageErrors.Corrupt(key, full);
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Read(error, full);
        }
    }

    /// <summary>Returns true if a blob is there whose content is not that of its key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Whether it is; <see langword="false"/> also when there is none.</returns>
    /// <exception cref="StorageException">The blob cannot be read (MF4004, MF4007).</exception>
    internal async ValueTask<bool> IsDamagedAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            await CheckAsync(key, cancellationToken).ConfigureAwait(false);
            return false;
        }
        catch (StorageException error) when (error.Code is ErrorCodes.BlobCorrupt or ErrorCodes.BlobMissing)
        {
            return error.Code == ErrorCodes.BlobCorrupt;
        }
    }

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

    /// <summary>Reads a payload that is too long to be in memory, and checks it.</summary>
    /// <typeparam name="T">What it is read as.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="length">The length as it is recorded.</param>
    /// <param name="read">Reads the payload from its beginning. It may be called twice, and what it returns or reports for a payload that
    /// turns out to be another one is dropped.</param>
    /// <param name="cancellationToken">Cancels the opening.</param>
    /// <returns>What was read.</returns>
    /// <exception cref="StorageException">The blob is missing (MF4002), corrupt (MF4005) or unreadable (MF4007).</exception>
    internal async ValueTask<T> ReadAsync<T>(string key, long length, Func<PayloadReader, T> read, CancellationToken cancellationToken)
    {
        var full = FullPathOf(key);
        try
        {
            var (isWhole, value) = await TryReadAsync(key, otherWay: false, length, read, cancellationToken).ConfigureAwait(false);
            if (!isWhole)
            {
                (isWhole, value) = await TryReadAsync(key, otherWay: true, length, read, cancellationToken).ConfigureAwait(false);
            }

            return isWhole ? value : throw StorageErrors.Corrupt(key, full);
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Read(error, full);
        }
    }

    /// <summary>Opens a payload for reading from its beginning. Who reads it checks it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="length">The length as it is recorded.</param>
    /// <param name="otherWay">Whether the blob is taken to be packed in the way that is not recorded.</param>
    /// <param name="cancellationToken">Cancels the opening.</param>
    /// <returns>The reader.</returns>
    /// <exception cref="StorageException">The blob is missing (MF4002) or unreadable (MF4007).</exception>
    internal async ValueTask<PayloadReader> OpenAsync(string key, long length, bool otherWay, CancellationToken cancellationToken)
    {
        try
        {
            var opened = await blobs.OpenAsync(PathOf(key), cancellationToken).ConfigureAwait(false)
                ?? throw StorageErrors.Missing(key, FullPathOf(key));
            return new PayloadReader(opened.Content, opened.Packing is { IsRaw: true } != otherWay, length);
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Read(error, FullPathOf(key));
        }
    }

    /// <summary>Returns where a blob is, for errors.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The path with the store's root.</returns>
    internal string FullPathOf(string key) => $"{blobs.Root}/{PathOf(key)}";

    private async ValueTask<(bool IsWhole, T Value)> TryReadAsync<T>(
        string key, bool otherWay, long length, Func<PayloadReader, T> read, CancellationToken cancellationToken)
    {
        using var reader = await OpenAsync(key, length, otherWay, cancellationToken).ConfigureAwait(false);
        return reader.Waits ? await Task.Run(Read, cancellationToken).ConfigureAwait(false) : Read();

        (bool IsWhole, T Value) Read()
        {
            try
            {
                var value = read(reader);
                return (reader.Has(key), value);
            }
            catch (InvalidDataException)
            {
                return default;
            }
            catch (StorageException) when (!reader.Has(key))
            {
                // The value cannot be understood as it is not the one that was stored.
                return default;
            }
        }
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

    private async ValueTask<long?> WholeLengthAsync(string key, string path, bool otherWay, CancellationToken cancellationToken)
    {
        var read = await blobs.OpenAsync(path, cancellationToken).ConfigureAwait(false)
            ?? throw StorageErrors.Missing(key, $"{blobs.Root}/{path}");
        using var content = read.Content;
        return BlobContent.WholeLength(content, read.Packing is { IsRaw: true } != otherWay, key);
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
