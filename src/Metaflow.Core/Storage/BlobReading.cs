namespace Metaflow.Storage;

/// <summary>Asks a store about single objects.</summary>
public static class BlobReading
{
    /// <summary>How many objects of a store that is far away are read at the same time.</summary>
    private const int Width = 16;

    /// <summary>Returns the length of an object.</summary>
    /// <param name="blobs">The store.</param>
    /// <param name="path">The path relative to the root.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The length in bytes, or <see langword="null"/> if there is none.</returns>
    public static async ValueTask<long?> SizeAsync(this IBlobStore blobs, string path, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(blobs);
        return (await blobs.StateAsync([path], cancellationToken).ConfigureAwait(false))[0]?.Length;
    }

    /// <summary>Reads a small object completely.</summary>
    /// <param name="blobs">The store.</param>
    /// <param name="path">The path relative to the root.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The bytes as stored, or <see langword="null"/> if there is none.</returns>
    public static async ValueTask<byte[]?> ReadAsync(this IBlobStore blobs, string path, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(blobs);
        if (await blobs.OpenAsync(path, cancellationToken).ConfigureAwait(false) is not { } read)
        {
            return null;
        }

        using var content = read.Content;
        using var bytes = new MemoryStream();
        if (!BlobContent.Waits(content))
        {
            // On a local file CopyToAsync hops to the pool for a few hundred bytes, and costs a task its compilation besides.
            content.CopyTo(bytes);
        }
        else
        {
            await content.CopyToAsync(bytes, cancellationToken).ConfigureAwait(false);
        }

        return bytes.ToArray();
    }

    /// <summary>Reads objects one by one, some at the same time.</summary>
    internal static async ValueTask<IReadOnlyList<byte[]?>> ReadAsync(
        IBlobStore blobs, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var contents = new byte[]?[paths.Count];
        for (var start = 0; start < paths.Count; start += Width)
        {
            var reads = Enumerable.Range(start, Math.Min(Width, paths.Count - start))
                .Select(i => blobs.ReadAsync(paths[i], cancellationToken).AsTask()).ToArray();
            (await Task.WhenAll(reads).ConfigureAwait(false)).CopyTo(contents, start);
        }

        return contents;
    }
}
