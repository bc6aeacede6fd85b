using System.Globalization;
using System.Numerics;
using System.Text;

namespace Metaflow.Cli.Commands;

/// <summary>Shows single values as Python's <c>repr</c> does.</summary>
internal static class PythonScalarRepr
{
    /// <summary>The longest integer that Python writes out: 4,300 digits.</summary>
    private const int MostBits = 14_284;

    /// <summary>Returns the text of a value that is neither a text, a float nor a container.</summary>
    public static string Of(object value)
    {
        var culture = CultureInfo.InvariantCulture;
        return value switch
        {
            DateTime time => string.Create(
                culture, $"datetime.datetime({time.Year}, {time.Month}, {time.Day}, {TimeParts(TimeOnly.FromDateTime(time))})"),
            DateTimeOffset time => string.Create(
                culture,
                $"datetime.datetime({time.Year}, {time.Month}, {time.Day}, {TimeParts(TimeOnly.FromTimeSpan(time.TimeOfDay))}, "
                    + $"tzinfo={Zone(time.Offset)})"),
            DateOnly date => string.Create(culture, $"datetime.date({date.Year}, {date.Month}, {date.Day})"),
            TimeOnly time => $"datetime.time({TimeParts(time)})",
            TimeSpan span => string.Create(culture, $"datetime.timedelta({SpanParts(span)})"),
            decimal number => string.Create(culture, $"Decimal('{number}')"),
            Guid id => $"UUID('{id}')",
            Complex number => ComplexText(number),

            // Its digits would take the square of their number to be found: Python refuses to write them.
            BigInteger number when number.GetBitLength() > MostBits =>
                (number.Sign < 0 ? "-0x" : "0x") + BigInteger.Abs(number).ToString("x", culture),
            _ => Convert.ToString(value, culture) ?? "",
        };
    }

    /// <summary>Returns the shortest text of a number that reads back as the same, as Python writes it.</summary>
    public static string Number(double number)
    {
        if (!double.IsFinite(number))
        {
            return double.IsNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
        }

        // Python changes to an exponent at 1e16 and below 1e-4; .NET a little elsewhere.
        var magnitude = Math.Abs(number);
        if (magnitude is not 0 and (>= 1e16 or < 1e-4))
        {
            var shortest = number.ToString("E16", CultureInfo.InvariantCulture);
            for (var digits = 0; digits < 17; digits++)
            {
                shortest = number.ToString("E" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
                if (double.Parse(shortest, CultureInfo.InvariantCulture).Equals(number))
                {
                    break;
                }
            }

            var parts = shortest.Split('E');
            var exponent = int.Parse(parts[1], CultureInfo.InvariantCulture);
            return string.Create(CultureInfo.InvariantCulture, $"{parts[0]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        }

        var text = number.ToString("0.0################", CultureInfo.InvariantCulture);
        return double.Parse(text, CultureInfo.InvariantCulture).Equals(number) ? text : number.ToString("R", CultureInfo.InvariantCulture);
    }

    /// <summary>Appends a text in quotes.</summary>
    public static void AppendText(StringBuilder text, string words)
    {
        var quote = words.Contains('\'', StringComparison.Ordinal) && !words.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        text.Append(quote);
        for (var i = 0; i < words.Length; i++)
        {
            var letter = words[i];
            if (char.IsSurrogatePair(words, i) && IsPrintable(words, i))
            {
                text.Append(letter).Append(words[++i]);
                continue;
            }

            text.Append(letter switch
            {
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ when letter == quote => "\\" + quote,
                _ when char.IsSurrogatePair(words, i) =>
                    string.Create(CultureInfo.InvariantCulture, $"\\U{char.ConvertToUtf32(letter, words[++i]):x8}"),
                _ when IsPrintable(words, i) => letter.ToString(),
                <= '\xff' => string.Create(CultureInfo.InvariantCulture, $"\\x{(int)letter:x2}"),
                _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"),
            });
        }

        text.Append(quote);
    }

    // What Python's str.isprintable says: no control, no separator but the blank, no half of a pair.
    private static bool IsPrintable(string words, int at) => words[at] == ' ' || CharUnicodeInfo.GetUnicodeCategory(words, at) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);

    /// <summary>Appends bytes.</summary>
    public static void AppendBytes(StringBuilder text, byte[] bytes)
    {
        text.Append("b'");
        foreach (var item in bytes)
        {
            text.Append(item switch
            {
                (byte)'\\' => "\\\\",
                (byte)'\'' => "\\'",
                (byte)'\n' => "\\n",
                (byte)'\r' => "\\r",
                (byte)'\t' => "\\t",
                < 0x20 or > 0x7e => string.Create(CultureInfo.InvariantCulture, $"\\x{item:x2}"),
                _ => ((char)item).ToString(),
            });
        }

        text.Append('\'');
    }

    private static string TimeParts(TimeOnly time)
    {
        var microseconds = (int)(time.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond);
        var parts = string.Create(CultureInfo.InvariantCulture, $"{time.Hour}, {time.Minute}");
        return (time.Second, microseconds) switch
        {
            (0, 0) => parts,
            (_, 0) => string.Create(CultureInfo.InvariantCulture, $"{parts}, {time.Second}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{parts}, {time.Second}, {microseconds}"),
        };
    }

    // Python keeps a negative span as negative days and a positive rest.
    private static string SpanParts(TimeSpan span)
    {
        var (days, rest) = Math.DivRem(span.Ticks, TimeSpan.TicksPerDay);
        if (rest < 0)
        {
            (days, rest) = (days - 1, rest + TimeSpan.TicksPerDay);
        }

        var (seconds, ticks) = Math.DivRem(rest, TimeSpan.TicksPerSecond);
        var microseconds = ticks / TimeSpan.TicksPerMicrosecond;
        (string Name, long Count)[] parts = [("days", days), ("seconds", seconds), ("microseconds", microseconds)];
        var shown = parts.Where(static part => part.Count != 0)
            .Select(static part => string.Create(CultureInfo.InvariantCulture, $"{part.Name}={part.Count}"));
        return string.Join(", ", shown) is { Length: > 0 } text ? text : "0";
    }

    private static string Zone(TimeSpan offset)
        => offset == TimeSpan.Zero ? "datetime.timezone.utc" : $"datetime.timezone(datetime.timedelta({SpanParts(offset)}))";

    private static string ComplexText(Complex number)
    {
        var imaginary = Short(number.Imaginary);
        return number.Real == 0 ? $"{imaginary}j" : $"({Short(number.Real)}{(imaginary.StartsWith('-') ? "" : "+")}{imaginary}j)";
    }

    private static string Short(double number)
        => Number(number) is var text && text.EndsWith(".0", StringComparison.Ordinal) ? text[..^2] : text;
}
