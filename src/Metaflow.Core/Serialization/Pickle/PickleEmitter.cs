using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text.Unicode;

namespace Metaflow.Serialization;

/// <summary>Writes the opcodes of protocol 4 as CPython's pickler does, with its memo.</summary>
/// <remarks>The memo is by identity. Names of modules and classes have a memo of their own: in CPython they are objects apart from the
/// texts of the value, while in .NET a literal may be the same reference.</remarks>
internal sealed class PickleEmitter
{
    // Encoded where it ends up, without counting first.
    private const int LongestEncodedAtOnce = 1024;

    // Later ones are written without a place in the memo, which would become larger than the texts, here and for every reader.
    private const int MostTextsInMemo = 1 << 20;

    // Where fewer of the first texts occurred before, later ones are not even looked for: that costs more than writing them.
    private const int FewestRepeated = MostTextsInMemo / 64;
    private readonly PickleOutput _output = new();
    private readonly IdentityMemo _memo = new();
    private readonly Dictionary<string, int> _modules = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _classes = new(StringComparer.Ordinal);

    // One more than the index of a class in the memo; 0 where it was not written yet.
    private readonly int[] _common = new int[(int)CommonClass.TimeZone + 1];
    private int _repeatedTexts;

    public void Boundary() => _output.Boundary();

    public void Opcode(byte opcode) => _output.Byte(opcode);

    public ReadOnlySequence<byte> Finish()
    {
        _memo.Release();
        return _output.Finish();
    }

    /// <summary>Gives the object on top of the stack the next index of the memo.</summary>
    public void Memoize(object? identity = null)
    {
        _output.Byte(PickleOpcode.Memoize);
        if (identity is null)
        {
            _memo.AddNameless();
        }
        else
        {
            _memo.Add(identity);
        }
    }

    public bool IsMemoized(object identity) => _memo.TryGet(identity, out _);

    /// <summary>Makes room in the memo for texts that follow.</summary>
    public void Expect(int count) => _memo.Expect(Math.Clamp(MostTextsInMemo - _memo.Count, 0, count));

    /// <summary>Writes a reference to an object that was written before.</summary>
    public bool TryReference(object identity)
    {
        if (!_memo.TryGet(identity, out var index))
        {
            return false;
        }

        Reference(index);
        return true;
    }

    public void Int(long value)
    {
        switch (value)
        {
            case >= 0 and <= byte.MaxValue:
                _output.Byte(PickleOpcode.UInt8);
                _output.Byte((byte)value);
                break;
            case >= 0 and <= ushort.MaxValue:
                _output.Byte(PickleOpcode.UInt16);
                BinaryPrimitives.WriteUInt16LittleEndian(_output.Reserve(2), (ushort)value);
                break;
            case >= int.MinValue and <= int.MaxValue:
                _output.Byte(PickleOpcode.Int32);
                BinaryPrimitives.WriteInt32LittleEndian(_output.Reserve(4), (int)value);
                break;
            default:
                BigInt(value);
                break;
        }
    }

    public void Int(BigInteger value)
    {
        if (value >= long.MinValue && value <= long.MaxValue)
        {
            Int((long)value);
        }
        else
        {
            BigInt(value);
        }
    }

    public void Float(double value)
    {
        var bytes = _output.Reserve(9);
        bytes[0] = PickleOpcode.Float;
        BinaryPrimitives.WriteDoubleBigEndian(bytes[1..], value);
    }

    public void Text(string value)
    {
        _output.Boundary();
        if (_memo.Count >= MostTextsInMemo)
        {
            LaterText(value);
        }
        else if (_memo.TryAdd(value, out var index))
        {
            FreshText(value);
        }
        else
        {
            _repeatedTexts++;
            Reference(index);
        }
    }

    /// <summary>Writes a text that is known to occur nowhere else in the value.</summary>
    public void UniqueText(string value)
    {
        _output.Boundary();
        var isMemoized = _memo.Count < MostTextsInMemo;
        if (isMemoized)
        {
            _memo.AddNameless();
        }

        FreshText(value, isMemoized);
    }

    /// <summary>Writes bytes that may lie in several parts, none of which is copied when they are many.</summary>
    public void Bytes(object? identity, IReadOnlyList<ReadOnlyMemory<byte>> parts, long length)
    {
        _output.Boundary();
        Span<byte> header = stackalloc byte[9];
        header = Header(header, length, PickleOpcode.ShortBytes, PickleOpcode.Bytes, PickleOpcode.Bytes8);
        _output.Payload(header, parts, length);
        Memoize(identity);
    }

    /// <summary>Writes a few bytes, which nothing refers to later.</summary>
    public void ShortBytes(ReadOnlySpan<byte> bytes)
    {
        _output.Boundary();
        var room = _output.Reserve(bytes.Length + 2);
        room[0] = PickleOpcode.ShortBytes;
        room[1] = (byte)bytes.Length;
        bytes.CopyTo(room[2..]);
        Memoize();
    }

    /// <summary>Writes a short text of ASCII, which nothing refers to later.</summary>
    public void ShortText(ReadOnlySpan<byte> text)
    {
        _output.Boundary();
        var room = _output.Reserve(text.Length + 2);
        room[0] = PickleOpcode.ShortUnicode;
        room[1] = (byte)text.Length;
        text.CopyTo(room[2..]);
        Memoize();
    }

