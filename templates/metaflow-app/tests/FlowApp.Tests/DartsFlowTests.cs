using Metaflow.Testing;

namespace AppNamespace.Tests;

public sealed class DartsFlowTests
{
    [Fact]
    public async Task The_flow_finds_pi()
    {
        var run = await FlowTest.RunAsync<DartsFlow>(new { players = 3, darts = 10_000 });

        Assert.Equal(["start", "throw", "join", "end"], run.Steps);
        Assert.Equal(3, run.Tasks("Throw").Count);
        Assert.InRange(run.Data.Pi, 3.1, 3.2);
    }

    [Fact]
    public async Task A_player_hits_with_some_of_the_darts()
    {
        var step = await FlowTest.ItemAsync<DartsFlow, int>(flow => { }, "Throw", 1, new { darts = 100 });

        Assert.InRange(step.Data.Hits, 50, 99);
        Assert.Equal(["join"], step.Next);
    }
}
