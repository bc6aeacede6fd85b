namespace Metaflow.Scenarios.Tests;

public sealed class WayInTests : IDisposable
{
    private const string Decision = "Metaflow.Scheduling.SchedulerState.Apply";

    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    /// <summary>A store in memory answers at once, so that the stack holds the whole way. Were something to wait on it, the first call
    /// would not be the program's entry.</summary>
    [Fact]
    public async Task At_most_eight_calls_lead_from_the_command_to_the_first_decision()
    {
        // Compiled code inlines short methods, and they would not be counted.
        _place.Environment["DOTNET_ReadyToRun"] = "0";
        _place.Environment["DOTNET_TieredCompilation"] = "1";
        var outcome = await _place.RunAsync(
            "WayInFlow", "run", "--datastore", "memory", "--datastore-root", "memory", "--metadata", "memory");
        var calls = CallsIn(outcome.Output);
        Assert.True(calls is ["Metaflow.FlowProgram.RunAsync[TFlow]", .., "Metaflow.Scheduling.SchedulerLoop.RunAsync", Decision],
            $"The way is '{string.Join(" > ", calls)}'. {outcome}");
        Assert.True(calls.Count <= 8, string.Join(" > ", calls));
    }

    /// <summary>Returns the framework's methods on a printed stack, from the program's entry to the decision. An asynchronous method counts
    /// once, and not also as what starts it.</summary>
    private static List<string> CallsIn(string output)
    {
        var frames = output.Split('\n').Select(static line => line.Trim())
            .Where(static line => line.StartsWith("at ", StringComparison.Ordinal))
            .Select(static line => line["at ".Length..].Split('(')[0]).Reverse().ToList();
        var calls = frames.Where((frame, index) => frame.StartsWith("Metaflow.", StringComparison.Ordinal)
            && !frames[Math.Min(index + 1, frames.Count - 1)].StartsWith("System.Runtime.CompilerServices.Async", StringComparison.Ordinal))
            .ToList();
        return
        [
            .. calls.SkipWhile(static call => !call.StartsWith("Metaflow.FlowProgram.RunAsync", StringComparison.Ordinal))
                .TakeWhile(static call => call != Decision),
            Decision,
        ];
    }
}
