using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace Metaflow.Serialization;

/// <summary>Writes the opcodes of protocol 4 as CPython's pickler does, with its memo.</summary>
/// <remarks>The memo is by identity. Names of modules and classes have a memo of their own: in CPython they are objects apart from the
/// texts of the value, while in .NET a literal may be the same reference.</remarks>
internal sealed class PickleEmitter
{
    private readonly PickleOutput _output = new();
    private readonly Dictionary<object, int> _memo = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, int> _modules = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _classes = new(StringComparer.Ordinal);
    private int _memoCount;

    public void Boundary() => _output.Boundary();

    public void Opcode(byte opcode) => _output.Byte(opcode);

    public ReadOnlySequence<byte> Finish() => _output.Finish();

    /// <summary>Gives the object on top of the stack the next index of the memo.</summary>
    public void Memoize(object? identity = null)
    {
        _output.Byte(PickleOpcode.Memoize);
        if (identity is not null)
        {
            _memo[identity] = _memoCount;
        }

        _memoCount++;
    }

    public bool IsMemoized(object identity) => _memo.ContainsKey(identity);

    /// <summary>Writes a reference to an object that was written before.</summary>
    public bool TryReference(object identity)
    {
        if (!_memo.TryGetValue(identity, out var index))
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
        _output.Byte(PickleOpcode.Float);
        BinaryPrimitives.WriteDoubleBigEndian(_output.Reserve(8), value);
    }

    public void Text(string value)
    {
        _output.Boundary();
        if (!TryReference(value))
        {
            FreshText(value);
            _memo[value] = _memoCount - 1;
        }
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

    /// <summary>Writes a class or function by its names.</summary>
    public void Global(string module, string name)
    {
        _output.Boundary();
        var qualifiedName = $"{module}\n{name}";
        if (_classes.TryGetValue(qualifiedName, out var index))
        {
            Reference(index);
            return;
        }

        if (_modules.TryGetValue(module, out var moduleIndex))
        {
            Reference(moduleIndex);
        }
        else
        {
            _modules[module] = _memoCount;
            FreshText(module);
        }

        _output.Boundary();
        FreshText(name);
        _output.Byte(PickleOpcode.StackGlobal);
        _classes[qualifiedName] = _memoCount;
        Memoize();
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

    private void FreshText(string value)
    {
        var length = PythonText.CountBytes(value);
        Span<byte> header = stackalloc byte[9];
        header = Header(header, length, PickleOpcode.ShortUnicode, PickleOpcode.BinaryUnicode, PickleOpcode.Unicode8);
        if (length < PickleOutput.FrameTarget)
        {
            header.CopyTo(_output.Reserve(header.Length));
            PythonText.Encode(value, _output.Reserve(length));
        }
        else
        {
            var bytes = new byte[length];
            PythonText.Encode(value, bytes);
            _output.Payload(header, [bytes], length);
        }

        Memoize();
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
