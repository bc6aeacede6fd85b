using System.Buffers;
using System.Buffers.Binary;

namespace Metaflow.Serialization;

/// <summary>A place in a pickle that is read straight into typed values, without a stack of plain ones.</summary>
/// <remarks>Of the memo it keeps texts and classes only. Whatever else is met, such as a shared list, a class or a damaged byte, is left to
/// <see cref="PickleMachine"/>, which reads the whole pickle again.</remarks>
internal ref partial struct PickleCursor
{
    private readonly ReadOnlySpan<byte> _bytes;
    private object?[] _memo;
    private int _memoCount;
    private int _position;
    private long _rewound;

    /// <summary>Initializes a new instance of the <see cref="PickleCursor"/> struct.</summary>
    /// <param name="bytes">The pickle.</param>
    public PickleCursor(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
        _memo = ArrayPool<object?>.Shared.Rent(Math.Clamp(bytes.Length / 32, 64, 1 << 20));
        Values = new object?[64];
    }

    /// <summary>Gets or sets how many containers are open.</summary>
    public int Depth { get; set; }

    /// <summary>Gets or sets the members of the records that are open, each behind those of the one around it.</summary>
    public object?[] Values { get; set; }

    /// <summary>Gets or sets how many of <see cref="Values"/> are in use.</summary>
    public int ValueCount { get; set; }

    public readonly int Position => _position;

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

    public readonly (int Position, int MemoCount) Mark() => (_position, _memoCount);

    /// <summary>Goes back to where one item was looked for.</summary>
    /// <returns><see langword="false"/> when so much was read twice that the pickle must be made to waste time.</returns>
    public bool TryRewind((int Position, int MemoCount) mark)
    {
        _rewound += _position - mark.Position;
        (_position, _memoCount) = mark;
        return _rewound <= _bytes.Length;
    }

    /// <summary>Guesses how many items a whole pickle has after some were read.</summary>
    public readonly int Expect(int read, int start) =>
        (int)Math.Min(_bytes.Length, read + (read * (long)(_bytes.Length - _position) / Math.Max(1, _position - start)));

    /// <summary>Takes a text or a reference to one.</summary>
    public bool TryText(out string? text)
    {
        text = null;
        switch (Peek())
        {
            case PickleOpcode.ShortUnicode when _position + 1 < _bytes.Length:
                return TryText(_position + 2, _bytes[_position + 1], out text);
            case PickleOpcode.BinaryUnicode when _position + 4 < _bytes.Length:
                return TryText(_position + 5, BinaryPrimitives.ReadUInt32LittleEndian(_bytes[(_position + 1)..]), out text);
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

    private bool TryText(int start, long length, out string? text)
    {
        text = length <= _bytes.Length - start ? PythonText.Decode(_bytes.Slice(start, (int)length)) : null;
        if (text is null)
        {
            return false;
        }

        _position = start + (int)length;
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

    private readonly object? Recall(long index) => index < _memoCount ? _memo[(int)index] : null;
}
