using Metaflow.Naming;

namespace Metaflow.Core.Tests.Definition;

public sealed class ClosestNameTests
{
    [Theory]
    [InlineData("x", null)]
    [InlineData("a", "ab")]
    [InlineData("", null)]
    public void A_name_that_has_nothing_of_what_was_typed_is_not_near(string typed, string? expected)
        => Assert.Equal(expected, ClosestName.Find(typed, ["e", "ab"]));

    [Theory]
    [InlineData("rnu", "run")]
    [InlineData("RUN", "run")]
    [InlineData("output-dt", "output-dot")]
    [InlineData("help", "help")]
    [InlineData("zzzzzz", null)]
    [InlineData("", null)]
    public void The_nearest_name_is_found(string typed, string? expected)
        => Assert.Equal(expected, ClosestName.Find(typed, ["run", "output-dot", "output-raw", "help"]));
}
