using Metaflow.Architecture.Tests.Rules;
using Metaflow.Architecture.Tests.Sources;

namespace Metaflow.Architecture.Tests;

public sealed class ErrorCatalogueTests(RepositorySources sources)
{
    private static readonly SourceFile Codes = new("src/Core/ErrorCodes.Topic.cs", """public const string TooLate = "MF1234";""");
    private static readonly SourceFile Use = new("src/Core/Use.cs", "throw new Late(ErrorCodes.TooLate);");
    private static readonly SourceFile Test = new("tests/Core.Tests/LateTests.cs", "Assert.Equal(\"MF1234\", error.Code);");
    private static readonly SourceFile Page = new("docs/errors/MF1234.md", "# MF1234: too late\n");

    [Fact]
    public void Every_code_has_a_page_a_use_and_a_test() => Problems.AssertNone(ErrorCatalogue.Check(sources.Files));

    [Fact]
    public void A_code_with_a_page_a_use_and_a_test_is_fine() => Assert.Empty(ErrorCatalogue.Check([Codes, Use, Test, Page]));

    [Fact]
    public void A_code_without_a_use_is_found()
        => Assert.Equal("MF1234 (TooLate) is not used.", Assert.Single(ErrorCatalogue.Check([Codes, Test, Page])));

    [Fact]
    public void A_code_without_a_test_is_found()
        => Assert.Equal("MF1234 (TooLate) has no test that names it.", Assert.Single(ErrorCatalogue.Check([Codes, Use, Page])));

    [Fact]
    public void A_code_without_a_page_is_found()
        => Assert.Equal("MF1234 (TooLate) has no page.", Assert.Single(ErrorCatalogue.Check([Codes, Use, Test])));

    [Fact]
    public void A_page_without_a_code_is_found()
        => Assert.Equal("docs/errors/MF1234.md is about no code.", Assert.Single(ErrorCatalogue.Check([Page])));

    [Fact]
    public void A_page_with_another_title_is_found()
        => Assert.Equal(
            "docs/errors/MF1234.md does not begin with '# MF1234: '.",
            Assert.Single(ErrorCatalogue.Check([Codes, Use, Test, Page with { Text = "# Late" }])));

    [Fact]
    public void A_code_with_two_meanings_is_found()
    {
        var second = new SourceFile("src/Generators/RuleCodes.cs", """internal const string Early = "MF1234";""");

        Assert.Contains(
            "MF1234 stands for TooLate and Early.",
            ErrorCatalogue.Check([Codes, second, Use with { Text = "TooLate Early" }, Test, Page]));
    }

    [Theory]
    [InlineData("src/Generators/RuleCodes.cs")]
    [InlineData("src/Generators/Descriptors.cs")]
    public void A_code_that_is_written_twice_is_found(string path)
    {
        var second = new SourceFile(path, """internal const string TooLate = "MF1234";""");

        Assert.Equal("MF1234 is defined 2 times.", Assert.Single(ErrorCatalogue.Check([Codes, second, Use, Test, Page])));
    }
}
