using Metaflow.Naming;

namespace Metaflow.Core.Tests.Definition;

public sealed class ClosestNameTests
{
    [Theory]
    [InlineData("rnu", "run")]
    [InlineData("RUN", "run")]
    [InlineData("output-dt", "output-dot")]
    [InlineData("help", "help")]
    [InlineData("zzzzzz", null)]
    [InlineData("", null)]
    public void The_nearest_name_is_found(string typed, string? expected) => Assert.Equal(expected, ClosestName.Find(typed, ["run", "output-dot", "output-raw", "help"]));
}
