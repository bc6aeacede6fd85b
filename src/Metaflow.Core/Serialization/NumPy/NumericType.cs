using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace Metaflow.Serialization;

/// <summary>The type of the items of a NumPy array (<c>numpy.dtype</c>).</summary>
public sealed class NumericType
{
    /// <summary>The most fields of a record, those of records within it counted too: they may share their bytes, so that the size is no
    /// limit.</summary>
    private const int MostLeaves = 10_000;

    private int _leaves = 1;

    private NumericType(char kind, int itemSize, char byteOrder)
    {
        Kind = kind;
        ItemSize = itemSize;
        ByteOrder = byteOrder;
    }

    /// <summary>Gets the kind as NumPy names it: <c>b</c> bool, <c>i</c> and <c>u</c> integers, <c>f</c> float, <c>c</c> complex,
    /// <c>U</c> text, <c>S</c> bytes, <c>M</c> time, <c>m</c> duration, <c>V</c> record, <c>O</c> object.</summary>
    public char Kind { get; }

    /// <summary>Gets the length of an item in bytes.</summary>
    public int ItemSize { get; private set; }

    /// <summary>Gets the order of bytes: <c>&lt;</c> little-endian, <c>&gt;</c> big-endian, <c>|</c> for items where there is
    /// none.</summary>
    public char ByteOrder { get; private set; }

    /// <summary>Gets the unit of times and durations, such as <c>D</c> or <c>ns</c>; <see langword="null"/> for other kinds.</summary>
    public string? Unit { get; private set; }

    /// <summary>Gets the fields of a record; empty for other kinds.</summary>
    public IReadOnlyList<(string Name, NumericType Type, int Offset)> Fields { get; private set; } = [];

    /// <summary>Gets the type and the shape of a field that is an array itself; <see langword="null"/> for others.</summary>
    internal (NumericType Type, IReadOnlyList<long> Shape)? SubArray { get; private set; }

    /// <summary>Gets the code as NumPy writes it, such as <c>&lt;f8</c> or <c>&lt;M8[D]</c>.</summary>
    public string Code
    {
        get
        {
            var size = Kind switch
            {
                'O' => string.Empty,
                'U' => (ItemSize / 4).ToString(CultureInfo.InvariantCulture),
                _ => ItemSize.ToString(CultureInfo.InvariantCulture),
            };
            return Unit is null ? $"{ByteOrder}{Kind}{size}" : $"{ByteOrder}{Kind}{size}[{Unit}]";
        }
    }

    internal bool IsNativeOrder => ByteOrder is '|' || ByteOrder == (BitConverter.IsLittleEndian ? '<' : '>');

    /// <summary>Returns the type of the items of a .NET array, or <see langword="null"/> when NumPy has none.</summary>
    internal static NumericType? OfElement(Type element)
    {
        if (element.IsEnum)
        {
            return null;
        }

        return Type.GetTypeCode(element) switch
        {
            TypeCode.Boolean => Native('b', 1),
            TypeCode.SByte => Native('i', 1),
            TypeCode.Byte => Native('u', 1),
            TypeCode.Int16 => Native('i', 2),
            TypeCode.UInt16 => Native('u', 2),
            TypeCode.Int32 => Native('i', 4),
            TypeCode.UInt32 => Native('u', 4),
            TypeCode.Int64 => Native('i', 8),
            TypeCode.UInt64 => Native('u', 8),
            TypeCode.Single => Native('f', 4),
            TypeCode.Double => Native('f', 8),
            _ when element == typeof(Half) => Native('f', 2),
            _ when element == typeof(Complex) => Native('c', 16),
            _ => null,
        };
    }

    /// <summary>Reads a code, such as <c>f8</c>, <c>&gt;i4</c>, <c>U2</c> or <c>&lt;M8[D]</c>.</summary>
    internal static NumericType? FromCode(string code)
    {
        var order = BitConverter.IsLittleEndian ? '<' : '>';
        var text = code.AsSpan();
        if (text is ['<' or '>' or '|' or '=', ..])
        {
            order = text[0] == '=' ? order : text[0];
            text = text[1..];
        }

        if (text.IsEmpty || !"biufcUSOMmV".Contains(text[0], StringComparison.Ordinal))
        {
            return null;
        }

        var kind = text[0];
        var bracket = text.IndexOf('[');
        var unit = bracket > 0 && text[^1] == ']' ? text[(bracket + 1)..^1].ToString() : null;
        var digits = bracket > 0 ? text[1..bracket] : text[1..];
        var size = 0;
        if (!digits.IsEmpty && (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out size) || size > 1 << 28))
        {
            return null;
        }

