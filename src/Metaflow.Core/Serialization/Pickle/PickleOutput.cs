using System.Buffers;
using System.Buffers.Binary;

namespace Metaflow.Serialization;

/// <summary>Collects the bytes of a pickle in the frames that CPython makes; large payloads become segments of their own,
/// uncopied.</summary>
/// <remarks>The frame under construction lies behind room for its header, so that closing it moves nothing.</remarks>
/// <param name="longest">The most bytes of the pickle; the value is refused as soon as it needs more, before they are made where their
/// number is known.</param>
internal sealed class PickleOutput(long longest)
{
    /// <summary>CPython closes a frame once it has this many bytes, and writes payloads of this size outside frames.</summary>
    public const int FrameTarget = 64 * 1024;

    private const int HeaderLength = 9;
    private const int ShortestFrame = 4;
    private readonly List<ReadOnlyMemory<byte>> _segments = [];
    private byte[] _buffer = new byte[256];
    private int _bodyStart = 2 + HeaderLength;
    private int _position = 2 + HeaderLength;
    private bool _isFirst = true;
    private long _closed;

    /// <summary>Closes a full frame; called where CPython's <c>save</c> begins.</summary>
    public void Boundary()
    {
        if (_position - _bodyStart >= FrameTarget)
        {
            CloseFrame(FrameTarget + 4096);
        }
    }

    /// <summary>Refuses a value that gets too long.</summary>
    /// <param name="length">How many bytes are about to be added.</param>
    /// <exception cref="PickleTooLongException">The pickle would be longer than it may be.</exception>
    public void Require(long length)
    {
        if (_closed + (_position - _bodyStart) + length > longest)
        {
            throw new PickleTooLongException(_closed + (_position - _bodyStart) + length);
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

        Require(header.Length + length);
        CloseFrame(256);
        _closed += header.Length + length;
        _segments.Add(header.ToArray());
        _segments.AddRange(parts);
    }

    /// <summary>Ends the pickle.</summary>
    public ReadOnlySequence<byte> Finish()
    {
        Byte(PickleOpcode.Stop);
        CloseFrame(0);
        if (_segments.Count == 1)
        {
            return new ReadOnlySequence<byte>(_segments[0]);
        }

        var first = new Segment(_segments[0], 0);
        var last = first;
        for (var i = 1; i < _segments.Count; i++)
        {
            last = last.Append(_segments[i]);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private void CloseFrame(int nextLength)
    {
        Require(0);
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

        if (_position > start)
        {
            _closed += _position - start;
            _segments.Add(_buffer.AsMemory(start, _position - start));
        }

        _isFirst = false;
        _buffer = GC.AllocateUninitializedArray<byte>(HeaderLength + nextLength);
        _bodyStart = _position = HeaderLength;
    }

    private void Grow(int length)
    {
        Require(length);
        Array.Resize(ref _buffer, (int)Math.Min(Math.Max(_buffer.Length * 2L, _buffer.Length + (long)length), Array.MaxLength));
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long runningIndex)
        {
            Memory = memory;
            RunningIndex = runningIndex;
        }

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
