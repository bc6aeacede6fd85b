using System.Text.RegularExpressions;
using Metaflow.Architecture.Tests.Sources;

namespace Metaflow.Architecture.Tests.Rules;

/// <summary>Links between pages lead to files of the repository, and to headings that these have.</summary>
internal static partial class Links
{
    public static IReadOnlyList<string> Check(IReadOnlyList<SourceFile> files)
    {
        // Those of templates have places for what a new project fills in.
        var pages = files.Where(static file => file.Path.EndsWith(".md", StringComparison.Ordinal)
            && !file.Path.StartsWith("templates/", StringComparison.Ordinal)).ToList();
        var anchors = pages.ToDictionary(static page => page.Path, AnchorsOf);
        var paths = files.Select(static file => file.Path).ToHashSet(StringComparer.Ordinal);
        var folders = paths.SelectMany(FoldersOf).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. from page in pages
               from target in TargetsOf(page)
               let problem = ProblemOf(page.Path, target, path => paths.Contains(path) || folders.Contains(path), anchors)
               where problem is not null
               select $"{page.Path} links to '{target}': {problem}.",
        ];
    }

    private static string? ProblemOf(
        string page, string target, Func<string, bool> exists, Dictionary<string, IReadOnlyCollection<string>> anchors)
    {
        var parts = target.Split('#');
        var path = parts[0].Length == 0 ? page : Resolve(page, parts[0]);
        return !exists(path) ? "there is no such file"
            : parts.Length > 1 && !anchors.GetValueOrDefault(path, []).Contains(parts[1]) ? "there is no such heading"
            : null;
    }

    private static string Resolve(string page, string target)
    {
        var path = Path.GetFullPath(Path.Combine("/", Path.GetDirectoryName(page)!, target));
        return Path.GetRelativePath("/", path).Replace('\\', '/').TrimEnd('/');
    }

    private static IEnumerable<string> FoldersOf(string path)
    {
        for (var folder = Path.GetDirectoryName(path); !string.IsNullOrEmpty(folder); folder = Path.GetDirectoryName(folder))
        {
            yield return folder.Replace('\\', '/');
        }
    }

    private static IEnumerable<string> TargetsOf(SourceFile page)
        => Link().Matches(Code().Replace(page.Text, "")).Select(static match => match.Groups[1].Value)
            .Where(static target => !target.Contains("://", StringComparison.Ordinal));

    /// <summary>Returns the anchors of a page's headings, as sites make them: lower case, without signs, with hyphens for spaces.</summary>
    private static IReadOnlyCollection<string> AnchorsOf(SourceFile page)
        => Heading().Matches(Fence().Replace(page.Text, ""))
            .Select(static match => Sign().Replace(match.Groups[1].Value.ToLowerInvariant(), "").Replace(' ', '-'))
            .ToHashSet(StringComparer.Ordinal);

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^```.*?^```|`[^`\n]*`", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Code();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^#{1,6} (.+?)\s*$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Sign();
}
