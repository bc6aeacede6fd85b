namespace Metaflow.Scenarios.Tests;

/// <summary>Breakpoints in steps: a program that an editor's debugger starts runs its tasks in its own process.</summary>
public sealed class DebuggerTests : IDisposable
{
    private const string File = "ShapeFlows.cs";
    private const string FirstLineOfWork = "if (Current.Index != item || Current.ForeachStack[0].Count != Count)";

    private readonly Workplace _place = new();

    public DebuggerTests() => DebuggerProgram.SkipWhereImpossible();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_breakpoint_in_a_step_of_a_foreach_is_hit_once_for_each_item()
    {
        Assert.Equal(4, await HitsAsync(FirstLineOfWork, "ForeachFlow", "run"));

        var run = _place.Client().Flow("ForeachFlow").LatestRun!;
        Assert.True(run.Successful);
        Assert.Equal([0, 1, 4, 9], run.Data.Get<List<int>>("squares"));
    }

    [Fact]
    public async Task A_breakpoint_behind_an_await_is_hit()
    {
        Assert.Equal(1, await HitsAsync("Number += 1;", "LinearFlow", "run"));

        Assert.Equal(2L, _place.Client().Flow("LinearFlow").LatestRun!.Data["number"]);
    }

    [Fact]
    public async Task A_breakpoint_in_a_step_that_is_spun_is_hit()
    {
        var run = await _place.SucceedAsync("ForeachFlow");

        Assert.Equal(1, await HitsAsync(FirstLineOfWork, "ForeachFlow", "spin", "work"));

        Assert.Equal(run.Id, _place.Client().Flow("ForeachFlow").LatestRun!.Id);
    }

    [Fact]
    public async Task Tasks_that_are_to_have_processes_of_their_own_have_them_under_a_debugger_too()
    {
        Assert.Equal(0, await HitsAsync(FirstLineOfWork, "ForeachFlow", "run", "--isolation", "process"));

        Assert.True(_place.Client().Flow("ForeachFlow").LatestRun!.Successful);
    }

    [Fact]
    public async Task The_time_of_a_step_does_not_pass_under_a_debugger()
    {
        Assert.NotEqual(0, (await _place.RunAsync("OverdueFlow", "run")).ExitCode);

        await HitsInAsync("SurvivalFlows.cs", "Thread.Sleep(TimeSpan.FromSeconds(3))", "OverdueFlow", "run");
        Assert.True(_place.Client().Flow("OverdueFlow").LatestRun!.Successful);
    }

    private Task<int> HitsAsync(string text, string flow, params string[] arguments) => HitsInAsync(File, text, flow, arguments);

    /// <summary>Counts how often a breakpoint at the line with a text is hit while a command is debugged.</summary>
    private async Task<int> HitsInAsync(string file, string text, string flow, params string[] arguments)
    {
        using var process = _place.Start(DebuggerProgram.Debug(file, text), flow, arguments);
        var outcome = (await process.EndAsync()).Succeeded();
        Assert.Contains("attached\n", outcome.Output, StringComparison.Ordinal);
        return outcome.Output.Split("breakpoint hit: ").Length - 1;
    }
}