        var itemSize = kind switch { 'U' => size * 4, 'O' => 8, _ => size };
        var type = new NumericType(kind, itemSize, kind is 'O' or 'S' or 'V' || itemSize == 1 ? '|' : order) { Unit = unit };
        return type.IsPlausible() ? type : null;
    }

    /// <summary>Returns the type with the state that Python's pickle sets.</summary>
    /// <returns>Another type, or <see langword="null"/> if the state is not understood.</returns>
    internal NumericType? WithState(PythonTuple state)
    {
        var type = new NumericType(Kind, ItemSize, ByteOrder) { Unit = Unit, Fields = Fields, SubArray = SubArray, _leaves = _leaves };
        return type.TrySetState(state) ? type : null;
    }

    /// <summary>Takes over the state that Python's pickle sets: version, order, sub-array, names, fields, size, alignment, flags,
    /// unit.</summary>
    /// <returns>Whether the state is one that is understood.</returns>
    private bool TrySetState(PythonTuple state)
    {
        if (state.Count < 8 || state[1] is not string { Length: 1 } order)
        {
            return false;
        }

        if (order[0] is '<' or '>' && ByteOrder != '|')
        {
            ByteOrder = order[0];
        }

        if (state[5] is long size and >= 0 and < 1 << 28 && Kind is 'U' or 'S' or 'V')
        {
            ItemSize = (int)(long)state[5]!;
        }

        if (Kind is 'M' or 'm' && state.Count > 8 && state[8] is PythonTuple { Count: 2 } metadata)
        {
            Unit = UnitOf(metadata[1] as PythonTuple);
        }

        return (state[2] is null || TrySetSubArray(state[2])) && (state[3] is null ? IsPlausible() : TrySetFields(state[3], state[4]));
    }

    private bool TrySetSubArray(object? state)
    {
        if (Kind != 'V' || state is not PythonTuple { Count: 2 } parts
            || parts[0] is not NumericType { Kind: not 'O', SubArray: null } type)
        {
            return false;
        }

        // One axis may be given by its length alone.
        object?[] axes = parts[1] is PythonTuple all ? [.. all] : [parts[1]];
        if (!axes.All(static axis => axis is long and >= 0)
            || axes.Aggregate((Int128)type.ItemSize, static (size, axis) => Int128.Min(size * (long)axis!, long.MaxValue)) != ItemSize)
        {
            return false;
        }

        SubArray = (type, [.. axes.Select(static axis => (long)axis!)]);
        return true;
    }

    /// <summary>Reads one item as a plain value.</summary>
    internal object? Read(ReadOnlySpan<byte> item)
    {
        item = InNativeOrder(item);
        return Kind switch
        {
            'b' => item[0] != 0,
            'i' or 'u' => NumericLayout.ReadInteger(item, Kind == 'i'),
            'f' => NumericLayout.ReadFloat(item),
            'c' => new Complex(NumericLayout.ReadFloat(item[..(ItemSize / 2)]), NumericLayout.ReadFloat(item[(ItemSize / 2)..])),
            'U' => NumericLayout.ReadText(item),
            'S' => item.TrimEnd((byte)0).ToArray(),
            'M' or 'm' => NumericTime.Read(BinaryPrimitives.ReadInt64LittleEndian(item), Kind, Unit),
            _ when SubArray is { } array => new NumericArray(array.Type, array.Shape, item.ToArray()),
            _ => Fields.Count == 0 ? item.ToArray() : ReadFields(item),
        };
    }

    /// <summary>Returns an item with its bytes in the order of this machine.</summary>
    internal ReadOnlySpan<byte> InNativeOrder(ReadOnlySpan<byte> item)
        => ByteOrder == '>' == BitConverter.IsLittleEndian && ByteOrder != '|'
            ? NumericLayout.Swapped(item, NumericLayout.UnitSize(this))
            : item;

    private static NumericType Native(char kind, int size) =>
        new(kind, size, size == 1 ? '|' : BitConverter.IsLittleEndian ? '<' : '>');

    private static string? UnitOf(PythonTuple? unit)
    {
        var name = unit is { Count: > 1 }
            ? unit[0] switch { byte[] bytes => PythonText.Decode(bytes), string text => text, _ => null }
            : null;
        return name is not null && unit![1] is long count && count != 1 ? $"{count}{name}" : name;
    }

    private bool IsPlausible() => Kind switch
    {
        'b' => ItemSize == 1,
        'i' or 'u' => ItemSize is 1 or 2 or 4 or 8,
        'f' => ItemSize is 2 or 4 or 8,
        'c' => ItemSize is 8 or 16,
        'M' or 'm' => ItemSize == 8,
        'U' => ItemSize % 4 == 0,
        _ => true,
    };

    private bool TrySetFields(object? names, object? fields)
    {
        if (Kind != 'V' || names is not PythonTuple fieldNames || fields is not Dictionary<object, object?> byName)
        {
            return false;
        }

        var list = new List<(string Name, NumericType Type, int Offset)>();
        var leaves = 0;
        var arrays = 0L;
        foreach (var name in fieldNames)
        {
            if (name is not string text || byName.GetValueOrDefault(text) is not PythonTuple { Count: >= 2 } field
                || field[0] is not NumericType type || (leaves += type._leaves) > MostLeaves || type.Kind == 'O'
                || (arrays += type.SubArray is null ? 0 : type.ItemSize) > ItemSize
                || field[1] is not long offset || offset < 0 || offset + type.ItemSize > ItemSize)
            {
                return false;
            }

            list.Add((text, type, (int)offset));
        }

        Fields = list;
        _leaves = Math.Max(1, leaves);
        return true;
    }

    private Dictionary<object, object?> ReadFields(ReadOnlySpan<byte> item)
    {
        var values = new Dictionary<object, object?>(PythonEquality.Instance);
        foreach (var (name, type, offset) in Fields)
        {
            values[name] = type.Read(item.Slice(offset, type.ItemSize));
        }

        return values;
    }
}
