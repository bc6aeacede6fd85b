using System.IO.Compression;

namespace Metaflow.Python.Conda.Archives;

/// <summary>A member of a zip, whose length and checksum are compared at its end: the reader of .NET does not compare them.</summary>
internal sealed class ZipMemberStream : Stream
{
    private const uint Polynomial = 0xEDB88320;
    private static readonly uint[] Table = MakeTable();
    private readonly ZipArchiveEntry _entry;
    private readonly Stream _content;
    private uint _checksum = uint.MaxValue;
    private long _length;

    /// <summary>Opens a member.</summary>
    /// <param name="entry">The member.</param>
    public ZipMemberStream(ZipArchiveEntry entry)
    {
        _entry = entry;
        _content = entry.Open();
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The member ends, and differs from what the zip says of it.</exception>
    public override int Read(Span<byte> buffer)
    {
        var read = _content.Read(buffer);
        foreach (var one in buffer[..read])
        {
            _checksum = Table[(byte)(_checksum ^ one)] ^ (_checksum >> 8);
        }

        _length += read;
        if (read == 0 && buffer.Length > 0 && (_length != _entry.Length || ~_checksum != _entry.Crc32))
        {
            throw new InvalidDataException($"The member '{_entry.FullName}' has another length or checksum than the zip says.");
        }

        return read;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _content.Dispose();
        }

        base.Dispose(disposing);
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < table.Length; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) != 0 ? Polynomial ^ (value >> 1) : value >> 1;
            }

            table[i] = value;
        }

        return table;
    }
}
