using Metaflow.Architecture.Tests.Rules;
using Metaflow.Architecture.Tests.Sources;

namespace Metaflow.Architecture.Tests;

public sealed class LinkTests(RepositorySources sources)
{
    private static readonly SourceFile Target = new("docs/a.md", "# A title\n\n## What `MergeArtifacts` takes, and why\n");
    private static readonly SourceFile Picture = new("docs/picture.svg", "");

    [Fact]
    public void Every_link_leads_to_a_file_and_a_heading_that_there_is() => Problems.AssertNone(Links.Check(sources.Files));

    [Theory]
    [InlineData("README.md", "[a](docs/a.md)", null)]
    [InlineData("README.md", "[a](docs)", null)]
    [InlineData("docs/b.md", "[a](a.md#what-mergeartifacts-takes-and-why)", null)]
    [InlineData("docs/errors/MF1.md", "[a](../a.md) [b](#c)\n\n# C\n", null)]
    [InlineData("docs/b.md", "`[a](c.md)`\n\n```text\n[a](c.md)\n```\n", null)]
    [InlineData("docs/b.md", "[a](https://example.org/c.md)", null)]
    [InlineData("docs/b.md", "![a](picture.svg)", null)]
    [InlineData("docs/b.md", "[a](c.md)", "docs/b.md links to 'c.md': there is no such file.")]
    [InlineData("docs/b.md", "[a](a.md#what)", "docs/b.md links to 'a.md#what': there is no such heading.")]
    [InlineData("docs/b.md", "[a](#title)\n\n```text\n# title\n```\n", "docs/b.md links to '#title': there is no such heading.")]
    public void A_link_that_leads_nowhere_is_found(string path, string text, string? problem)
        => Assert.Equal(problem, Links.Check([Target, Picture, new SourceFile(path, text)]).SingleOrDefault());
}
