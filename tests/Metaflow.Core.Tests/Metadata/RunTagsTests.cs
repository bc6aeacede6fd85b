using Metaflow.Errors;
using Metaflow.Metadata;

namespace Metaflow.Core.Tests.Metadata;

public sealed class RunTagsTests
{
    private static readonly RunRecord Run = new(
        "F", "17", "ada", [.. Enumerable.Range(0, 50).Select(static i => $"t{i}")], ["user:ada"], default);

    [Theory]
    [InlineData("MF5006", "", null)]
    [InlineData("MF5006", "x\e[31mred", null)]
    [InlineData("MF5006", "a\nb", null)]
    [InlineData("MF5006", "\u009b", null)]
    [InlineData("MF5006", "\u202egnp.exe", null)]
    [InlineData("MF5006", "a\u2028b", null)]
    [InlineData("MF5006", "\ud800", null)]
    [InlineData("MF5006", "\ufffd", null)]
    [InlineData("MF5007", null, "user:ada")]
    [InlineData("MF5008", "one more", null)]
    public void A_change_that_breaks_a_rule_says_which(string code, string? add, string? remove)
    {
        var error = Assert.Throws<MetadataException>(() => RunTags.Change(Run, Listed(add), Listed(remove)));

        Assert.Equal(code, error.Code);
    }

    [Fact]
    public void A_tag_that_another_program_gave_can_be_removed_whatever_it_holds()
    {
        var run = Run with { Tags = ["x\e[31mred", "a"] };

        Assert.Equal(["a"], RunTags.Change(run, [], ["x\e[31mred"]).Tags);
    }

    [Theory]
    [InlineData("naïve café 日本 👩‍👩‍👧 فارسی‌زبان")]
    [InlineData("a b, c; 'd' \"e\" \\")]
    public void Any_text_that_is_shown_may_be_a_tag(string tag)
        => Assert.Equal([tag], RunTags.Change(Run with { Tags = [] }, [tag], []).Tags);

    [Fact]
    public void A_change_that_changes_nothing_returns_the_run() => Assert.Same(Run, RunTags.Change(Run, ["t1", "user:ada"], ["unknown"]));

    private static string[] Listed(string? tag) => tag is null ? [] : [tag];
}
