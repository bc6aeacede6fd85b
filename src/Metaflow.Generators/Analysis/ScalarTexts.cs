using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using System.Xml;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis;

/// <summary>Says which texts are values of one word: numbers, times, identities, paths. The run time has the same rule; a test walks the
/// same texts through both.</summary>
internal static class ScalarTexts
{
    private static readonly Regex Real = new(@"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$", RegexOptions.CultureInvariant);
    private static readonly string[] TimesOfDay = ["HH:mm", "H:mm", "HH:mm:ss", "H:mm:ss", "HH:mm:ss.FFFFFFF"];
    private static readonly string[] Durations = ["c", @"h\:mm", @"hh\:mm", @"h\:mm\:ss"];
    private static readonly BigInteger Two = new(2);

    public static bool IsNumber(ITypeSymbol type)
        => IsReal(type) || RangeOf(type) is not null || ReadableTypes.NameOf(type) == "System.Numerics.BigInteger";

    /// <summary>Returns what a type takes, for a message.</summary>
    public static string Kind(ITypeSymbol type) => ReadableTypes.NameOf(type) switch
    {
        "System.Boolean" => "'true' or 'false'",
        "System.Char" or "System.Text.Rune" => "a single character",
        "System.DateTime" or "System.DateTimeOffset" => "a time like '2026-01-31T12:00:00'",
        "System.DateOnly" => "a date like '2026-01-31'",
        "System.TimeOnly" => "a time of day like '12:30'",
        "System.TimeSpan" => "a duration like '01:30:00'",
        "System.Guid" => "a GUID",
        "System.Version" => "a version like '1.2.3'",
        "System.Uri" => "a URI",
        "System.IO.FileInfo" or "System.IO.DirectoryInfo" => "a path",
        "System.Numerics.BigInteger" => "an integer",
        _ => IsReal(type) ? "a number that it can hold" : "an integer in its range",
    };

    /// <summary>Returns true if a text without spaces around it is a value.</summary>
    public static bool CanBeRead(string text, ITypeSymbol type)
    {
        if (RangeOf(type) is { } range)
        {
            return BigInteger.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
                && number >= range.Least && number <= range.Most;
        }

        return ReadableTypes.NameOf(type) switch
        {
            "System.Numerics.BigInteger" => BigInteger.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _),
            "System.Boolean" =>
                text.ToUpperInvariant() is "TRUE" or "1" or "YES" or "Y" or "T" or "ON" or "FALSE" or "0" or "NO" or "N" or "F" or "OFF",
            "System.Double" => IsNamedReal(text) || Real.IsMatch(text),
            "System.Single" => IsNamedReal(text) || IsWithin(text, static number => Math.Abs((float)number)),
            "System.Half" =>
                IsNamedReal(text) || IsWithin(
                    text,
                    static number => Math.Abs(number) >= 65520 ? double.PositiveInfinity : Math.Abs(number) <= 1 / 33554432.0 ? 0 : number),
            "System.Decimal" => IsDecimal(text),
            "System.Char" => text.Length == 1 && !char.IsSurrogate(text[0]),
            "System.Text.Rune" =>
                text.Length == 2 ? char.IsSurrogatePair(text[0], text[1]) : text.Length == 1 && !char.IsSurrogate(text[0]),
            "System.Guid" => Guid.TryParse(text, out _),
            "System.Version" => Version.TryParse(text, out _),
            "System.Uri" => Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out _),
            "System.IO.FileInfo" or "System.IO.DirectoryInfo" => text.Length > 0 && text.IndexOf('\0') < 0,
            "System.TimeSpan" => IsDuration(text),
            "System.DateTimeOffset" =>
                BeginsWithYear(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _),
            "System.DateTime" =>
                BeginsWithYear(text) && DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out _),
            "System.DateOnly" => DateTime.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
            "System.TimeOnly" =>
                DateTime.TryParseExact(text, TimesOfDay, CultureInfo.InvariantCulture, DateTimeStyles.NoCurrentDateDefault, out _),
            _ => true,
        };
    }

    private static bool IsReal(ITypeSymbol type)
        => type.SpecialType is SpecialType.System_Single or SpecialType.System_Double or SpecialType.System_Decimal
            || ReadableTypes.NameOf(type) == "System.Half";

    private static (BigInteger Least, BigInteger Most)? RangeOf(ITypeSymbol type) => type.SpecialType switch
    {
        SpecialType.System_SByte => Signed(8),
        SpecialType.System_Int16 => Signed(16),
        SpecialType.System_Int32 => Signed(32),
        SpecialType.System_Int64 or SpecialType.System_IntPtr => Signed(64),
        SpecialType.System_Byte => Unsigned(8),
        SpecialType.System_UInt16 => Unsigned(16),
        SpecialType.System_UInt32 => Unsigned(32),
        SpecialType.System_UInt64 or SpecialType.System_UIntPtr => Unsigned(64),
        _ => ReadableTypes.NameOf(type) switch { "System.Int128" => Signed(128), "System.UInt128" => Unsigned(128), _ => null },
    };

    private static (BigInteger Least, BigInteger Most) Signed(int bits)
        => (-BigInteger.Pow(Two, bits - 1), BigInteger.Pow(Two, bits - 1) - 1);

    private static (BigInteger Least, BigInteger Most) Unsigned(int bits) => (BigInteger.Zero, BigInteger.Pow(Two, bits) - 1);

    private static bool IsNamedReal(string text)
        => text.ToUpperInvariant() is "INF" or "+INF" or "-INF" or "INFINITY" or "+INFINITY" or "-INFINITY" or "NAN" or "+NAN" or "-NAN";

    // A number that the type cannot hold is refused rather than made infinite or zero. Editors run this on the older runtime too, which
    // refuses what is beyond a double.
    private static bool IsWithin(string text, Func<double, double> rounded)
        => Real.IsMatch(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && !double.IsInfinity(rounded(number)) && (rounded(number) != 0 || Digits(text).Length == 0);

    private static bool IsDecimal(string text)
        => decimal.TryParse(text, NumberStyles.Float | NumberStyles.AllowTrailingSign, CultureInfo.InvariantCulture, out var number)
            && Digits(text) == Digits(number.ToString(CultureInfo.InvariantCulture));

    private static string Digits(string text)
        => string.Concat(text.Split('e', 'E')[0].Where(static letter => letter is >= '0' and <= '9')).Trim('0');

    private static bool BeginsWithYear(string text)
        => text.Length >= 10 && text[4] == '-' && text[7] == '-' && text.Take(4).All(static letter => letter is >= '0' and <= '9');

    private static bool IsDuration(string text)
    {
        if (text.IndexOf(':') >= 0 && TimeSpan.TryParseExact(text, Durations, CultureInfo.InvariantCulture, out _))
        {
            return true;
        }

        var digits = text.StartsWith("-", StringComparison.Ordinal) ? text.Substring(1) : text;
        if (digits.Length > 2 && digits[0] == 'P' && digits[digits.Length - 1] == 'W'
            && int.TryParse(digits.Substring(1, digits.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var weeks))
        {
            return weeks <= TimeSpan.MaxValue.TotalDays / 7;
        }

        try
        {
            // A year and a month are not of one length.
            var isPeriod = text.IndexOf('P') >= 0 && text.Split('T')[0].IndexOfAny(['Y', 'M']) < 0;
            return isPeriod && XmlConvert.ToTimeSpan(text) is var _;
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            return false;
        }
    }
}
