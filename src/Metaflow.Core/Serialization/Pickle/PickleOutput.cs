using System.Buffers;
using System.Buffers.Binary;
using Metaflow.Spooling;

namespace Metaflow.Serialization;

/// <summary>Collects the bytes of a pickle in the frames that CPython makes; large payloads become segments of their own,
/// uncopied.</summary>
/// <remarks>The frame under construction lies behind room for its header, so that closing it moves nothing. Once the bytes that are not
/// those of the value itself are many, they go to a temporary file.</remarks>
internal sealed class PickleOutput
{
    /// <summary>CPython closes a frame once it has this many bytes, and writes payloads of this size outside frames.</summary>
    public const int FrameTarget = 64 * 1024;

    private const int HeaderLength = 9;
    private const int ShortestFrame = 4;
    private const long MostInMemory = 8 << 20;
    private readonly List<Part> _parts = [];
    private SpoolWriter? _spool;
    private long _inMemory;
    private byte[] _buffer = new byte[256];
    private int _bodyStart = 2 + HeaderLength;
    private int _position = 2 + HeaderLength;
    private bool _isFirst = true;

    /// <summary>Closes a full frame; called where CPython's <c>save</c> begins.</summary>
    public void Boundary()
    {
        if (_position - _bodyStart >= FrameTarget)
        {
            CloseFrame(FrameTarget + 4096);
        }
    }

    public void Byte(byte value)
    {
        if (_position == _buffer.Length)
        {
            Grow(1);
        }

        _buffer[_position++] = value;
    }

    /// <summary>Returns room for bytes that the caller fills.</summary>
    public Span<byte> Reserve(int length)
    {
        if (_buffer.Length - _position < length)
        {
            Grow(length);
        }

        _position += length;
        return _buffer.AsSpan(_position - length, length);
    }

    /// <summary>Returns room of which <see cref="Advance"/> keeps the beginning.</summary>
    public Span<byte> Peek(int length)
    {
        if (_buffer.Length - _position < length)
        {
            Grow(length);
        }

        return _buffer.AsSpan(_position, length);
    }

    public void Advance(int length) => _position += length;

    /// <summary>Writes a payload behind its opcode and length: in the frame when short, else as segments outside frames.</summary>
    public void Payload(ReadOnlySpan<byte> header, IReadOnlyList<ReadOnlyMemory<byte>> parts, long length)
    {
        if (length < FrameTarget)
        {
            header.CopyTo(Reserve(header.Length));
            foreach (var part in parts)
            {
                part.Span.CopyTo(Reserve(part.Length));
            }

            return;
        }

        BeginPayload(header);
        foreach (var part in parts)
        {
            Keep(part);
        }
    }

    /// <summary>Writes the opcode and length of a payload outside frames. What belongs to it is given to <see cref="Add"/>, and nothing
    /// else is written before its end.</summary>
    public void BeginPayload(ReadOnlySpan<byte> header)
    {
        CloseFrame(256);
        Add(header);
    }

    /// <summary>Adds bytes of a payload, which are copied.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (!TrySpool(bytes))
        {
            Keep(bytes.ToArray());
        }
    }

    /// <summary>Ends the pickle.</summary>
    public ReadOnlySequence<byte> Finish()
    {
        Byte(PickleOpcode.Stop);
        CloseFrame(0);
        if (_spool is null)
        {
            return PayloadSegment.Join(_parts.Select(static part => part.Bytes), null);
        }

        using var spool = _spool;
        var (spooled, key) = spool.Finish();
        return PayloadSegment.Join(
            _parts.SelectMany(part => part.Length > 0 ? spooled.Parts(part.Start, part.Length) : [part.Bytes]), key);
    }

    private void CloseFrame(int nextLength)
    {
        var length = _position - _bodyStart;
        var start = _bodyStart;
        if (length >= ShortestFrame)
        {
            start -= HeaderLength;
            _buffer[start] = PickleOpcode.Frame;
            BinaryPrimitives.WriteInt64LittleEndian(_buffer.AsSpan(start + 1), length);
        }

        if (_isFirst)
        {
            start -= 2;
            _buffer[start] = PickleOpcode.Protocol;
            _buffer[start + 1] = 4;
        }

        var isFree = true;
        if (_position > start && !TrySpool(_buffer.AsSpan(start, _position - start)))
        {
            Keep(_buffer.AsMemory(start, _position - start));
            isFree = false;
        }

        _isFirst = false;
        if (!isFree || _buffer.Length < HeaderLength + nextLength)
        {
            _buffer = GC.AllocateUninitializedArray<byte>(HeaderLength + nextLength);
        }

        _bodyStart = _position = HeaderLength;
    }

    private bool TrySpool(ReadOnlySpan<byte> bytes)
    {
        _inMemory += bytes.Length;
        if (_inMemory <= MostInMemory)
        {
            return false;
        }

        if (_spool is null)
        {
            _spool = SpoolWriter.Create();
            foreach (var part in _parts)
            {
                _spool.Pass(part.Bytes);
            }
        }

        var start = _spool.Length;
        _spool.Write(bytes);
        if (_parts is [.., { Length: > 0 } last] && last.Start + last.Length == start)
        {
            _parts[^1] = last with { Length = last.Length + bytes.Length };
        }
        else
        {
            _parts.Add(new Part(default, start, bytes.Length));
        }

        return true;
    }

    private void Keep(ReadOnlyMemory<byte> bytes)
    {
        _parts.Add(new Part(bytes, 0, 0));
        _spool?.Pass(bytes);
    }

    private void Grow(int length)
        => Array.Resize(ref _buffer, (int)Math.Min(Math.Max(_buffer.Length * 2L, _buffer.Length + (long)length), Array.MaxLength));

    /// <summary>Bytes in memory, or a place in the temporary file.</summary>
    private readonly record struct Part(ReadOnlyMemory<byte> Bytes, long Start, long Length);
}
