using Metaflow.Architecture.Tests.Rules;
using Metaflow.Architecture.Tests.Sources;

namespace Metaflow.Architecture.Tests;

public sealed class SizeTests(RepositorySources sources)
{
    [Fact]
    public void Files_and_methods_are_small()
        => Problems.AssertNone(Sizes.Check(sources.Files.Where(static file => file.Path.EndsWith(".cs", StringComparison.Ordinal))));

    [Theory]
    [InlineData(Sizes.MaxFileLines, 0)]
    [InlineData(Sizes.MaxFileLines + 1, 1)]
    public void A_file_that_is_too_long_is_found(int lines, int problems)
        => Assert.Equal(problems, Sizes.Check([new SourceFile("A.cs", Lines("// line", lines))]).Count);

    [Theory]
    [InlineData("void M()", Sizes.MaxMethodLines, 0)]
    [InlineData("void M()", Sizes.MaxMethodLines + 1, 1)]
    [InlineData("A()", Sizes.MaxMethodLines + 1, 1)]
    [InlineData("int P { get", Sizes.MaxMethodLines + 1, 1)]
    public void A_method_that_is_too_long_is_found(string head, int lines, int problems)
    {
        var body = Lines("_ = 1;", lines - 2);
        var text = $"class A {{ {head} {{\n{body}}} {(head.Contains("get", StringComparison.Ordinal) ? "}" : string.Empty)} }}";

        Assert.Equal(problems, Sizes.Check([new SourceFile("A.cs", text)]).Count);
    }

    private static string Lines(string line, int count) => string.Concat(Enumerable.Repeat(line + "\n", count));
}
