using System.Collections.Concurrent;

namespace Metaflow.Storage;

/// <summary>Keeps objects in the memory of the process. For tests and for warming up; nothing survives the object.</summary>
/// <remarks>Safe for several threads.</remarks>
public sealed class MemoryBlobStore : IBlobStore
{
    private readonly ConcurrentDictionary<string, (byte[] Bytes, BlobPacking? Packing)> _objects = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string TypeName => "memory";

    /// <inheritdoc/>
    public string Root => "memory";

    /// <inheritdoc/>
    public ValueTask SaveAsync(IReadOnlyList<BlobWrite> writes, bool overwrite, CancellationToken cancellationToken)
    {
        foreach (var write in writes)
        {
            using var bytes = new MemoryStream();
            write.Write(bytes);
            var stored = (bytes.ToArray(), write.Packing);
            if (overwrite)
            {
                _objects[write.Path] = stored;
            }
            else
            {
                _objects.TryAdd(write.Path, stored);
            }
        }

        return default;
    }

    /// <inheritdoc/>
    public ValueTask<BlobRead?> OpenAsync(string path, CancellationToken cancellationToken)
        => new(_objects.TryGetValue(path, out var found) ? new BlobRead(new MemoryStream(found.Bytes, writable: false), found.Packing) : null);

    /// <inheritdoc/>
    public ValueTask<long?> SizeAsync(string path, CancellationToken cancellationToken)
        => new(_objects.TryGetValue(path, out var found) ? found.Bytes.Length : null);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<(string Name, bool IsFolder)>> ListAsync(string folder, CancellationToken cancellationToken)
    {
        var prefix = folder.Length == 0 ? "" : folder.TrimEnd('/') + "/";
        var names = _objects.Keys.Where(path => path.StartsWith(prefix, StringComparison.Ordinal))
            .Select(path => path[prefix.Length..].Split('/') is [var name] ? (name, false) : (path[prefix.Length..].Split('/')[0], true))
            .Where(static entry => !entry.Item1.EndsWith("_meta", StringComparison.Ordinal))
            .Distinct()
            .OrderBy(static entry => entry.Item1, StringComparer.Ordinal);
        return new([.. names]);
    }
}
