using System.Globalization;
using System.Numerics;
using System.Text;
using System.Xml;

namespace Metaflow.Definition;

/// <summary>Reads and writes values that are one word: numbers, times, identities, paths. The culture is always the invariant
/// one.</summary>
internal static class ScalarText
{
    private const string Integer = "a valid integer";
    private const string Number = "a valid number";

    private static readonly Dictionary<Type, Scalar> Table = new()
    {
        [typeof(sbyte)] = Bounded<sbyte>(),
        [typeof(byte)] = Bounded<byte>(),
        [typeof(short)] = Bounded<short>(),
        [typeof(ushort)] = Bounded<ushort>(),
        [typeof(int)] = Bounded<int>(),
        [typeof(uint)] = Bounded<uint>(),
        [typeof(long)] = Bounded<long>(),
        [typeof(ulong)] = Bounded<ulong>(),
        [typeof(nint)] = Bounded<nint>(),
        [typeof(nuint)] = Bounded<nuint>(),
        [typeof(Int128)] = Bounded<Int128>(),
        [typeof(UInt128)] = Bounded<UInt128>(),
        [typeof(BigInteger)] = Whole<BigInteger>(),
        [typeof(Half)] = Real(Half.PositiveInfinity, Half.NegativeInfinity, refusesBeyond: true),
        [typeof(float)] = Real(float.PositiveInfinity, float.NegativeInfinity, refusesBeyond: true),
        [typeof(double)] = Real(double.PositiveInfinity, double.NegativeInfinity, refusesBeyond: false),
        [typeof(decimal)] = new(
            "number", Number, static text => ReadDecimal(text), static value => ((decimal)value).ToString(CultureInfo.InvariantCulture))
        {
            WhyNot = static text => WhyNoDecimal(text),
        },
        [typeof(bool)] = new(
            "bool", "a valid boolean (true or false)", static text => ReadBoolean(text), static value => (bool)value ? "true" : "false"),
        [typeof(char)] = new(
            "char", "a single character", static text => text.Length == 1 && !char.IsSurrogate(text[0]) ? text[0] : null,
            static value => value.ToString()!, KeepsSpace: true),
        [typeof(Rune)] = new(
            "char", "a single character", static text => ReadRune(text), static value => value.ToString()!, KeepsSpace: true),
        [typeof(Guid)] = new(
            "guid", "a valid GUID", static text => Guid.TryParse(text, out var id) ? id : null, static value => value.ToString()!),
        [typeof(Version)] = new(
            "version",
            "a valid version (for example 1.2.3)",
            static text => Version.TryParse(text, out var version) ? version : null,
            static value => value.ToString()!),
        [typeof(Uri)] = new(
            "uri",
            "a valid URI",
            static text => Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out var uri) ? uri : null,
            static value => ((Uri)value).OriginalString),
        [typeof(FileInfo)] = new(
            "path", "a path", static text => IsPath(text) ? new FileInfo(text) : null, static value => value.ToString()!),
        [typeof(DirectoryInfo)] = new(
            "path", "a path", static text => IsPath(text) ? new DirectoryInfo(text) : null, static value => value.ToString()!),
        [typeof(DateTime)] = new(
            "time",
            "a valid time (for example 2026-01-31T12:00:00)",
            static text => ReadDateTime(text),
            static value => ((DateTime)value).ToString("O", CultureInfo.InvariantCulture)),
        [typeof(DateTimeOffset)] = new(
            "time", "a valid time (for example 2026-01-31T12:00:00+01:00)", static text => ReadDateTimeOffset(text),
            static value => ((DateTimeOffset)value).ToString("O", CultureInfo.InvariantCulture)),
        [typeof(DateOnly)] = new(
            "date",
            "a valid date (for example 2026-01-31)",
            static text => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
                ? date
                : null,
            static value => ((DateOnly)value).ToString("O", CultureInfo.InvariantCulture)),
        [typeof(TimeOnly)] = new(
            "time",
            "a valid time of day (for example 12:30)",
            static text => TimeOnly.TryParseExact(text, TimesOfDay, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
                ? time
                : null,
            static value => ((TimeOnly)value).ToString("O", CultureInfo.InvariantCulture)),
        [typeof(TimeSpan)] = new(
            "duration",
            "a valid duration (for example 01:30:00 or PT1H30M)",
            static text => ReadTimeSpan(text),
            static value => ((TimeSpan)value).ToString("c", CultureInfo.InvariantCulture))
        {
            WhyNot = static text => WhyNoDuration(text),
        },
    };

