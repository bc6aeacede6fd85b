using System.Text.RegularExpressions;
using Metaflow.Architecture.Tests.Sources;
using Microsoft.CodeAnalysis;

namespace Metaflow.Architecture.Tests.Rules;

/// <summary>Lines of code, scripts and documentation end where <c>max_line_length</c> of <c>.editorconfig</c> says.</summary>
internal static partial class Columns
{
    public const int Most = 140;

    private static readonly string[] ProjectFiles = [".csproj", ".props", ".targets"];

    public static IReadOnlyList<string> Check(IEnumerable<SourceFile> files) =>
    [
        .. files.Where(static file => IsChecked(file.Path))
            .SelectMany(static file => LongLines(file).Select(line => $"{file.Path}:{line} is longer than {Most} columns.")),
    ];

    private static bool IsChecked(string path)
        => Path.GetExtension(path) is ".cs" or ".md" or ".sh" or ".editorconfig" || ProjectFiles.Contains(Path.GetExtension(path))
            || path.StartsWith(".ci/", StringComparison.Ordinal);

    private static IEnumerable<int> LongLines(SourceFile file)
    {
        var lines = file.Text.Split('\n');
        var tooLong = Enumerable.Range(1, lines.Length).Where(line => lines[line - 1].Length > Most).ToList();
        return tooLong.Count == 0 ? [] : tooLong.Except(WithoutABreak(file, lines));
    }

    // What cannot be broken is told by its kind: it would be another text, another row or another value.
    private static IEnumerable<int> WithoutABreak(SourceFile file, string[] lines)
        => Path.GetExtension(file.Path) switch
        {
            ".cs" => WithinTexts(file),
            ".md" => Matching(lines, RowOrWord()),
            var extension when ProjectFiles.Contains(extension) => Matching(lines, PropertyValue()),
            _ => [],
        };

    private static IEnumerable<int> Matching(string[] lines, Regex kind)
        => Enumerable.Range(1, lines.Length).Where(line => kind.IsMatch(lines[line - 1]));

    /// <summary>Returns the lines of a text in several lines, without the one that it begins on.</summary>
    private static IEnumerable<int> WithinTexts(SourceFile file)
        => from token in file.Parse().GetRoot().DescendantTokens()
           let lines = token.GetLocation().GetLineSpan()
           from line in Enumerable.Range(lines.StartLinePosition.Line + 2, lines.EndLinePosition.Line - lines.StartLinePosition.Line)
           select line;

    // A row of a table, a link's definition, or a single word such as an address.
    [GeneratedRegex(@"^\s*(\||\[[^\]]+\]:|\S+$)")]
    private static partial Regex RowOrWord();

    [GeneratedRegex(@"^\s*<(\w+)[^>]*>.*</\1>$")]
    private static partial Regex PropertyValue();
}
