using System.Text.RegularExpressions;
using Metaflow.Architecture.Tests.Sources;

namespace Metaflow.Architecture.Tests.Rules;

/// <summary>Texts for readers use the usual words: they name the actor, and say "fix", "as you type" and "Python Metaflow".</summary>
internal static partial class Words
{
    private static readonly string[] TextExtensions = [".md", ".cs"];

    private static readonly string[] Pages = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md"];

    public static IReadOnlyList<string> Check(IEnumerable<SourceFile> files) =>
    [
        .. files.Where(static file => TextExtensions.Contains(Path.GetExtension(file.Path))).SelectMany(static file => Check(file)),
    ];

    private static IEnumerable<string> Check(SourceFile file)
    {
        if (file.Path.StartsWith("tests/", StringComparison.Ordinal))
        {
            var names = TestName().Matches(file.Text).Select(static name => name.Value.Replace('_', ' '));
            return Problems(file.Path, string.Join('\n', names), Unusual());
        }

        var isCode = file.Path.StartsWith("src/", StringComparison.Ordinal);
        var isPage = Pages.Contains(file.Path) || file.Path.StartsWith("docs/", StringComparison.Ordinal)
            || file.Path.StartsWith("samples/", StringComparison.Ordinal);
        var text = LineBreak().Replace(file.Text, " ");
        return isPage ? Problems(file.Path, text, Unusual()).Concat(Problems(file.Path, text, Nameless()))
            : isCode ? Problems(file.Path, text, Unusual()) : [];
    }

    private static IEnumerable<string> Problems(string path, string text, Regex words)
        => words.Matches(text).Select(match => $"{path} says '{match.Value}'.");

    [GeneratedRegex(
        @"\bmend(s|ed|ing)?\b|\bof ours\b|\bas one types\b|\b(is|are|was|were|be|been) told of\b"
            + @"|\b(left|leaves?|leaving)( it| them)? away\b",
        RegexOptions.IgnoreCase)]
    private static partial Regex Unusual();

    // Only who wrote Metaflow for .NET knows which reference is meant.
    [GeneratedRegex(@"\bthe reference\b", RegexOptions.IgnoreCase)]
    private static partial Regex Nameless();

    // A phrase may be broken over two lines of a comment.
    [GeneratedRegex(@"\s*\n\s*(///? ?)?")]
    private static partial Regex LineBreak();

    [GeneratedRegex(@"(?<=\b(void|Task) )[A-Z]\w*_\w+(?=\()")]
    private static partial Regex TestName();
}
