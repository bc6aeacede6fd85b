using Metaflow.Metadata;
using Metaflow.Storage;

namespace Metaflow.Cleanup;

/// <summary>Lists the objects of runs in a store that lists one folder at a time.</summary>
/// <param name="blobs">The store.</param>
internal sealed class ObjectTree(IBlobStore blobs)
{
    private const int Width = 16;

    /// <summary>Returns the name of an object or folder.</summary>
    /// <param name="path">Its path.</param>
    /// <returns>The last part.</returns>
    public static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>Lists the folders under some folders.</summary>
    /// <param name="folders">The folders relative to the root.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The folders below them; what the metadata provider keeps is left out.</returns>
    public async ValueTask<IReadOnlyList<string>> FoldersAsync(IReadOnlyList<string> folders, CancellationToken cancellationToken)
        => [.. (await EntriesAsync(folders, cancellationToken).ConfigureAwait(false))
            .Where(static entry => entry.IsFolder).Select(static entry => entry.Path)];

    /// <summary>Lists the objects directly under some folders.</summary>
    /// <param name="folders">The folders relative to the root.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The paths of the objects.</returns>
    public async ValueTask<IReadOnlyList<string>> ObjectsAsync(IReadOnlyList<string> folders, CancellationToken cancellationToken)
        => [.. (await EntriesAsync(folders, cancellationToken).ConfigureAwait(false))
            .Where(static entry => !entry.IsFolder).Select(static entry => entry.Path)];

    /// <summary>Lists all objects under a folder, those of the metadata provider with them.</summary>
    /// <param name="folder">The folder relative to the root.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The paths of the objects.</returns>
    public async ValueTask<IReadOnlyList<string>> AllAsync(string folder, CancellationToken cancellationToken)
    {
        var objects = new List<string>();
        for (IReadOnlyList<string> folders = [folder]; folders.Count > 0;)
        {
            // A listing leaves the folder of the records out.
            var listed = folders.Concat(folders.Where(static path => !IsOfRecords(path))
                .Select(static path => $"{path}/{MetadataFiles.RecordFolder}")).ToList();
            var entries = await EntriesAsync(listed, cancellationToken).ConfigureAwait(false);
            objects.AddRange(entries.Where(static entry => !entry.IsFolder).Select(static entry => entry.Path));
            folders = [.. entries.Where(static entry => entry.IsFolder).Select(static entry => entry.Path)];
        }

        return objects;
    }

    /// <summary>Lists all objects under a folder of data of users, whatever their names are.</summary>
    /// <param name="folder">The folder relative to the root.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The paths of the objects. Not all can be read: <see cref="StorePaths.IsAddressable"/> tells.</returns>
    public ValueTask<IReadOnlyList<string>> NamedByUsersAsync(string folder, CancellationToken cancellationToken)
        => blobs is IFlatListing flat ? flat.ListAllAsync(folder, cancellationToken) : AllAsync(folder, cancellationToken);

    private static bool IsOfRecords(string path) => path.Split('/').Contains(MetadataFiles.RecordFolder);

    private async ValueTask<List<(string Path, bool IsFolder)>> EntriesAsync(
        IReadOnlyList<string> folders, CancellationToken cancellationToken)
    {
        var entries = new List<(string, bool)>();
        foreach (var batch in folders.Chunk(Width))
        {
            var lists = await Task.WhenAll(batch.Select(
                folder => blobs.ListAsync(folder, cancellationToken).AsTask())).ConfigureAwait(false);
            foreach (var (folder, list) in batch.Zip(lists))
            {
                entries.AddRange(list.Select(entry => ($"{folder}/{entry.Name}", entry.IsFolder)));
            }
        }

        return entries;
    }
}
