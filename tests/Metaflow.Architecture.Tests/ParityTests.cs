using System.Text.RegularExpressions;
using Metaflow.Architecture.Tests.Sources;

namespace Metaflow.Architecture.Tests;

/// <summary>The page that says where each feature of the reference is names files and tests that exist.</summary>
public sealed partial class ParityTests(RepositorySources sources)
{
    private string Page => sources.Files.Single(static file => file.Path == "docs/parity.md").Text;

    [Fact]
    public void Every_file_that_is_named_exists()
    {
        var files = File().Matches(Page).Select(static match => "src/" + match.Groups[1].Value).ToList();
        Assert.True(files.Count > 50, $"only {files.Count} files were found");
        Assert.Empty(files.Except(sources.Files.Select(static file => file.Path)));
    }

    [Fact]
    public void Every_test_that_is_named_exists()
    {
        var tests = sources.Files.Where(static file => file.Path.StartsWith("tests/", StringComparison.Ordinal)).ToList();
        var named = Test().Matches(Page)
            .Select(static match => (Class: match.Groups[1].Value, Method: match.Groups[2].Value)).Distinct().ToList();
        Assert.True(named.Count > 50, $"only {named.Count} tests were found");
        Assert.All(
            named,
            name => Assert.True(tests.Exists(file => Has(file, name.Class, name.Method)), $"there is no test {name.Class}.{name.Method}"));
    }

    [Fact]
    public void A_row_without_a_file_says_why()
        => Assert.All(Row().Matches(Page), static row => Assert.Matches(@"not yet: [a-z]|compiler", row.Value));

    private static bool Has(SourceFile file, string type, string method) => type == "Matrix"
        ? file.Path.Contains("/Matrix/Cases/", StringComparison.Ordinal)
            && file.Text.Contains($"sealed class {method} :", StringComparison.Ordinal)
        : file.Path.EndsWith($"/{type}.cs", StringComparison.Ordinal) && file.Text.Contains($" {method}(", StringComparison.Ordinal);

    [GeneratedRegex(@"`(Metaflow[\w.]*/[\w./]+\.cs)`")]
    private static partial Regex File();

    [GeneratedRegex(@"`(Matrix|\w+Tests)\.(\w+)`")]
    private static partial Regex Test();

    /// <summary>Rows of four columns whose third, the test, is empty.</summary>
    [GeneratedRegex(@"^\|[^|\n]+\|[^|\n]*\|\s*\|[^|\n]*\|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
