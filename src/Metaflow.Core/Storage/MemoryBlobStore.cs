using System.Collections.Concurrent;

namespace Metaflow.Storage;

/// <summary>Keeps objects in the memory of the process. For tests and for warming up; nothing survives the object.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class MemoryBlobStore : IBlobStore, IAppendableBlobStore, IFlatListing
{
    private readonly ConcurrentDictionary<string, StoredObject> _objects = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string TypeName => "memory";

    /// <inheritdoc/>
    public string Root => "memory";

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<bool>> SaveAsync(
        IReadOnlyList<BlobWrite> writes, bool overwrite, CancellationToken cancellationToken)
    {
        var stored = new bool[writes.Count];
        foreach (var isLast in (bool[])[false, true])
        {
            for (var i = 0; i < stored.Length; i++)
            {
                if (writes[i].IsLast == isLast)
                {
                    var content = new MemoryContent();
                    await writes[i].WriteAsync(content.OpenAppend(), cancellationToken).ConfigureAwait(false);
                    stored[i] = Save(writes[i], content, overwrite);
                }
            }
        }

        return stored;
    }

    /// <inheritdoc/>
    public ValueTask<BlobRead?> OpenAsync(string path, CancellationToken cancellationToken)
        => new(_objects.TryGetValue(path, out var found) ? new BlobRead(found.Content.OpenRead(), found.Packing) : null);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<BlobState?>> StateAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var states = new BlobState?[paths.Count];
        for (var i = 0; i < states.Length; i++)
        {
            states[i] = _objects.TryGetValue(paths[i], out var found) ? new BlobState(found.Content.Length, found.ChangedAt) : null;
        }

        return ValueTask.FromResult<IReadOnlyList<BlobState?>>(states);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<BlobEntry>> ListAsync(string folder, CancellationToken cancellationToken)
    {
        var prefix = folder.Length == 0 ? "" : folder.TrimEnd('/') + "/";
        var names = _objects.Keys.Where(path => path.StartsWith(prefix, StringComparison.Ordinal))
            .Select(path => path[prefix.Length..].Split('/') is [var name]
                ? new BlobEntry(name, false)
                : new BlobEntry(path[prefix.Length..].Split('/')[0], true))
            .Where(static entry => entry is not { Name: BlobPackingFile.Suffix, IsFolder: true })
            .Distinct()
            .OrderBy(static entry => entry.Name, StringComparer.Ordinal);
        return new([.. names]);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ListAllAsync(string folder, CancellationToken cancellationToken)
        => new([.. _objects.Keys.Where(path => path.StartsWith(folder + "/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)]);

    /// <inheritdoc/>
    public ValueTask DeleteAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        foreach (var path in paths)
        {
            _objects.TryRemove(path, out _);
        }

        return default;
    }

    /// <inheritdoc/>
    public Stream OpenAppend(string path)
        => _objects.GetOrAdd(path, static _ => new StoredObject(new MemoryContent(), null)).Content.OpenAppend();

    private bool Save(BlobWrite write, MemoryContent content, bool overwrite)
    {
        var stored = new StoredObject(content, write.Packing);
        if (!overwrite)
        {
            return _objects.TryAdd(write.Path, stored);
        }

        _objects[write.Path] = stored;
        return true;
    }

    private sealed record StoredObject(MemoryContent Content, BlobPacking? Packing)
    {
        public DateTimeOffset ChangedAt { get; } = TimeProvider.System.GetUtcNow();
    }
}
