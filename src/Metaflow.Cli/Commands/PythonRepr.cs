using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Metaflow.Cli.Commands;

/// <summary>Shows values as Python's <c>repr</c> does.</summary>
internal static class PythonRepr
{
    private const int DeepestNesting = 64;

    /// <summary>Returns the text of a value.</summary>
    /// <param name="value">Any value; what Python does not know is shown as a call of its type.</param>
    public static string Of(object? value)
    {
        var text = new StringBuilder();
        Append(text, value, 0);
        return text.ToString();
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

    private static void Append(StringBuilder text, object? value, int depth)
    {
        if (depth > DeepestNesting)
        {
            text.Append("...");
            return;
        }

        switch (value)
        {
            case null:
                text.Append("None");
                break;
            case bool flag:
                text.Append(flag ? "True" : "False");
                break;
            case string words:
                AppendText(text, words);
                break;
            case double or float:
                text.Append(Number(Convert.ToDouble(value, CultureInfo.InvariantCulture)));
                break;
            case byte[] bytes:
                AppendBytes(text, bytes);
                break;
            case IDictionary entries:
                AppendEntries(text, entries, depth);
                break;
            case ITuple tuple:
                AppendTuple(text, tuple, depth);
                break;
            case IEnumerable items:
                AppendItems(text, "[", "]", items.Cast<object?>(), depth);
                break;
            default:
                text.Append(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static void AppendEntries(StringBuilder text, IDictionary entries, int depth)
    {
        text.Append('{');
        var separator = "";
        foreach (DictionaryEntry entry in entries)
        {
            text.Append(separator);
            Append(text, entry.Key, depth + 1);
            text.Append(": ");
            Append(text, entry.Value, depth + 1);
            separator = ", ";
        }

        text.Append('}');
    }

    private static void AppendTuple(StringBuilder text, ITuple tuple, int depth)
        => AppendItems(text, "(", tuple.Length == 1 ? ",)" : ")", Enumerable.Range(0, tuple.Length).Select(i => tuple[i]), depth);

    private static void AppendItems(StringBuilder text, string open, string close, IEnumerable<object?> items, int depth)
    {
        text.Append(open);
        var separator = "";
        foreach (var item in items)
        {
            text.Append(separator);
            Append(text, item, depth + 1);
            separator = ", ";
        }

        text.Append(close);
    }

    private static void AppendText(StringBuilder text, string words)
    {
        var quote = words.Contains('\'', StringComparison.Ordinal) && !words.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        text.Append(quote);
        foreach (var letter in words)
        {
            text.Append(letter switch
            {
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ when letter == quote => "\\" + quote,
                < ' ' or (>= '\x7f' and <= '\xa0') => string.Create(CultureInfo.InvariantCulture, $"\\x{(int)letter:x2}"),
                _ => letter.ToString(),
            });
        }

        text.Append(quote);
    }

    private static void AppendBytes(StringBuilder text, byte[] bytes)
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
}
