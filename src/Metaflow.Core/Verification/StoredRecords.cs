using Metaflow.Errors;
using Metaflow.Storage;

namespace Metaflow.Verification;

/// <summary>Reads many small objects of which some may be unreadable.</summary>
internal static class StoredRecords
{
    private const int Batch = 512;

    /// <summary>Reads objects.</summary>
    /// <param name="blobs">The store.</param>
    /// <param name="paths">The objects.</param>
    /// <param name="faults">Receives those that cannot be read.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The contents by path, of those that exist and can be read.</returns>
    public static async ValueTask<Dictionary<string, byte[]>> ReadAsync(
        IBlobStore blobs, IReadOnlyCollection<string> paths, FaultList faults, CancellationToken cancellationToken)
    {
        var contents = new Dictionary<string, byte[]>(paths.Count, StringComparer.Ordinal);
        foreach (var batch in paths.Chunk(Batch))
        {
            try
            {
                var read = await blobs.ReadAsync(batch, cancellationToken).ConfigureAwait(false);
                foreach (var (path, content) in batch.Zip(read))
                {
                    Keep(path, content);
                }
            }
            catch (StorageException)
            {
                // One of them: each is asked for by itself.
                foreach (var path in batch)
                {
                    Keep(path, await TryReadAsync(blobs, path, faults, cancellationToken).ConfigureAwait(false));
                }
            }
        }

        return contents;

        void Keep(string path, byte[]? content)
        {
            if (content is not null)
            {
                contents[path] = content;
            }
        }
    }

    private static async ValueTask<byte[]?> TryReadAsync(
        IBlobStore blobs, string path, FaultList faults, CancellationToken cancellationToken)
    {
        try
        {
            return await blobs.ReadAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (StorageException error)
        {
            faults.Add(path, error);
            return null;
        }
    }
}
