using System.Text.RegularExpressions;

namespace Metaflow.Environments.Requirements;

/// <summary>Reads the marker of a Python requirement (PEP 508), such as <c>sys_platform == 'linux' and python_version &gt; '3.9'</c>, and
/// writes it in the one form that Python's own tools write.</summary>
internal sealed partial class PythonMarker
{
    // The text of a file may not exhaust the stack.
    private const int DeepestNesting = 50;

    private readonly string _text;
    private int _position;
    private int _depth;

    private PythonMarker(string text) => _text = text;

    /// <summary>Returns a marker in its one form.</summary>
    /// <param name="text">The marker, without <c>;</c>.</param>
    /// <param name="marker">The marker in its one form.</param>
    /// <returns><see langword="false"/> if the text is no marker.</returns>
    public static bool TryNormalize(string text, out string marker)
    {
        var reader = new PythonMarker(text);
        var items = reader.ReadItems();
        reader.Take(Blank());
        marker = items is null ? "" : Write(items, isOutermost: true);
        return items is not null && reader._position == text.Length;
    }

    private static string Write(List<object> items, bool isOutermost)
    {
        if (items is [List<object> only])
        {
            return Write(only, isOutermost: true);
        }

        var text = string.Join(' ', items.Select(static item => item is List<object> nested ? Write(nested, isOutermost: false) : item));
        return isOutermost || items.Count == 1 ? text : $"({text})";
    }

    // Comparisons and nested lists, with "and" or "or" between them.
    private List<object>? ReadItems()
    {
        var items = new List<object>();
        do
        {
            if (ReadItem() is not { } item)
            {
                return null;
            }

            items.Add(item);
            Take(Blank());
        }
        while (Take(Junction()) is { } junction && AddTo(items, junction));

        return items;
    }

    private static bool AddTo(List<object> items, string junction)
    {
        items.Add(junction);
        return true;
    }

    private object? ReadItem()
    {
        Take(Blank());
        if (Take(Opening()) is null)
        {
            return ReadComparison();
        }

        if (++_depth > DeepestNesting)
        {
            return null;
        }

        var nested = ReadItems();
        Take(Blank());
        _depth--;
        return Take(Closing()) is null ? null : nested;
    }

    private string? ReadComparison()
    {
        var left = ReadOperand();
        Take(Blank());
        var comparison = Take(Comparison());
        Take(Blank());
        var right = ReadOperand();
        return left is null || comparison is null || right is null
            ? null
            : $"{Extra(left, right)} {Blanks().Replace(comparison, " ")} {Extra(right, left)}";
    }

    private string? ReadOperand() => Take(Variable()) switch
    {
        "python_implementation" or "platform.python_implementation" => "platform_python_implementation",
        { } name => name.Replace('.', '_'),
        null => Take(Quoted()) is { } quoted ? Quote(quoted[1..^1]) : null,
    };

    private static string Quote(string value) => value.Contains('"', StringComparison.Ordinal) ? $"'{value}'" : $"\"{value}\"";

    // The names of extras have one form (PEP 685).
    private static string Extra(string operand, string other)
        => other == "extra" ? Separators().Replace(operand, "-").ToLowerInvariant() : operand;

    private string? Take(Regex pattern)
    {
        var match = pattern.Match(_text, _position);
        if (!match.Success)
        {
            return null;
        }

        _position += match.Length;
        return match.Value;
    }

    [GeneratedRegex(@"\G[ \t]+")]
    private static partial Regex Blank();

    [GeneratedRegex(@"\G\(")]
    private static partial Regex Opening();

    [GeneratedRegex(@"\G\)")]
    private static partial Regex Closing();

    [GeneratedRegex(@"\G\b(?:or|and)\b")]
    private static partial Regex Junction();

    [GeneratedRegex(@"\G(?:\bin\b|\bnot[ \t]+in\b|===|==|~=|!=|<=|>=|<|>)")]
    private static partial Regex Comparison();

    [GeneratedRegex(
        @"\G\b(?:python_version|python_full_version|os[._]name|sys[._]platform|platform_release|platform_system"
        + @"|platform[._](?:version|machine|python_implementation)|python_implementation|implementation_(?:name|version)|extra)\b")]
    private static partial Regex Variable();

    [GeneratedRegex("""\G(?:'[^']*'|"[^"]*")""")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"[ \t]+")]
    private static partial Regex Blanks();

    [GeneratedRegex("[-_.]+")]
    private static partial Regex Separators();
}
