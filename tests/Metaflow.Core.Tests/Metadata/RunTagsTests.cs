using Metaflow.Errors;
using Metaflow.Metadata;

namespace Metaflow.Core.Tests.Metadata;

public sealed class RunTagsTests
{
    private static readonly RunRecord Run = new("F", "17", "ada", [.. Enumerable.Range(0, 50).Select(static i => $"t{i}")], ["user:ada"], default);

    [Theory]
    [InlineData("MF5006", "", null)]
    [InlineData("MF5007", null, "user:ada")]
    [InlineData("MF5008", "one more", null)]
    public void A_change_that_breaks_a_rule_says_which(string code, string? add, string? remove)
    {
        var error = Assert.Throws<MetadataException>(() => RunTags.Change(Run, Listed(add), Listed(remove)));

        Assert.Equal(code, error.Code);
    }

    [Fact]
    public void A_change_that_changes_nothing_returns_the_run() => Assert.Same(Run, RunTags.Change(Run, ["t1", "user:ada"], ["unknown"]));

    private static string[] Listed(string? tag) => tag is null ? [] : [tag];
}
