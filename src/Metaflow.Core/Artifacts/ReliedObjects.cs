using System.Buffers;
using Metaflow.Storage;

namespace Metaflow.Artifacts;

/// <summary>What tasks count on in a store without locks: blobs and included files that are stored already, and those that they store, as
/// a collection may be deleting what had the same name.</summary>
/// <remarks>Thread-safe.</remarks>
/// <param name="datastore">The datastore.</param>
/// <param name="watch">Keeps collections away.</param>
internal sealed class ReliedObjects(FlowDatastore datastore, SweepWatch watch)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, BlobWrite?> _files = new(StringComparer.Ordinal);

    /// <summary>Begins to watch, if that was not done yet.</summary>
    /// <returns>A task that ends when something may be counted on.</returns>
    /// <exception cref="Errors.StorageException">The store failed (MF4004, MF4007).</exception>
    public Task BeginAsync() => watch.BeginAsync();

    /// <summary>Begins to count on artifacts of an earlier run.</summary>
    /// <param name="records">The artifacts.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The hashes of blobs that are gone.</returns>
    public async ValueTask<IReadOnlyList<string>> AddAsync(IEnumerable<ArtifactRecord> records, CancellationToken cancellationToken)
    {
        await BeginAsync().ConfigureAwait(false);
        return await MissingAsync(Keys(records), datastore.Content.PathOf, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Begins to count on included files of an earlier run.</summary>
    /// <param name="hashes">Their hashes.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The hashes of files that are gone.</returns>
    public async ValueTask<IReadOnlyList<string>> AddFilesAsync(IReadOnlyList<string> hashes, CancellationToken cancellationToken)
    {
        await BeginAsync().ConfigureAwait(false);
        lock (_lock)
        {
            foreach (var hash in hashes)
            {
                _files.TryAdd(datastore.IncludedPath(hash), null);
            }
        }

        return await MissingAsync(hashes, datastore.IncludedPath, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Begins to count on an included file that is about to be stored.</summary>
    /// <param name="file">The file.</param>
    /// <returns>A task that ends when it may be stored.</returns>
    public async ValueTask AddFileAsync(BlobWrite file)
    {
        await BeginAsync().ConfigureAwait(false);
        lock (_lock)
        {
            _files[file.Path] = file;
        }
    }

    /// <summary>Makes sure that no collection removes what a list names which is durable now, and stores again what one
    /// removed.</summary>
    /// <param name="records">The artifacts that the list names.</param>
    /// <param name="payloads">What the attempt stored, by key.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when the list may be acknowledged.</returns>
    /// <exception cref="Errors.StorageException">A blob or file of an earlier run is gone (MF4002), or the store failed (MF4001 and
    /// on).</exception>
    public async ValueTask ConfirmAsync(
        IEnumerable<ArtifactRecord> records, IReadOnlyDictionary<string, ReadOnlySequence<byte>> payloads,
        CancellationToken cancellationToken)
    {
        var keys = Keys(records);
        KeyValuePair<string, BlobWrite?>[] files;
        lock (_lock)
        {
            files = [.. _files];
        }

        string[] names = [.. keys, .. files.Select(static file => NameOf(file.Key))];
        if (await watch.MayHaveRemovedAsync(names, cancellationToken).ConfigureAwait(false))
        {
            await RestoreAsync(keys, payloads, cancellationToken).ConfigureAwait(false);
            await RestoreAsync(files, cancellationToken).ConfigureAwait(false);
        }

        lock (_lock)
        {
            // What was stored is named by a durable list now; its content need not be kept. The name is: another task, whose list is not
            // durable yet, may count on the same file.
            foreach (var (path, _) in files)
            {
                _files[path] = null;
            }
        }
    }

    private static string[] Keys(IEnumerable<ArtifactRecord> records)
        => [.. records.Select(static record => record.Key).Distinct(StringComparer.Ordinal)];

    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    private async ValueTask RestoreAsync(
        string[] keys, IReadOnlyDictionary<string, ReadOnlySequence<byte>> payloads, CancellationToken cancellationToken)
    {
        var missing = await MissingAsync(keys, datastore.Content.PathOf, cancellationToken).ConfigureAwait(false);
        if (missing.FirstOrDefault(key => !payloads.ContainsKey(key)) is { } lost)
        {
            throw StorageErrors.Missing(lost, $"{datastore.Blobs.Root}/{datastore.Content.PathOf(lost)}");
        }

        await datastore.Content.RestoreAsync(missing, [.. missing.Select(key => payloads[key])], cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask RestoreAsync(KeyValuePair<string, BlobWrite?>[] files, CancellationToken cancellationToken)
    {
        var missing = await MissingAsync(
            [.. files.Select(static file => file.Key)], static path => path, cancellationToken).ConfigureAwait(false);
        var writes = files.Where(file => missing.Contains(file.Key)).ToList();
        if (writes.FirstOrDefault(static file => file.Value is null) is { Key: { } lost })
        {
            throw StorageErrors.Missing(NameOf(lost), $"{datastore.Blobs.Root}/{lost}");
        }

        await datastore.Blobs.SaveAsync(
            [.. writes.Select(static file => file.Value!)], overwrite: true, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<IReadOnlyList<string>> MissingAsync(
        IReadOnlyList<string> names, Func<string, string> pathOf, CancellationToken cancellationToken)
    {
        var states = await datastore.Blobs.StateAsync([.. names.Select(pathOf)], cancellationToken).ConfigureAwait(false);
        return [.. names.Where((_, i) => states[i] is null)];
    }
}