    private static string[] TimesOfDay { get; } = ["HH:mm", "H:mm", "HH:mm:ss", "H:mm:ss", "HH:mm:ss.FFFFFFF"];

    /// <summary>Returns true if values of a type are one word.</summary>
    public static bool Knows(Type type) => type.IsEnum || Table.ContainsKey(type);

    /// <summary>Returns true if values of a type are whole numbers.</summary>
    public static bool IsInteger(Type type) => Table.TryGetValue(type, out var scalar) && scalar.Expected == Integer;

    /// <summary>Returns true if values of a type are numbers with a fraction.</summary>
    public static bool IsReal(Type type) => Table.TryGetValue(type, out var scalar) && scalar.Expected == Number;

    /// <summary>Returns what a value of a type looks like, for a message: <c>a valid integer</c>.</summary>
    public static string Expected(Type type) => type.IsEnum ? EnumText.Expected(type) : Table[type].Expected;

    /// <summary>Returns what a value of a type looks like, for a message about an invalid text: of a number that the type cannot
    /// hold, what it can hold; of a duration, what it lacks.</summary>
    public static string ExpectedFor(Type type, string text)
        => !type.IsEnum && Table[type].WhyNot?.Invoke(text.Trim()) is { } better ? better : Expected(type);

    /// <summary>Returns the word that help shows for a type, such as <c>number</c>.</summary>
    public static string Word(Type type) => Table[type].Word;

    /// <summary>Reads a value, or returns <see langword="null"/>.</summary>
    public static object? Read(Type type, string text)
    {
        if (type.IsEnum)
        {
            return EnumText.Read(type, text.Trim());
        }

        var scalar = Table[type];
        return scalar.Read(scalar.KeepsSpace && text.Length == 1 ? text : text.Trim());
    }

    /// <summary>Writes a value as the text that <see cref="Read"/> takes.</summary>
    public static string Write(object value) => value is Enum member ? member.ToString() : Table[value.GetType()].Write(value);

