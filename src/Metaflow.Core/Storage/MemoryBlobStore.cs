using System.Collections.Concurrent;

namespace Metaflow.Storage;

/// <summary>Keeps objects in the memory of the process. For tests and for warming up; nothing survives the object.</summary>
/// <remarks>Safe for several threads.</remarks>
public sealed class MemoryBlobStore : IBlobStore, IAppendableBlobStore
{
    private readonly ConcurrentDictionary<string, StoredObject> _objects = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string TypeName => "memory";

    /// <inheritdoc/>
    public string Root => "memory";

    /// <inheritdoc/>
    public ValueTask SaveAsync(IReadOnlyList<BlobWrite> writes, bool overwrite, CancellationToken cancellationToken)
    {
        foreach (var write in writes)
        {
            var content = new MemoryStream();
            write.Write(content);
            var stored = new StoredObject(content, write.Packing);
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
        => new(_objects.TryGetValue(path, out var found) ? new BlobRead(found.Open(), found.Packing) : null);

    /// <inheritdoc/>
    public ValueTask<long?> SizeAsync(string path, CancellationToken cancellationToken)
        => new(_objects.TryGetValue(path, out var found) ? found.Size : null);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<(string Name, bool IsFolder)>> ListAsync(string folder, CancellationToken cancellationToken)
    {
        var prefix = folder.Length == 0 ? "" : folder.TrimEnd('/') + "/";
        var names = _objects.Keys.Where(path => path.StartsWith(prefix, StringComparison.Ordinal))
            .Select(path => path[prefix.Length..].Split('/') is [var name] ? (name, false) : (path[prefix.Length..].Split('/')[0], true))
            .Where(static entry => entry is not (BlobPackingFile.Suffix, true))
            .Distinct()
            .OrderBy(static entry => entry.Item1, StringComparer.Ordinal);
        return new([.. names]);
    }

    /// <inheritdoc/>
    public Stream OpenAppend(string path) => new AppendStream(_objects.GetOrAdd(path, static _ => new StoredObject(new MemoryStream(), null)));

    /// <summary>The bytes of one object, which may grow while they are read.</summary>
    private sealed class StoredObject(MemoryStream content, BlobPacking? packing)
    {
        private readonly Lock _lock = new();

        public BlobPacking? Packing => packing;

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
