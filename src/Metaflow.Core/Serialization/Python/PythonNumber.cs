using System.Numerics;

namespace Metaflow.Serialization;

/// <summary>Numbers of Python as .NET's, never with a loss.</summary>
internal static class PythonNumber
{
    /// <summary>Returns a <see cref="long"/> where the value fits one, else the value.</summary>
    public static object Smallest(BigInteger value)
    {
        object number = value;
        if (value >= long.MinValue && value <= long.MaxValue)
        {
            number = (long)value;
        }

        return number;
    }

    /// <summary>Converts a plain number into a numeric type.</summary>
    /// <returns>The number, or <see langword="null"/> when the type does not hold it exactly.</returns>
    public static object? Convert(object value, Type type) => value switch
    {
        bool flag => type == typeof(bool) ? flag : null,
        long number => FromInteger(number, type),
        BigInteger number => FromBig(number, type),
        double number => FromFloat(number, type),
        decimal number => type == typeof(decimal) ? number : null,
        Complex number => type == typeof(Complex) ? number : null,
        _ => null,
    };

    private static object? FromInteger(long value, Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Int64 => value,
        TypeCode.Int32 => value is >= int.MinValue and <= int.MaxValue ? (int)value : null,
        TypeCode.Byte => value is >= byte.MinValue and <= byte.MaxValue ? (byte)value : null,
        TypeCode.SByte => value is >= sbyte.MinValue and <= sbyte.MaxValue ? (sbyte)value : null,
        TypeCode.Int16 => value is >= short.MinValue and <= short.MaxValue ? (short)value : null,
        TypeCode.UInt16 => value is >= ushort.MinValue and <= ushort.MaxValue ? (ushort)value : null,
        TypeCode.UInt32 => value is >= uint.MinValue and <= uint.MaxValue ? (uint)value : null,
        TypeCode.UInt64 => value >= 0 ? (ulong)value : null,
        TypeCode.Decimal => (decimal)value,
        _ => FromBig(value, type),
    };

    private static object? FromBig(BigInteger value, Type type)
    {
        if (type == typeof(BigInteger))
        {
            return value;
        }

        if (type == typeof(ulong))
        {
            return value >= ulong.MinValue && value <= ulong.MaxValue ? (ulong)value : null;
        }

        if (type == typeof(nint))
        {
            return value >= nint.MinValue && value <= nint.MaxValue ? (nint)(long)value : null;
        }

        if (type == typeof(nuint))
        {
            return value.Sign >= 0 && value <= nuint.MaxValue ? (nuint)(ulong)value : null;
        }

        if (type == typeof(Int128))
        {
            return value >= (BigInteger)Int128.MinValue && value <= (BigInteger)Int128.MaxValue ? (Int128)value : null;
        }

        if (type == typeof(UInt128))
        {
            return value.Sign >= 0 && value <= (BigInteger)UInt128.MaxValue ? (UInt128)value : null;
        }

        if (type == typeof(decimal))
        {
            return value >= (BigInteger)decimal.MinValue && value <= (BigInteger)decimal.MaxValue ? (decimal)value : null;
        }

        var number = (double)value;
        return double.IsFinite(number) && (BigInteger)number == value ? FromFloat(number, type) : null;
    }

    private static object? FromFloat(double value, Type type)
    {
        if (type == typeof(double))
        {
            return value;
        }

        if (type == typeof(float))
        {
            return (float)value == value || double.IsNaN(value) ? (float)value : null;
        }

        if (type == typeof(Half))
        {
            return (double)(Half)value == value || double.IsNaN(value) ? (Half)value : null;
        }

        return type == typeof(Complex) ? new Complex(value, 0) : null;
    }
}
