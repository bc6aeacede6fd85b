using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace Metaflow.Serialization;

/// <content>Values without parts: numbers, texts, times.</content>
internal sealed partial class ValueWriter
{
    private bool TryWriteScalar(object value)
    {
        switch (value)
        {
            case byte or sbyte or short or ushort or uint:
                _emitter.Int(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                return true;
            case nint number:
                _emitter.Int((long)number);
                return true;
            case nuint number:
                _emitter.Int(new BigInteger((ulong)number));
                return true;
            case Rune letter:
                _emitter.Text(letter.ToString());
                return true;
            case ulong number:
                _emitter.Int(new BigInteger(number));
                return true;
            case BigInteger number:
                _emitter.Int(number);
                return true;
            case Int128 number:
                _emitter.Int((BigInteger)number);
                return true;
            case UInt128 number:
                _emitter.Int((BigInteger)number);
                return true;
            case float number:
                _emitter.Float(number);
                return true;
            case Half number:
                _emitter.Float((double)number);
                return true;
            case char letter:
                _emitter.Text(letter.ToString());
                return true;
            case Enum member:
                _emitter.Text(NameOf(member));
                return true;
            default:
                return TryWriteObject(value);
        }
    }

    /// <summary>Keeps the names that were written: the runtime may drop its own between two uses, and a text that is another object is
    /// written again rather than referred to, so that equal values would have different bytes.</summary>
    private string NameOf(Enum member)
    {
        if (!_memberNames.TryGetValue(member, out var name))
        {
            _memberNames.Add(member, name = member.ToString());
        }

        return name;
    }

    private bool TryWriteObject(object value)
    {
        switch (value)
        {
            case decimal number:
                WriteDecimal(number);
                return true;
            case Complex number:
                WriteCall("builtins", "complex", number.Real, number.Imaginary);
                return true;
            case Guid id:
                WriteGuid(id);
                return true;
            case DateOnly date:
                WriteDate(date);
                return true;
            case DateTime time:
                WriteTime(time);
                return true;
            case DateTimeOffset time:
                WriteTime(time.DateTime, time.Offset);
                return true;
            case TimeOnly time:
                WriteTimeOfDay(time);
                return true;
            case TimeSpan span:
                WriteSpan(span);
                return true;
            case JsonElement element:
                WriteJson(element, null);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Writes a class called with arguments.</summary>
    private void WriteCall(string module, string name, params object?[] arguments)
    {
        _emitter.Global(module, name);
        WriteTuple(arguments, null);
        _emitter.Opcode(PickleOpcode.Reduce);
        _emitter.Memoize();
    }

    private void WriteGuid(Guid id)
    {
        _emitter.Global("uuid", "UUID");
        _emitter.Opcode(PickleOpcode.EmptyTuple);
        _emitter.Opcode(PickleOpcode.NewObject);
        _emitter.Memoize();
        _emitter.Opcode(PickleOpcode.EmptyDict);
        _emitter.Memoize();
        _emitter.Text("int");
        _emitter.Int(new BigInteger(id.ToByteArray(bigEndian: true), isUnsigned: true, isBigEndian: true));
        _emitter.Opcode(PickleOpcode.SetItem);
        _emitter.Opcode(PickleOpcode.Build);
    }
}
