using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Metaflow.Serialization;

/// <content>Numbers, texts and bytes.</content>
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
                Push(PythonLiteral.Unescape(ReadLine(), rawUnicode: true) ?? throw Malformed("a text has a wrong escape"));
                return true;
            case PickleOpcode.StringText:
                Push(PythonLiteral.Unquote(ReadLine()) ?? throw Malformed("a text is not quoted"));
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

    private string Text(long length) => PythonText.Decode(Take(length)) ?? throw Malformed("a text is no UTF-8");

    private string ReadLine()
    {
        var length = payload.Span[_position..].IndexOf((byte)'\n');
        if (length < 0)
        {
            throw Malformed("a line has no end");
        }

        var line = Encoding.Latin1.GetString(Take(length));
        _position++;
        return line.TrimEnd('\r');
    }

    private object Number(string digits)
    {
        if (digits.Length > LongestNumber || !BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
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
}