    private static Scalar Bounded<T>()
        where T : struct, INumber<T>, IMinMaxValue<T>
        => Whole<T>() with
        {
            WhyNot = static text => BigInteger.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _)
                ? string.Create(CultureInfo.InvariantCulture, $"a whole number from {T.MinValue} to {T.MaxValue}") : null,
        };

    private static Scalar Whole<T>()
        where T : struct, INumber<T>
        => new(
            "integer",
            Integer,
            static text => T.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null,
            static value => ((T)value).ToString(null, CultureInfo.InvariantCulture));

    // What a double makes of a number beyond it is what Python makes of it. The others exist only in .NET, and a number that they cannot
    // hold is a mistake.
    private static Scalar Real<T>(T infinity, T negative, bool refusesBeyond)
        where T : struct, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T>
        => new(
            "number",
            Number,
            text => text.ToUpperInvariant() switch
            {
                "INF" or "+INF" or "+INFINITY" => infinity,
                "-INF" => negative,
                _ =>
                    T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                        && !(refusesBeyond && IsBeyond(text, number)) ? number : null,
            },
            value => ((T)value).ToString("R", CultureInfo.InvariantCulture))
        {
            WhyNot = static text => !T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? null
                : T.IsZero(number)
                ? string.Create(CultureInfo.InvariantCulture, $"a number that differs from 0: the smallest one is {T.Epsilon}")
                : string.Create(CultureInfo.InvariantCulture, $"a number from {T.MinValue} to {T.MaxValue}"),
        };

    private static bool IsBeyond<T>(string text, T number)
        where T : struct, INumber<T>
        => (T.IsInfinity(number) && text.Any(char.IsAsciiDigit)) || (T.IsZero(number) && Digits(text.Split('e', 'E')[0]).Length > 0);

    // Of more digits than the type holds the runtime would round in silence.
    private static decimal? ReadDecimal(string text)
    {
        if (!decimal.TryParse(text, NumberStyles.Float | NumberStyles.AllowTrailingSign, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        return Digits(text.Split('e', 'E')[0]) == Digits(number.ToString(CultureInfo.InvariantCulture)) ? number : null;
    }

    private static string? WhyNoDecimal(string text)
        => !double.TryParse(text, NumberStyles.Float | NumberStyles.AllowTrailingSign, CultureInfo.InvariantCulture, out var number)
            || double.IsNaN(number)
            ? null
            : Math.Abs(number) >= (double)decimal.MaxValue
                ? string.Create(CultureInfo.InvariantCulture, $"a number from {decimal.MinValue} to {decimal.MaxValue}")
                : "a number of at most 28 digits, at most 28 of them after the point";

    /// <summary>Returns the digits that count, without the zeros at both ends.</summary>
    private static string Digits(string text) => string.Concat(text.Where(char.IsAsciiDigit)).Trim('0');

    private static bool? ReadBoolean(string text) => text.ToUpperInvariant() switch
    {
        "TRUE" or "1" or "YES" or "Y" or "T" or "ON" => true,
        "FALSE" or "0" or "NO" or "N" or "F" or "OFF" => false,
        _ => null,
    };

    private static Rune? ReadRune(string text)
        => Rune.TryGetRuneAt(text.Length == 0 ? "\ud800" : text, 0, out var rune) && rune.Utf16SequenceLength == text.Length ? rune : null;

    private static bool IsPath(string text) => text.Length > 0 && !text.Contains('\0', StringComparison.Ordinal);

    // Only texts that begin with the year are read: others are guesses about day, month and today.
    private static bool BeginsWithYear(string text)
        => text.Length >= 10 && text[4] == '-' && text[7] == '-' && text.AsSpan(0, 4).IndexOfAnyExceptInRange('0', '9') < 0;

    private static DateTime? ReadDateTime(string text)
        => BeginsWithYear(text) && DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time)
            ? time
            : null;

    private static DateTimeOffset? ReadDateTimeOffset(string text)
        => BeginsWithYear(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;

    // '90' would be ninety days to the runtime, and seconds to most users.
    private static TimeSpan? ReadTimeSpan(string text)
    {
        if (text.Contains(':', StringComparison.Ordinal)
            && TimeSpan.TryParseExact(text, ["c", @"h\:mm", @"hh\:mm", @"h\:mm\:ss"], CultureInfo.InvariantCulture, out var span))
        {
            return span;
        }

        try
        {
            if (Weeks(text) is { } weeks)
            {
                return TimeSpan.FromDays(checked(7 * weeks));
            }

            // A year and a month are not of one length: 365 and 30 days would be guesses.
            var hasPeriod = text.Split('T')[0].AsSpan().ContainsAny('Y', 'M');
            return text.Contains('P', StringComparison.Ordinal) && !hasPeriod ? XmlConvert.ToTimeSpan(text) : null;
        }
        catch (Exception exception) when (exception is FormatException or OverflowException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private static string? WhyNoDuration(string text) => text switch
    {
        _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) =>
            "a duration: it has no unit (write 00:01:30, PT90S or P90D)",
        _ when text.Contains('P', StringComparison.Ordinal) && text.Split('T')[0].AsSpan().ContainsAny('Y', 'M') =>
            "a duration: years and months have no fixed length (write days, for example P30D)",
        _ => null,
    };

    private static int? Weeks(string text)
    {
        var isNegative = text.StartsWith('-');
        var digits = text.AsSpan(isNegative ? 1 : 0);
        return digits is ['P', _, .., 'W'] && int.TryParse(digits[1..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var weeks)
            ? isNegative ? -weeks : weeks
            : null;
    }

    private sealed record Scalar(
        string Word, string Expected, Func<string, object?> Read, Func<object, string> Write, bool KeepsSpace = false)
    {
        /// <summary>Gets what says more of a text that is not a value, such as the range of a number that is too large; it returns
        /// <see langword="null"/> where there is no more to say. Only a message needs it.</summary>
        public Func<string, string?>? WhyNot { get; init; }
    }
}
