using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Metaflow.Serialization;

/// <summary>Decimals of Python as decimals of .NET, where these hold them exactly.</summary>
internal static class PythonDecimal
{
    private const int MostDigits = 29;
    private const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
    private static readonly SearchValues<byte> CommonLetters = SearchValues.Create("-.0123456789"u8);

    /// <summary>Parses the text of a Python decimal.</summary>
    /// <param name="text">The text in UTF-8.</param>
    /// <returns>A <see cref="decimal"/> of the same value and places, or <see langword="null"/>.</returns>
    public static object? Parse(ReadOnlySpan<byte> text)
    {
        // .NET rounds longer ones, and its zeros may lose their sign.
        var isCommon = text.Length < MostDigits && !text.ContainsAnyExcept(CommonLetters);
        return isCommon && decimal.TryParse(text, Style, CultureInfo.InvariantCulture, out var number) && number != 0
            ? number
            : Parse(Encoding.UTF8.GetString(text));
    }

    /// <summary>Parses the text of a Python decimal.</summary>
    /// <returns>A <see cref="decimal"/> of the same value and places, or <see langword="null"/>.</returns>
    public static object? Parse(string text)
    {
        var (digits, exponent) = SplitExponent(text);
        var point = digits.IndexOf('.', StringComparison.Ordinal);
        var places = point < 0 ? 0 : digits.Length - point - 1;
        var isNegative = digits.StartsWith('-');
        var figures = digits.Replace(".", string.Empty, StringComparison.Ordinal).TrimStart('-', '+').TrimStart('0');
        var scale = places - exponent;
        if (exponent is < -100 or > 100 || scale is > 28 or < -MostDigits || figures.Length > MostDigits
            || !BigInteger.TryParse("0" + figures, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return null;
        }

        value = scale < 0 ? value * BigInteger.Pow(10, -scale) : value;
        Span<byte> bytes = stackalloc byte[12];
        bytes.Clear();
        return value.TryWriteBytes(bytes, out _, isUnsigned: true)
            ? new decimal(
                BitConverter.ToInt32(bytes), BitConverter.ToInt32(bytes[4..]), BitConverter.ToInt32(bytes[8..]), isNegative,
                (byte)Math.Max(scale, 0))
            : null;
    }

    private static (string Digits, int Exponent) SplitExponent(string text)
    {
        var mark = text.IndexOfAny(['e', 'E']);
        if (mark < 0)
        {
            return (text, 0);
        }

        var isNumber = int.TryParse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent);
        return (text[..mark], isNumber ? exponent : int.MaxValue);
    }
}
