using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Metaflow.Serialization;

/// <content>Values: numbers, texts and bytes; classes, their instances and calls.</content>
internal sealed partial class PickleMachine
{
    // Parsing takes the square of the length; Python refuses longer ones too.
    private const int LongestNumber = 10_000;

    private bool TryScalar(byte opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.None:
                Push(null);
                return true;
            case PickleOpcode.True or PickleOpcode.False:
                Push(opcode == PickleOpcode.True);
                return true;
            case PickleOpcode.UInt8:
                Push((long)ReadByte());
                return true;
            case PickleOpcode.UInt16:
                Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)));
                return true;
            case PickleOpcode.Int32:
                Push((long)ReadInt32());
                return true;
            case PickleOpcode.Long1:
                Push(Integer(Take(ReadByte())));
                return true;
            case PickleOpcode.Long4:
                Push(Integer(Take(ReadInt32())));
                return true;
            case PickleOpcode.Float:
                Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8)));
                return true;
            case PickleOpcode.ShortUnicode:
                Push(Text(ReadByte()));
                return true;
            case PickleOpcode.BinaryUnicode:
                Push(Text(ReadUInt32()));
                return true;
            case PickleOpcode.Unicode8:
                Push(Text(ReadLength8()));
                return true;
            default:
                return TryBytes(opcode);
        }
    }

    private bool TryBytes(byte opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.ShortBytes:
                Push(Take(ReadByte()).ToArray());
                return true;
            case PickleOpcode.Bytes:
                Push(Bytes(ReadUInt32()));
                return true;
            case PickleOpcode.Bytes8 or PickleOpcode.ByteArray8:
                Push(Bytes(ReadLength8()));
                return true;
            case PickleOpcode.ShortBinaryString:
                Push(Encoding.Latin1.GetString(Take(ReadByte())));
                return true;
            case PickleOpcode.BinaryString:
                Push(Encoding.Latin1.GetString(Take(ReadInt32())));
                return true;
            default:
                return false;
        }
    }

    /// <summary>Reads the opcodes of protocol 0, whose arguments are lines of text.</summary>
    private bool TryText(byte opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.IntText:
                Push(ReadLine() switch { "00" => false, "01" => true, var digits => Number(digits) });
                return true;
            case PickleOpcode.LongText:
                Push(Number(ReadLine().TrimEnd('L')));
                return true;
            case PickleOpcode.FloatText:
                Push(Float(ReadLine()));
                return true;
            case PickleOpcode.UnicodeText:
                Push(PythonLiteral.Unescape(ReadLine(), rawUnicode: true) ?? throw Malformed("a string has a wrong escape"));
                return true;
            case PickleOpcode.StringText:
                Push(PythonLiteral.Unquote(ReadLine()) ?? throw Malformed("a string is not quoted"));
                return true;
            default:
                return false;
        }
    }

    private static object Integer(ReadOnlySpan<byte> bytes) =>
        bytes.Length <= 8 ? LittleInteger(bytes) : PythonNumber.Smallest(new BigInteger(bytes));

    internal static long LittleInteger(ReadOnlySpan<byte> bytes)
    {
        var value = bytes.IsEmpty || bytes[^1] < 0x80 ? 0L : -1L;
        for (var i = bytes.Length - 1; i >= 0; i--)
        {
            value = (value << 8) | bytes[i];
        }

        return value;
    }

    private string Text(long length)
    {
        if (!input.IsWhole && length > LongText.Shortest)
        {
            Require(length);
            return LongText.Read(input, length) ?? throw Malformed("a string is not UTF-8, or is cut off");
        }

        return ShortText(length);
    }

    private string ShortText(long length) => PythonText.Decode(Take(length)) ?? throw Malformed("a string is not UTF-8");

    private string ReadLine()
    {
        var length = input.IndexOf((byte)'\n');
        if (length < 0)
        {
            throw Malformed("a line has no end");
        }

        var line = Encoding.Latin1.GetString(Take(length));
        Take(1);
        return line.TrimEnd('\r');
    }

    private object Number(string digits)
    {
        if (digits.Length > LongestNumber
            || !BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            throw Malformed("a number is not written as one");
        }

        return PythonNumber.Smallest(value);
    }

    private double Float(string text) => text switch
    {
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        "nan" => double.NaN,
        _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) => value,
        _ => throw Malformed("a number is not written as one"),
    };

    private bool TryConstruct(byte opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Global:
                var module = ReadLine();
                Push(PythonTypes.Class(module, ReadLine()));
                return true;
            case PickleOpcode.StackGlobal:
                var name = Pop() as string;
                Push(Pop() is string text && name is not null ? PythonTypes.Class(text, name) : throw Malformed("a class has no name"));
                return true;
            case PickleOpcode.Reduce:
                var arguments = PopTuple();
                Push(Call(Pop(), arguments));
                return true;
            case PickleOpcode.NewObject:
                var newArguments = PopTuple();
                Push(PythonTypes.New(PopClass(), newArguments));
                return true;
            case PickleOpcode.NewObjectWithKeywords:
                var keywords = Pop();
                var all = PopTuple();
                var type = PopClass();
                Push(keywords is Dictionary<object, object?> { Count: > 0 }
                    ? PythonTypes.New(type, new PythonTuple([.. all, keywords]))
                    : PythonTypes.New(type, all));
                return true;
            case PickleOpcode.Build:
                var state = Pop();
                Build(Top(), MayView && Top() is not NumericArray ? WithoutViews(state) : state);
                return true;
            case PickleOpcode.Instance:
                var instanceModule = ReadLine();
                Push(Call(PythonTypes.Class(instanceModule, ReadLine()), new PythonTuple(PopToMark())));
                return true;
            case PickleOpcode.Object:
                var parts = PopToMark();
                Push(parts is [PythonClass called, ..]
                    ? Call(called, new PythonTuple(parts[1..]))
                    : throw Malformed("an instance has no class"));
                return true;
            default:
                return false;
        }
    }

    private PythonTuple PopTuple() => Pop() as PythonTuple ?? throw Malformed("arguments are not a tuple");

    private PythonClass PopClass() => Pop() as PythonClass ?? throw Malformed("an instance has no class");

    private object? Call(object? callable, PythonTuple arguments) => callable switch
    {
        PythonClass type when PythonTypes.TryCall(type, arguments, out var value) => value,
        PythonClass type => new PythonObject(type.Module, type.Name, arguments, isCall: true),
        PythonObject function => new PythonObject(function.Module, function.Name, [function, .. arguments], isCall: true),
        _ => throw Malformed("something is called that is not a class"),
    };

    private void Build(object? target, object? state)
    {
        switch (target)
        {
            case NumericArray array:
                BuildArray(array, state);
                break;
            case NumericType type:
                // A type of its own: the one that was made may be known under other names in the pickle, with another state.
                Replace(
                    type,
                    (state is PythonTuple typeState ? type.WithState(typeState) : null)
                        ?? (object)new PythonObject("numpy", "dtype", [type.Code], state, isCall: true));
                break;
            case PythonObject instance:
                instance.State = state;
                if (PythonTypes.TryFinish(instance, out var finished))
                {
                    Replace(instance, finished);
                }

                break;
            case List<object?> or Dictionary<object, object?> or HashSet<object?>:
                // Attributes of a subclass that is read as the plain collection it is.
                break;
            default:
                throw Malformed("a state is set on something that has no state");
        }
    }

    private void BuildArray(NumericArray array, object? state)
    {
        if (state is not PythonTuple { Count: 4 or 5 } parts)
        {
            throw Malformed("an array has no content");
        }

        var skip = parts.Count - 4;
        if (parts[skip + 1] is not NumericType type)
        {
            // A type of items that is not known here, such as a sub-array: kept as it is.
            Replace(array, new PythonObject("numpy", "ndarray", [new PythonTuple(0L)], WithoutViews(state)));
            return;
        }

        var isFortranOrder = parts[skip + 2] is true or 1L;
        if (!NumericShape.TryFill(array, type, parts[skip], isFortranOrder, parts[skip + 3]))
        {
            throw Malformed("an array's content does not fit its shape");
        }
    }
}
