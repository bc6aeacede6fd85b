namespace Metaflow.Scenarios.Tests;

public sealed class WayInTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    /// <summary>A store in memory answers at once, so that the stack holds the whole way. Were something to wait on it, the first call would not be the program's entry.</summary>
    [Fact]
    public async Task At_most_eight_calls_lead_from_the_command_to_the_first_decision()
    {
        // Compiled code inlines short methods, and they would not be counted.
        _place.Environment["DOTNET_ReadyToRun"] = "0";
        _place.Environment["DOTNET_TieredCompilation"] = "1";
        var outcome = await _place.RunAsync("WayInFlow", "run", "--datastore", "memory", "--datastore-root", "memory", "--metadata", "memory");
        var calls = outcome.Output.Split('\n').Where(static line => line.StartsWith("call: ", StringComparison.Ordinal)).Select(static line => line["call: ".Length..]).ToList();
        Assert.True(calls is ["FlowProgram.RunAsync", .., "SchedulerLoop.RunAsync", "SchedulerState.Apply"], $"The way is '{string.Join(" > ", calls)}'. {outcome}");
        Assert.True(calls.Count <= 8, string.Join(" > ", calls));
    }
}
