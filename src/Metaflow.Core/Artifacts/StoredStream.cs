using System.Buffers;
using Metaflow.Errors;
using Metaflow.Platform;
using Metaflow.Serialization;
using Metaflow.Spooling;
using Metaflow.Storage;

namespace Metaflow.Artifacts;

/// <summary>The bytes of an artifact, read from its blob while they are asked for. Who reads to the end knows that all of them are what
/// was stored: the last ones are returned once the hash was checked.</summary>
/// <remarks>Not for several threads. To go back to the beginning opens the blob again. To go anywhere else copies the content to a
/// temporary file first. To dispose the stream frees what it holds and goes back to the beginning, so that it can be read again.</remarks>
internal sealed class StoredStream(ContentAddressedStore content, ArtifactRecord record) : Stream
{
    private const int CopiedAtOnce = 128 << 10;
    private const int ReadAhead = 4 << 10;

    private PayloadReader? _reader;
    private SpooledBytes? _spooled;
    private Stream? _other;
    private long? _length;

    // Where the next byte comes from that is read from the blob. Those read ahead of the caller are the last ones before it.
    private long _position;
    private byte[]? _ahead;
    private int _aheadStart;
    private int _aheadCount;

    /// <summary>Gets the artifact.</summary>
    public ArtifactRecord Record => record;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => _length ?? Completion.Of(() => OpenAsync(CancellationToken.None));

    /// <inheritdoc/>
    public override long Position
    {
        get => _position - _aheadCount;
        set => Seek(value, SeekOrigin.Begin);
    }

    private string FullPath => content.FullPathOf(record.Key);

    /// <summary>Returns true if the bytes are among the blobs of a store.</summary>
    /// <param name="store">The store.</param>
    /// <returns>Whether they are.</returns>
    public bool IsIn(ContentAddressedStore store) => ReferenceEquals(store, content);

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Read(buffer.AsSpan(offset, count));
    }

    /// <inheritdoc/>
    /// <remarks>It reads some bytes ahead: each access to the blob costs much more than a byte.</remarks>
    public override int ReadByte()
    {
        if (_aheadCount == 0)
        {
            _ahead ??= new byte[ReadAhead];
            _aheadCount = Read(_ahead);
            _aheadStart = 0;
        }

        if (_aheadCount == 0)
        {
            return -1;
        }

        _aheadCount--;
        return _ahead![_aheadStart++];
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (_aheadCount > 0)
        {
            return TakeAhead(buffer);
        }

        if (_reader is null && IsToBeOpened)
        {
            Completion.Of(() => OpenAsync(CancellationToken.None));
        }

        try
        {
            var room = Room(buffer.Length);
            return room == 0 ? 0 : Took(Elsewhere(buffer[..room]) ?? _reader!.ReadNow(buffer[..room]));
        }
        catch (Exception error) when (error is InvalidDataException || FileFaults.IsFileError(error))
        {
            throw Failed(error);
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_aheadCount > 0)
        {
            return TakeAhead(buffer.Span);
        }

        if (_reader is null && IsToBeOpened)
        {
            await OpenAsync(cancellationToken).ConfigureAwait(false);
        }

        try
        {
            var room = buffer[..Room(buffer.Length)];
            return room.IsEmpty ? 0
                : Took(Elsewhere(room.Span) ?? await _reader!.ReadNowAsync(room, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception error) when (error is InvalidDataException || FileFaults.IsFileError(error))
        {
            throw Failed(error);
        }
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin)
    {
        var target = offset + (origin == SeekOrigin.Begin ? 0 : origin == SeekOrigin.End ? Length : Position);
        if (target < 0)
        {
            throw new IOException("A place before the beginning of the stream was asked for.");
        }

        if (target == Position)
        {
            return target;
        }

        _aheadCount = 0;
        if (target == 0 && _position > 0 && _spooled is null)
        {
            CloseReader();
        }
        else if (target != _position && target != Length && _spooled is null && _other is null)
        {
            Spool();
        }

        return _position = target;
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            CloseReader();
            _spooled?.Dispose();
            _spooled = null;
            (_position, _aheadCount) = (0, 0);
        }

        base.Dispose(disposing);
    }

    // At the end nothing is opened any more, and a temporary copy is enough.
    private bool IsToBeOpened => _spooled is null && _other is null && (_length is null || _position < _length);

    private int Room(int length) => (int)Math.Clamp(_length!.Value - _position, 0, length);

    private int TakeAhead(Span<byte> target)
    {
        var count = Math.Min(target.Length, _aheadCount);
        _ahead.AsSpan(_aheadStart, count).CopyTo(target);
        _aheadStart += count;
        _aheadCount -= count;
        return count;
    }

    private int? Elsewhere(Span<byte> target)
    {
        if (_other is not null)
        {
            _other.Position = _position;
            return _other.Read(target);
        }

        return _spooled?.Read(_position, target);
    }

    private int Took(int count)
    {
        _position += count;
        if (_reader is null)
        {
            return count;
        }

        if (count == 0 || (_position == _length && !_reader.Has(record.Key)))
        {
            throw StorageErrors.Corrupt(record.Key, FullPath);
        }

        if (_position == _length)
        {
            CloseReader();
        }

        return count;
    }

    private StorageException Failed(Exception error)
        => error is InvalidDataException ? StorageErrors.Corrupt(record.Key, FullPath, error) : StorageErrors.Read(error, FullPath);

    private void CloseReader()
    {
        _reader?.Dispose();
        _reader = null;
    }

    private void Spool()
    {
        if (_position > 0)
        {
            CloseReader();
            _position = 0;
        }

        var spooled = SpooledBytes.Create();
        var buffer = ArrayPool<byte>.Shared.Rent(CopiedAtOnce);
        for (int count; (count = Read(buffer)) > 0;)
        {
            spooled.Write(buffer.AsSpan(0, count));
        }

        ArrayPool<byte>.Shared.Return(buffer);
        _spooled = spooled;
    }

    /// <summary>Opens the blob at the first byte of the content, and returns how many there are.</summary>
    private async ValueTask<long> OpenAsync(CancellationToken cancellationToken)
    {
        foreach (var otherWay in (bool[])[false, true])
        {
            var reader = await content.OpenAsync(record.Key, record.Size, otherWay, cancellationToken).ConfigureAwait(false);
            if (TryReadHeader(reader) is { } length)
            {
                return Begin(reader, length);
            }

            reader.Dispose();
        }

        // Not written as bytes are, or damaged, which is told here.
        await content.CheckAsync(record.Key, cancellationToken).ConfigureAwait(false);
        var payload = await content.LoadAsync(record.Key, record.Size, cancellationToken).ConfigureAwait(false);
        _other = ArtifactSerializer.Deserialize<Stream?>(payload, record.Encoding, record.Name) ?? Null;
        return (_length = _other.Length).Value;
    }

    private long Begin(PayloadReader reader, long length)
    {
        _length = length;
        if (length == 0)
        {
            using (reader)
            {
                return reader.Has(record.Key) ? 0 : throw StorageErrors.Corrupt(record.Key, FullPath);
            }
        }

        _reader = reader;
        return length;
    }

    private long? TryReadHeader(PayloadReader reader)
    {
        try
        {
            return StreamForm.ReadHeader(reader.TryReadNow, record.Size);
        }
        catch (Exception error) when (error is InvalidDataException || FileFaults.IsFileError(error))
        {
            return null;
        }
    }
}
