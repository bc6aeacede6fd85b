namespace Metaflow.Storage;

/// <summary>Bytes in memory that only grow, without an array that has them all: there may be more of them than an array has.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class MemoryContent
{
    private const int SmallestPart = 256;
    private const int LargestPart = 1 << 20;

    private readonly List<byte[]> _parts = [];
    private readonly Lock _lock = new();
    private int _lastUsed;
    private long _length;

    /// <summary>Gets how many bytes there are.</summary>
    public long Length
    {
        get
        {
            lock (_lock)
            {
                return _length;
            }
        }
    }

    /// <summary>Adds bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            while (!bytes.IsEmpty)
            {
                if (_parts.Count == 0 || _lastUsed == _parts[^1].Length)
                {
                    // As long as all before it, so that a short content takes little and a long one few parts.
                    _parts.Add(new byte[Math.Clamp(Math.Max(_length, bytes.Length), SmallestPart, LargestPart)]);
                    _lastUsed = 0;
                }

                var room = _parts[^1].AsSpan(_lastUsed);
                var count = Math.Min(room.Length, bytes.Length);
                bytes[..count].CopyTo(room);
                bytes = bytes[count..];
                _lastUsed += count;
                _length += count;
            }
        }
    }

    /// <summary>Opens the bytes that there are now. What was written is never changed, so that a reader needs no copy.</summary>
    /// <returns>A stream that can seek.</returns>
    public Stream OpenRead()
    {
        lock (_lock)
        {
            return new Reader([.. _parts], _length);
        }
    }

    /// <summary>Opens the content for appending.</summary>
    /// <returns>A stream that writes at the end.</returns>
    public Stream OpenAppend() => new Writer(this);

    /// <summary>Returns true if a stream reads from memory, so that nobody waits for it.</summary>
    /// <param name="stream">The stream.</param>
    /// <returns>Whether it does.</returns>
    public static bool Is(Stream stream) => stream is Reader;

    private sealed class Reader(byte[][] parts, long length) : Stream
    {
        private int _part;
        private long _partStart;
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position
        {
            get => _position;
            set => Seek(value, SeekOrigin.Begin);
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var count = (int)Math.Clamp(length - _position, 0, buffer.Length);
            for (var target = buffer[..count]; !target.IsEmpty;)
            {
                while (_position >= _partStart + parts[_part].Length)
                {
                    _partStart += parts[_part++].Length;
                }

                var source = parts[_part].AsSpan((int)(_position - _partStart));
                var copied = Math.Min(source.Length, target.Length);
                source[..copied].CopyTo(target);
                target = target[copied..];
                _position += copied;
            }

            return count;
        }

        public override long Seek(long offset, SeekOrigin origin)
        {
            var target = offset + (origin == SeekOrigin.Begin ? 0 : origin == SeekOrigin.End ? length : _position);
            _position = target >= 0 ? target : throw new IOException("A place before the beginning of the object was asked for.");
            (_part, _partStart) = (0, 0);
            return _position;
        }

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    private sealed class Writer(MemoryContent content) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => content.Length;

        public override long Position
        {
            get => content.Length;
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => content.Append(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer) => content.Append(buffer);
    }
}
