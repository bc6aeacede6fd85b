using Metaflow.Architecture.Tests.Rules;
using Metaflow.Architecture.Tests.Sources;

namespace Metaflow.Architecture.Tests;

public sealed class ColumnTests(RepositorySources sources)
{
    private static readonly string Words = string.Concat(Enumerable.Repeat("word ", Columns.Most / 5)).TrimEnd();

    [Fact]
    public void Lines_end_before_column_140() => Problems.AssertNone(Columns.Check(sources.Files));

    [Fact]
    public void The_editors_are_told_the_same_number()
        => Assert.Contains(
            $"max_line_length = {Columns.Most}\n",
            sources.Files.Single(static file => file.Path == ".editorconfig").Text,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("A.cs", "// ")]
    [InlineData("A.cs", "var text = \"\"\"")]
    [InlineData("A.md", "- ")]
    [InlineData("A.sh", "echo ")]
    [InlineData("A.targets", "<!-- ")]
    [InlineData(".ci/run", "echo ")]
    public void A_line_that_is_too_long_is_found(string path, string begin)
    {
        Assert.Empty(Columns.Check([new SourceFile(path, (begin + Words)[..Columns.Most] + "\n")]));
        Assert.Equal([$"{path}:2 is longer than {Columns.Most} columns."], Columns.Check([new SourceFile(path, $"\n{begin}{Words}\n")]));
    }

    [Theory]
    [InlineData("A.cs", "var text = \"\"\"\n", "\n\"\"\";")]
    [InlineData("A.cs", "var text = $\"\"\"\n", "{0}\n\"\"\";")]
    [InlineData("A.cs", "var text = @\"\n", "\";")]
    [InlineData("A.md", "| ", " |")]
    [InlineData("A.md", "[link]: ", "")]
    [InlineData("A.props", "<Description>", "</Description>")]
    [InlineData("A.json", "", "")]
    public void What_cannot_be_broken_is_exempt(string path, string begin, string end)
        => Assert.Empty(Columns.Check([new SourceFile(path, $"{begin}{Words}{end}\n")]));

    [Fact]
    public void An_address_is_exempt_in_documentation()
        => Assert.Empty(Columns.Check([new SourceFile("A.md", $"https://example.org/{new string('a', Columns.Most)}\n")]));
}
