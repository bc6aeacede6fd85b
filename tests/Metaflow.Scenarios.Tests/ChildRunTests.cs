using System.Globalization;
using Metaflow.Errors;

namespace Metaflow.Scenarios.Tests;

/// <summary>Steps that run other flows.</summary>
public sealed class ChildRunTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_step_runs_other_flows_as_runs_of_their_own_and_reads_what_they_made()
    {
        var run = await _place.SucceedAsync("OuterFlow");
        Assert.Equal([40, 42], run.Data.Get<List<int>>("results"));
        var start = run.Step("start").Task!;
        Assert.Equal([40, 42], start.ChildRuns.Select(static child => child.Data.Get<int>("doubled")).Order());
        Assert.All(start.ChildRuns, child => Assert.Equal(start.Pathspec, child.ParentTask!.Pathspec));
        Assert.Null(run.ParentTask);
        Assert.Contains("inner 21", start.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_failure_of_the_other_flow_is_the_steps()
    {
        var outcome = await _place.RunAsync("OuterFlow", "run", "--how", "fail");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(ErrorCodes.ChildRunFailed, outcome.Output, StringComparison.Ordinal);
        Assert.Contains("the inner flow fails", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(2, _place.Client().Flow("OuterFlow").LatestRun!.Step("start").Task!.ChildRuns.Count);
    }

    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("KILL", 137)]
    public async Task The_other_flow_does_not_outlive_the_step(string signal, int exitCode)
    {
        using var process = _place.Start("OuterFlow", "run", "--how", "wait");
        var children = await process.LinesWithAsync("child ", 2);
        System.Diagnostics.Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)])!.WaitForExit();
        Assert.Equal(exitCode, (await process.EndAsync()).ExitCode);
        ProcessTable.AssertEnded(ProcessTable.ChildrenNamedIn(string.Join('\n', children)));
        ProcessTable.AssertNoneIn(_place.Folder);
    }
}
