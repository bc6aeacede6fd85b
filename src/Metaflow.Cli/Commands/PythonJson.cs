using System.Globalization;
using System.Text;

namespace Metaflow.Cli.Commands;

/// <summary>Writes plain data as Python's <c>json.dumps(data, indent=4)</c> does, so that scripts can compare texts.</summary>
internal static class PythonJson
{
    private const int IndentWidth = 4;

    // A depth that stays below zero stands for no breaks at all.
    private const int OneLine = int.MinValue;

    /// <summary>Writes data on one line.</summary>
    /// <param name="data">Texts, numbers, booleans, <see langword="null"/>, lists and dictionaries of them.</param>
    /// <returns>The text, in ASCII.</returns>
    public static string WriteLine(object? data)
    {
        var text = new StringBuilder();
        Append(text, data, OneLine);
        return text.ToString();
    }

    /// <summary>Writes data.</summary>
    /// <param name="data">Texts, numbers, booleans, <see langword="null"/>, lists and dictionaries of them.</param>
    /// <returns>The text, in ASCII.</returns>
    public static string Write(object? data)
    {
        var text = new StringBuilder();
        Append(text, data, 0);
        return text.ToString();
    }

    private static void Append(StringBuilder text, object? data, int depth)
    {
        switch (data)
        {
            case null:
                text.Append("null");
                break;
            case bool flag:
                text.Append(flag ? "true" : "false");
                break;
            case string words:
                AppendText(text, words);
                break;
            case double number:
                text.Append(PythonScalarRepr.Number(number).Replace("inf", "Infinity", StringComparison.Ordinal).Replace(
                    "nan", "NaN", StringComparison.Ordinal));
                break;
            case IReadOnlyDictionary<string, object?> entries:
                AppendEntries(text, entries, depth);
                break;
            case IEnumerable<object?> items:
                AppendBlock(text, '[', ']', depth, items, item => Append(text, item, depth + 1));
                break;
            default:
                text.Append(Convert.ToString(data, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static void AppendEntries(StringBuilder text, IReadOnlyDictionary<string, object?> entries, int depth)
        => AppendBlock(text, '{', '}', depth, entries, entry =>
        {
            AppendText(text, entry.Key);
            text.Append(": ");
            Append(text, entry.Value, depth + 1);
        });

    private static void AppendBlock<T>(StringBuilder text, char open, char close, int depth, IEnumerable<T> items, Action<T> append)
    {
        text.Append(open);
        var isFirst = true;
        foreach (var item in items)
        {
            text.Append(isFirst ? "" : ",");
            Break(text, depth + 1, isFirst ? "" : " ");
            append(item);
            isFirst = false;
        }

        if (!isFirst)
        {
            Break(text, depth, "");
        }

        text.Append(close);
    }

    private static void Break(StringBuilder text, int depth, string otherwise)
    {
        if (depth < 0)
        {
            text.Append(otherwise);
        }
        else
        {
            text.Append('\n').Append(' ', depth * IndentWidth);
        }
    }

    private static void AppendText(StringBuilder text, string words)
    {
        text.Append('"');
        foreach (var letter in words)
        {
            text.Append(letter switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                < ' ' or > '~' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"),
                _ => letter.ToString(),
            });
        }

        text.Append('"');
    }
}
