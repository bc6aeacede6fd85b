using System.Text.RegularExpressions;

namespace Metaflow.Packaging.Tests;

/// <summary>The blocks of a page, and what they promise.</summary>
internal static partial class Page
{
    /// <summary>Returns the blocks of code, each with what stands after its first fence.</summary>
    public static IEnumerable<(string Tag, string Text)> BlocksOf(string text)
        => Block().Matches(text).Select(static match => (match.Groups[1].Value, match.Groups[2].Value));

    /// <summary>Returns where the links and pictures of a page lead to.</summary>
    public static IEnumerable<string> LinksOf(string text)
        => Link().Matches(Block().Replace(text, "")).Select(static match => match.Groups[1].Value);

    /// <summary>Says that each line is in the output, where an ellipsis stands for anything. Tasks that run at the same time write in any
    /// order; times, ids and versions are others each time.</summary>
    public static void AssertShows(string output, string text)
    {
        var shown = Number().Replace(output, "0");
        Assert.All(
            text.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.Matches(string.Join(".*", Number().Replace(line, "0").Split('…').Select(Regex.Escape)), shown));
    }

    [GeneratedRegex(@"^```([^\n]*)\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\]\(([^)]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{3})?|(?<=pid )\d+|\d{6,}|\d+(\.\d+){2,}")]
    private static partial Regex Number();
}
