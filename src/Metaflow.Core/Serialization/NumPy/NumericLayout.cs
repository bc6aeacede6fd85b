using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace Metaflow.Serialization;

/// <summary>Bytes of the items of NumPy arrays.</summary>
internal static class NumericLayout
{
    /// <summary>Returns how many bytes are swapped together when the order of bytes changes.</summary>
    public static int UnitSize(NumericType type) => type.Kind switch
    {
        'U' => 4,
        'c' => type.ItemSize / 2,
        'S' or 'V' or 'O' or 'b' => 1,
        _ => type.ItemSize,
    };

    public static byte[] Swapped(ReadOnlySpan<byte> bytes, int unit)
    {
        var swapped = bytes.ToArray();
        for (var i = 0; i + unit <= swapped.Length && unit > 1; i += unit)
        {
            swapped.AsSpan(i, unit).Reverse();
        }

        return swapped;
    }

    /// <summary>Reads an integer in the machine's order.</summary>
    public static object ReadInteger(ReadOnlySpan<byte> item, bool isSigned) => (item.Length, isSigned) switch
    {
        (1, true) => (long)(sbyte)item[0],
        (1, false) => (long)item[0],
        (2, true) => (long)MemoryMarshal.Read<short>(item),
        (2, false) => (long)MemoryMarshal.Read<ushort>(item),
        (4, true) => (long)MemoryMarshal.Read<int>(item),
        (4, false) => (long)MemoryMarshal.Read<uint>(item),
        (_, true) => MemoryMarshal.Read<long>(item),
        _ => Unsigned(MemoryMarshal.Read<ulong>(item)),
    };

    public static double ReadFloat(ReadOnlySpan<byte> item) => item.Length switch
    {
        2 => (double)MemoryMarshal.Read<Half>(item),
        4 => MemoryMarshal.Read<float>(item),
        _ => MemoryMarshal.Read<double>(item),
    };

    public static string ReadText(ReadOnlySpan<byte> item)
    {
        var text = new StringBuilder(item.Length / 4);
        for (var i = 0; i + 4 <= item.Length; i += 4)
        {
            var code = MemoryMarshal.Read<uint>(item[i..]);
            text.Append(Rune.TryCreate(code, out var rune) ? rune.ToString() : ((char)code).ToString());
        }

        return text.ToString().TrimEnd('\0');
    }

    /// <summary>Returns the items of an array row by row in the machine's order of bytes; without copying where they are so
    /// already.</summary>
    public static ReadOnlyMemory<byte> Normalize(NumericArray array)
    {
        var bytes = array.Data;
        if (array is { IsFortranOrder: true, Shape.Count: > 1, Length: > 0 })
        {
            bytes = RowMajor(array);
        }

        return array.ElementType.IsNativeOrder ? bytes : Swapped(bytes.Span, UnitSize(array.ElementType));
    }

    private static byte[] RowMajor(NumericArray array)
    {
        var size = array.ElementType.ItemSize;
        var source = array.Data.Span;
        var target = new byte[source.Length];
        for (long i = 0; i < array.Length; i++)
        {
            source.Slice((int)(array.Position(i) * size), size).CopyTo(target.AsSpan((int)(i * size)));
        }

        return target;
    }

    private static object Unsigned(ulong value) => value <= long.MaxValue ? (object)(long)value : new BigInteger(value);
}