    /// <summary>Writes a class that large tables call for each value.</summary>
    public void Global(CommonClass type)
    {
        ref var known = ref _common[(int)type];
        if (known > 0)
        {
            _output.Boundary();
            Reference(known - 1);
            return;
        }

        var (module, name) = type switch
        {
            CommonClass.Decimal => ("decimal", "Decimal"),
            CommonClass.DateTime => ("datetime", "datetime"),
            CommonClass.Date => ("datetime", "date"),
            CommonClass.Time => ("datetime", "time"),
            CommonClass.TimeZone => ("datetime", "timezone"),
            _ => ("datetime", "timedelta"),
        };
        known = Global(module, name) + 1;
    }

    /// <summary>Writes a class or function by its names.</summary>
    /// <returns>Its index in the memo.</returns>
    public int Global(string module, string name)
    {
        _output.Boundary();
        var qualifiedName = $"{module}\n{name}";
        if (_classes.TryGetValue(qualifiedName, out var index))
        {
            Reference(index);
            return index;
        }

        if (_modules.TryGetValue(module, out var moduleIndex))
        {
            Reference(moduleIndex);
        }
        else
        {
            _modules[module] = _memo.Count;
            _memo.AddNameless();
            FreshText(module);
        }

        _output.Boundary();
        _memo.AddNameless();
        FreshText(name);
        _output.Byte(PickleOpcode.StackGlobal);
        _classes[qualifiedName] = index = _memo.Count;
        Memoize();
        return index;
    }

    /// <summary>Closes a tuple whose items, at most three, lie on the stack.</summary>
    public void SmallTuple(int count)
    {
        _output.Byte(count switch
        {
            0 => PickleOpcode.EmptyTuple,
            1 => PickleOpcode.Tuple1,
            2 => PickleOpcode.Tuple2,
            _ => PickleOpcode.Tuple3,
        });
        if (count > 0)
        {
            Memoize();
        }
    }

    private static Span<byte> Header(Span<byte> header, long length, byte shortest, byte common, byte longest)
    {
        if (length <= byte.MaxValue)
        {
            header[0] = shortest;
            header[1] = (byte)length;
            return header[..2];
        }

        if (length <= uint.MaxValue)
        {
            header[0] = common;
            BinaryPrimitives.WriteUInt32LittleEndian(header[1..], (uint)length);
            return header[..5];
        }

        header[0] = longest;
        BinaryPrimitives.WriteInt64LittleEndian(header[1..], length);
        return header[..9];
    }

    private void Reference(int index)
    {
        if (index <= byte.MaxValue)
        {
            _output.Byte(PickleOpcode.Get);
            _output.Byte((byte)index);
        }
        else
        {
            _output.Byte(PickleOpcode.LongGet);
            BinaryPrimitives.WriteInt32LittleEndian(_output.Reserve(4), index);
        }
    }

    private void LaterText(string value)
    {
        if (_repeatedTexts >= FewestRepeated && _memo.TryGet(value, out var index))
        {
            Reference(index);
        }
        else
        {
            FreshText(value, isMemoized: false);
        }
    }

    private void FreshText(string value, bool isMemoized = true)
    {
        if (value.Length > LongestEncodedAtOnce || !TryEncodeAtOnce(value, isMemoized))
        {
            LongText(value, isMemoized);
        }
    }

    private bool TryEncodeAtOnce(string value, bool isMemoized)
    {
        // How many bytes the length takes is known before the text is encoded, except where few characters may be many bytes.
        var start = value.Length <= byte.MaxValue ? 2 : 5;
        var room = _output.Peek(start + (value.Length * PythonText.MostBytesOfCharacter) + 1);
        if (Utf8.FromUtf16(value, room[start..], out _, out var length, replaceInvalidSequences: false) != OperationStatus.Done
            || (start == 2 && length > byte.MaxValue))
        {
            return false;
        }

        _ = Header(room, length, PickleOpcode.ShortUnicode, PickleOpcode.BinaryUnicode, PickleOpcode.Unicode8);
        room[start + length] = PickleOpcode.Memoize;
        _output.Advance(start + length + (isMemoized ? 1 : 0));
        return true;
    }

    private void LongText(string value, bool isMemoized)
    {
        var length = PythonText.CountBytes(value);
        Span<byte> header = stackalloc byte[9];
        header = Header(header, length, PickleOpcode.ShortUnicode, PickleOpcode.BinaryUnicode, PickleOpcode.Unicode8);
        if (length < PickleOutput.FrameTarget)
        {
            header.CopyTo(_output.Reserve(header.Length));
            PythonText.Encode(value, _output.Reserve((int)length));
        }
        else
        {
            _output.BeginPayload(header);
            PythonText.Encode(value, _output.Add);
        }

        if (isMemoized)
        {
            _output.Byte(PickleOpcode.Memoize);
        }
    }

    private void BigInt(BigInteger value)
    {
        var length = value.GetByteCount();
        if (length <= byte.MaxValue)
        {
            _output.Byte(PickleOpcode.Long1);
            _output.Byte((byte)length);
        }
        else
        {
            _output.Byte(PickleOpcode.Long4);
            BinaryPrimitives.WriteInt32LittleEndian(_output.Reserve(4), length);
        }

        value.TryWriteBytes(_output.Reserve(length), out _);
    }
}

/// <summary>The classes of Python that the values of large tables are calls of.</summary>
internal enum CommonClass
{
    /// <summary><c>decimal.Decimal</c>.</summary>
    Decimal,

    /// <summary><c>datetime.datetime</c>.</summary>
    DateTime,

    /// <summary><c>datetime.date</c>.</summary>
    Date,

    /// <summary><c>datetime.time</c>.</summary>
    Time,

    /// <summary><c>datetime.timedelta</c>.</summary>
    TimeDelta,

    /// <summary><c>datetime.timezone</c>; the last one.</summary>
    TimeZone,
}
