using System.Collections.Concurrent;

namespace Metaflow.Storage;

/// <summary>Keeps objects in the memory of the process. For tests and for warming up; nothing survives the object.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class MemoryBlobStore : IBlobStore, IAppendableBlobStore
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
                    var content = new MemoryStream();
                    await writes[i].WriteAsync(content, cancellationToken).ConfigureAwait(false);
                    stored[i] = Save(writes[i], content, overwrite);
                }
            }
        }

        return stored;
    }

    /// <inheritdoc/>
    public ValueTask<BlobRead?> OpenAsync(string path, CancellationToken cancellationToken)
        => new(_objects.TryGetValue(path, out var found) ? new BlobRead(found.Open(), found.Packing) : null);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<BlobState?>> StateAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var states = new BlobState?[paths.Count];
        for (var i = 0; i < states.Length; i++)
        {
            states[i] = _objects.TryGetValue(paths[i], out var found) ? new BlobState(found.Size, found.ChangedAt) : null;
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
        => new AppendStream(_objects.GetOrAdd(path, static _ => new StoredObject(new MemoryStream(), null)));

    private bool Save(BlobWrite write, MemoryStream content, bool overwrite)
    {
        var stored = new StoredObject(content, write.Packing);
        if (!overwrite)
        {
            return _objects.TryAdd(write.Path, stored);
        }

        _objects[write.Path] = stored;
        return true;
    }

    /// <summary>The bytes of one object, which may grow while they are read.</summary>
    private sealed class StoredObject(MemoryStream content, BlobPacking? packing)
    {
        private readonly Lock _lock = new();

        public BlobPacking? Packing => packing;

        public DateTimeOffset ChangedAt { get; } = TimeProvider.System.GetUtcNow();

        public long Size
        {
            get
            {
                lock (_lock)
                {
                    return content.Length;
                }
            }
        }

        // What was written before is never changed, so that readers need no copy: a reader has the buffer and the length of its moment.
        public MemoryStream Open()
        {
            lock (_lock)
            {
                return new MemoryStream(content.GetBuffer(), 0, (int)content.Length, writable: false);
            }
        }

        public void Append(ReadOnlySpan<byte> bytes)
        {
            lock (_lock)
            {
                content.Seek(0, SeekOrigin.End);
                content.Write(bytes);
            }
        }
    }

    private sealed class AppendStream(StoredObject target) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => target.Size;

        public override long Position
        {
            get => target.Size;
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => target.Append(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer) => target.Append(buffer);
    }
}
