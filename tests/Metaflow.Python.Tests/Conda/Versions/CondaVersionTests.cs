using Metaflow.Errors;
using Metaflow.Python.Conda.Versions;

namespace Metaflow.Python.Tests.Conda.Versions;

public sealed class CondaVersionTests
{
    // Groups of equal versions, from the lowest to the highest: the order that conda documents.
    private static readonly string[][] Order =
    [
        ["0.4", "0.4.0"], ["0.4.1.rc", "0.4.1.RC"], ["0.4.1"], ["0.5a1"], ["0.5b3"], ["0.5C1"], ["0.5"], ["0.9.6"], ["0.960923"],
        ["1.0dev1"],
        ["1.0a"], ["1.0rc1"], ["1.0.dev1", "1.0.0dev1"], ["1.0+abc"], ["1.0", "1", "1.0.0"], ["1.0+1"], ["1.0.post1", "1.0.0post1"],
        ["1.0_1", "1.0.1", "1.0-1"], ["1.0post1"], ["1.1dev1"], ["1.1_"], ["1.1a"], ["1.1a1"], ["1.1.dev1", "1.1.0dev1"], ["1.1.a1"],
        ["1.1.0rc1"], ["1.1", "1.1.0"], ["1.1.post1"], ["1.1post1"], ["2024.01.02"],
        ["20240102123456789012345"], ["20240102123456789012346"],
        ["1!0.4.1"], ["1!3.1.1.6"], ["2!0.4.1"],
    ];

    [Fact]
    public void Versions_are_ordered_as_conda_orders_them()
    {
        var versions = Order.SelectMany(static (group, rank) => group.Select(text => (Version: CondaVersion.Parse(text), rank))).ToList();
        foreach (var (one, oneRank) in versions)
        {
            foreach (var (two, twoRank) in versions)
            {
                Assert.True(
                    Math.Sign(one.CompareTo(two)) == Math.Sign(oneRank.CompareTo(twoRank)), $"{one} and {two}: {one.CompareTo(two)}");
                Assert.Equal(oneRank == twoRank, one.Equals(two));
                Assert.True(oneRank != twoRank || one.GetHashCode() == two.GetHashCode(), $"{one} and {two} have different hash codes.");
            }
        }
    }

    [Theory]
    [InlineData("1.0.1", "1.0.1a")]
    [InlineData("1.0.1_", "1.0.1")]
    public void Letters_come_before_the_plain_version_and_an_underscore_before_letters(string higher, string lower)
    {
        var plain = CondaVersion.Parse(higher);
        Assert.True(higher.EndsWith('_') ? plain.CompareTo(CondaVersion.Parse(lower)) < 0 : plain.CompareTo(CondaVersion.Parse(lower)) > 0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("1..2")]
    [InlineData("1.2.")]
    [InlineData(".1")]
    [InlineData("1!2!3")]
    [InlineData("a!1")]
    [InlineData("!1")]
    [InlineData("1+2+3")]
    [InlineData("+1")]
    [InlineData("1.0+")]
    [InlineData("5.5++")]
    [InlineData("5.5@1")]
    [InlineData("1.2.*")]
    [InlineData("1_2-3")]
    [InlineData("1.ü")]
    public void A_text_that_is_no_version_is_refused_with_a_code(string text)
    {
        var error = Assert.Throws<EnvironmentException>(() => CondaVersion.Parse(text));

        Assert.Equal("MF7050", error.Code);
        Assert.False(CondaVersion.TryParse(text, out _));
    }

    [Theory]
    [InlineData("1.2.3", "1.2", true)]
    [InlineData("1.20", "1.2", false)]
    [InlineData("1", "1.0", true)]
    [InlineData("1.0.1c", "1.0.1", true)]
    [InlineData("1.1c.1", "1.1.1", false)]
    [InlineData("2.0.1.version2", "2.0.1.version.3", false)]
    [InlineData("1!1.2", "1.2", false)]
    [InlineData("1.0+local.3", "1.0+local", true)]
    [InlineData("1.0", "1.0+local", false)]
    [InlineData("1.0.0_version1", "1.0.0_version", true)]
    [InlineData("1.0.0_version1", "1.0.0_version_2", false)]
    public void A_version_begins_with_another(string version, string prefix, bool does)
        => Assert.Equal(does, CondaVersion.Parse(version).StartsWith(CondaVersion.Parse(prefix)));
}
