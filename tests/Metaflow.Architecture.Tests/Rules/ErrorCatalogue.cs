using System.Text.RegularExpressions;
using Metaflow.Architecture.Tests.Sources;

namespace Metaflow.Architecture.Tests.Rules;

/// <summary>Every error code has one meaning, a page, a use and a test.</summary>
internal static partial class ErrorCatalogue
{
    private const string PageFolder = "docs/errors/";

    public static IReadOnlyList<string> Check(IReadOnlyList<SourceFile> files)
    {
        var codes = files.Where(IsCatalogue).SelectMany(static file => Constant().Matches(file.Text))
            .Select(static match => (Name: match.Groups["name"].Value, Code: match.Groups["code"].Value)).ToList();
        var pages = files.Where(static file => file.Path.StartsWith(PageFolder + "MF", StringComparison.Ordinal))
            .ToDictionary(static file => Path.GetFileNameWithoutExtension(file.Path), StringComparer.Ordinal);
        var uses = WordsOf(files.Where(static file => IsCodeBelow(file, "src/") && !IsCatalogue(file)));
        var tests = WordsOf(files.Where(static file => IsCodeBelow(file, "tests/")
            && !file.Path.Contains(".Architecture.Tests/", StringComparison.Ordinal)));

        var problems = new List<string>();
        problems.AddRange(codes.GroupBy(static code => code.Code)
            .Where(static group => group.Select(static code => code.Name).Distinct().Count() > 1)
            .Select(static group => $"{group.Key} stands for {string.Join(" and ", group.Select(static code => code.Name))}."));
        problems.AddRange(files.Where(static file => IsCodeBelow(file, "src/")).SelectMany(static file => Constant().Matches(file.Text))
            .GroupBy(static match => match.Groups["code"].Value).Where(static group => group.Skip(1).Any())
            .Select(static group => $"{group.Key} is defined {group.Count()} times."));
        problems.AddRange(codes.Where(code => !uses.Contains(code.Name) && !uses.Contains(code.Code))
            .Select(static code => $"{code.Code} ({code.Name}) is not used."));
        problems.AddRange(codes.Where(code => !tests.Contains(code.Name) && !tests.Contains(code.Code))
            .Select(static code => $"{code.Code} ({code.Name}) has no test that names it."));
        problems.AddRange(codes.Where(code => !pages.ContainsKey(code.Code))
            .Select(static code => $"{code.Code} ({code.Name}) has no page."));
        problems.AddRange(pages.Keys.Except(codes.Select(static code => code.Code))
            .Select(static code => $"{PageFolder}{code}.md is about no code."));
        problems.AddRange(pages.Where(static page => !page.Value.Text.StartsWith($"# {page.Key}: ", StringComparison.Ordinal))
            .Select(static page => $"{page.Value.Path} does not begin with '# {page.Key}: '."));
        return problems;
    }

    private static bool IsCodeBelow(SourceFile file, string folder)
        => file.Path.StartsWith(folder, StringComparison.Ordinal) && file.Path.EndsWith(".cs", StringComparison.Ordinal);

    private static bool IsCatalogue(SourceFile file)
    {
        var name = Path.GetFileName(file.Path);
        return IsCodeBelow(file, "src/")
            && (name.StartsWith("ErrorCodes.", StringComparison.Ordinal) || name.StartsWith("RuleCodes.", StringComparison.Ordinal));
    }

    private static HashSet<string> WordsOf(IEnumerable<SourceFile> files)
        => files.SelectMany(static file => Word().Matches(file.Text)).Select(static match => match.Value)
            .ToHashSet(StringComparer.Ordinal);

    [GeneratedRegex("""const string (?<name>\w+) = "(?<code>MF\d{4})";""")]
    private static partial Regex Constant();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();
}
