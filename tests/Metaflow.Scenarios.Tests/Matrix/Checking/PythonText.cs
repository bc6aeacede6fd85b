using System.Collections;
using System.Globalization;
using Metaflow.Serialization;

namespace Metaflow.Scenarios.Tests.Matrix.Checking;

/// <summary>A value as Python shows it: the one form in which both checkers compare. Written anew, so that the product does not prove
/// itself.</summary>
internal static class PythonText
{
    public static string Of(object? value) => value switch
    {
        null => "None",
        bool flag => flag ? "True" : "False",
        string text => Quote(text),
        byte[] bytes =>
            "b'" + string.Concat(bytes.Select(static one => one is >= 32 and < 127 ? ((char)one).ToString() : $"\\x{one:x2}")) + "'",
        double number => number.ToString(number == Math.Truncate(number) ? "0.0" : "R", CultureInfo.InvariantCulture),
        IDictionary entries => "{" + string.Join(", ", entries.Keys.Cast<object>().Select(key => $"{Of(key)}: {Of(entries[key])}")) + "}",
        PythonTuple tuple => "(" + string.Join(", ", tuple.Select(Of)) + ")",
        PythonObject instance =>
            instance.Name + "(" + string.Join(", ", instance.Fields.Select(static field => $"{field.Key}={Of(field.Value)}")) + ")",
        IEnumerable items => "[" + string.Join(", ", items.Cast<object?>().Select(Of)) + "]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Quote(string text)
    {
        var quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quote + (quote == '\'' ? escaped.Replace("'", "\\'", StringComparison.Ordinal) : escaped) + quote;
    }
}
