using System.Buffers;
using System.Buffers.Binary;

namespace Metaflow.Serialization;

/// <summary>A place in a pickle that is read straight into typed values, without a stack of plain ones.</summary>
/// <remarks>Of the memo it keeps texts and classes only. Whatever else is met, such as a shared list, a class or a damaged byte, is left to
/// <see cref="PickleMachine"/>, which reads the whole pickle again.</remarks>
internal ref partial struct PickleCursor
{
    // No more than this is looked at between two calls of Peek, but texts, which say how long they are.
    private const int LongestLook = 512;

    // A text that is longer, or a list of one item that is, is left to the machine.
    private const int LongestKept = 32 << 20;

    private readonly PickleInput _input;
    private readonly long _length;
    private ReadOnlySpan<byte> _bytes;
    private object?[] _memo;
    private int _memoCount;

    // Within the window, which begins behind what lies before it.
    private int _position;
    private long _before;
    private int _refillFrom;
    private long _kept = -1;
    private long _rewound;

    /// <summary>Initializes a new instance of the <see cref="PickleCursor"/> struct.</summary>
    /// <param name="input">The pickle. Its place stays at the beginning for as long as the first window suffices.</param>
    public PickleCursor(PickleInput input)
    {
        _input = input;
        _length = input.Length;
        _bytes = input.Rest.Span;
        _refillFrom = input.IsWhole ? int.MaxValue : _bytes.Length - LongestLook;
        _memo = ArrayPool<object?>.Shared.Rent((int)Math.Clamp(_length / 32, 64, 1 << 20));
        Values = new object?[64];
    }

    /// <summary>Gets or sets how many containers are open.</summary>
    public int Depth { get; set; }

    /// <summary>Gets or sets the members of the records that are open, each behind those of the one around it.</summary>
    public object?[] Values { get; set; }

    /// <summary>Gets or sets how many of <see cref="Values"/> are in use.</summary>
    public int ValueCount { get; set; }

    public readonly long Position => _before + _position;

    /// <summary>Gives the memory of the memo back.</summary>
    public void Release()
    {
        // What lies behind the count was left there by going back.
        _memo.AsSpan().Clear();
        ArrayPool<object?>.Shared.Return(_memo);
        _memo = [];
    }

    /// <summary>Returns the next opcode without taking it; -1 at the end. Frames only tell a reader of streams how much to fetch.</summary>
    public int Peek()
    {
        if (_position > _refillFrom)
        {
            Refill(LongestLook);
        }

        while (_position < _bytes.Length)
        {
            var opcode = _bytes[_position];
            if (opcode != PickleOpcode.Frame)
            {
                return opcode;
            }

            _position += 9;
        }

        return -1;
    }

    public bool TryTake(byte opcode)
    {
        if (Peek() != opcode)
        {
            return false;
        }

        _position++;
        return true;
    }

    public bool TryTakeProtocol()
    {
        var isKnown = _bytes is [PickleOpcode.Protocol, <= 5, ..];
        _position = 2;
        return isKnown;
    }

    /// <summary>Takes the opcode that opens a container, and its place in the memo.</summary>
    public bool TryOpen(byte opcode)
    {
        if (!TryTake(opcode))
        {
            return false;
        }

        TryMemoize(null);
        return true;
    }

    /// <summary>Notes a place to go back to. What follows is kept until it is forgotten.</summary>
    public CursorMark Mark()
    {
        var isKept = _kept >= 0;
        _kept = isKept ? _kept : Position;
        return new CursorMark(Position, _memoCount, !isKept);
    }

    /// <summary>Notes that nobody goes back to a place any more.</summary>
    public void Forget(CursorMark mark) => _kept = mark.IsFirst ? -1 : _kept;

    /// <summary>Goes back to where one item was looked for.</summary>
    /// <returns><see langword="false"/> when so much was read twice that the pickle must be made to waste time.</returns>
    public bool TryRewind(CursorMark mark)
    {
        Forget(mark);
        _rewound += Position - mark.Position;
        (_position, _memoCount) = ((int)(mark.Position - _before), mark.MemoCount);
        return _rewound <= _length;
    }

    /// <summary>Guesses how many items a whole pickle has after some were read.</summary>
    public readonly int Expect(int read, long start) =>
        (int)Math.Min(Math.Min(_length, Array.MaxLength), read + (read * (double)(_length - Position) / Math.Max(1, Position - start)));

    /// <summary>Takes a text or a reference to one.</summary>
    public bool TryText(out string? text)
    {
        text = null;
        switch (Peek())
        {
            case PickleOpcode.ShortUnicode when _position + 1 < _bytes.Length:
                return TryText(2, _bytes[_position + 1], out text);
            case PickleOpcode.BinaryUnicode when _position + 4 < _bytes.Length:
                return TryText(5, BinaryPrimitives.ReadUInt32LittleEndian(_bytes[(_position + 1)..]), out text);
            case PickleOpcode.Get when _position + 1 < _bytes.Length:
                text = Recall(_bytes[_position + 1]) as string;
                _position += 2;
                break;
            case PickleOpcode.LongGet when _position + 4 < _bytes.Length:
                text = Recall(BinaryPrimitives.ReadUInt32LittleEndian(_bytes[(_position + 1)..])) as string;
                _position += 5;
                break;
            default:
                break;
        }

        return text is not null;
    }

    public bool TryFloat(out double value)
    {
        if (Peek() != PickleOpcode.Float || _bytes.Length - _position < 9)
        {
            value = 0;
            return false;
        }

        value = BinaryPrimitives.ReadDoubleBigEndian(_bytes[(_position + 1)..]);
        _position += 9;
        return true;
    }

    public bool TryInteger(out long value)
    {
        value = 0;
        var opcode = Peek();
        var rest = _bytes[Math.Min(_position + 1, _bytes.Length)..];
        var length = opcode switch
        {
            PickleOpcode.UInt8 => 1,
            PickleOpcode.UInt16 => 2,
            PickleOpcode.Int32 => 4,
            PickleOpcode.Long1 when !rest.IsEmpty && rest[0] <= 8 => rest[0] + 1,
            _ => int.MaxValue,
        };
        if (rest.Length < length)
        {
            return false;
        }

        value = opcode switch
        {
            PickleOpcode.UInt8 => rest[0],
            PickleOpcode.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(rest),
            PickleOpcode.Int32 => BinaryPrimitives.ReadInt32LittleEndian(rest),
            _ => PickleMachine.LittleInteger(rest[1..length]),
        };
        _position += 1 + length;
        return true;
    }

    /// <summary>Takes a plain value without parts.</summary>
    public bool TryPlain(out object? value)
    {
        value = null;
        if (TryTake(PickleOpcode.None))
        {
            return true;
        }

        if (TryFloat(out var number))
        {
            value = number;
        }
        else if (TryInteger(out var integer))
        {
            value = integer;
        }
        else if (TryTake(PickleOpcode.True))
        {
            value = true;
        }
        else if (TryTake(PickleOpcode.False))
        {
            value = false;
        }
        else if (TryText(out var text))
        {
            value = text;
        }

        return value is not null;
    }

    private bool TryText(int header, long length, out string? text)
    {
        if (length > _bytes.Length - _position - header && length <= LongText.Shortest)
        {
            Refill(header + (int)length);
        }

        text = length <= _bytes.Length - _position - header ? PythonText.Decode(_bytes.Slice(_position + header, (int)length)) : null;
        if (text is null)
        {
            return false;
        }

        _position += header + (int)length;
        TryMemoize(text);
        return true;
    }

    private void TryMemoize(object? value)
    {
        if (!TryTake(PickleOpcode.Memoize))
        {
            return;
        }

        if (_memoCount == _memo.Length)
        {
            var longer = ArrayPool<object?>.Shared.Rent(_memoCount * 2);
            _memo.CopyTo(longer, 0);
            Release();
            _memo = longer;
        }

        _memo[_memoCount++] = value;
    }

    /// <summary>Moves the window, which then begins where somebody may go back to.</summary>
    /// <param name="wanted">How many bytes are wanted from the place on.</param>
    private void Refill(int wanted)
    {
        if (_input.IsWhole)
        {
            return;
        }

        var first = _kept >= 0 ? (int)(_kept - _before) : _position;
        var hasMore = _position - first <= LongestKept && _input.TryMoveOn(first, _position - first + wanted);
        _bytes = _input.Rest.Span;
        if (_input.Position != _before)
        {
            _position -= (int)(_input.Position - _before);
            _before = _input.Position;
        }

        // At the end nothing is moved again: what is there is looked at where it is.
        _refillFrom = hasMore ? Math.Max(_position, _bytes.Length - LongestLook) : int.MaxValue;
    }

    private readonly object? Recall(long index) => index < _memoCount ? _memo[(int)index] : null;
}
