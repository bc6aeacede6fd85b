using Metaflow.Errors;

namespace Metaflow.Scenarios.Tests;

/// <summary>What a running task is doing, seen from outside.</summary>
public sealed class StackTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData("process")]
    [InlineData("in-process")]
    public async Task The_line_at_which_a_step_computes_is_printed_while_it_runs_on(string place)
    {
        using var run = _place.Start("SleepFlow", "run", "--way", "heed", "--isolation", place);
        await run.LinesWithAsync("working", 3);

        var stacks = (await _place.RunAsync("SleepFlow", "debug", "stacks", "latest/work[1]")).Succeeded();
        Assert.Contains("SleepFlow.Work(int) in FailureFlows.cs:line ", stacks.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("TaskRunner", stacks.Output, StringComparison.Ordinal);

        var json = (await _place.RunAsync("SleepFlow", "debug", "stacks", "latest/work[1]", "--json")).Succeeded();
        Assert.Contains("\"place\": \"FailureFlows.cs:line ", json.Output, StringComparison.Ordinal);

        run.Signal("TERM");
        Assert.Equal(3, (await run.EndAsync()).Output.Split("heeded").Length - 1);
    }

    [Fact]
    public async Task Methods_that_wait_on_no_thread_are_printed_from_the_innermost_on()
    {
        using var run = _place.Start("AwaitingFlow", "run");
        await run.LinesWithAsync("waiting", 1);

        var stacks = (await _place.RunAsync("AwaitingFlow", "debug", "stacks", "latest/start")).Succeeded().Output;
        var waiting = stacks[stacks.IndexOf("Waiting, on no thread:", StringComparison.Ordinal)..].Split('\n');
        Assert.EndsWith("AwaitingFlow.FetchAsync", waiting[1], StringComparison.Ordinal);
        Assert.EndsWith("AwaitingFlow.Start", waiting[2], StringComparison.Ordinal);

        run.Signal("TERM");
        await run.EndAsync();
    }

    [Theory]
    [InlineData("latest/middle")]
    [InlineData("latest/middle/2")]
    public async Task A_task_that_has_ended_is_told(string input)
    {
        await _place.SucceedAsync("LinearFlow");
        var stacks = await _place.RunAsync("LinearFlow", "debug", "stacks", input);
        Assert.Equal(ExitCodes.Failure, stacks.ExitCode);
        Assert.Contains($"has no running task.", stacks.Errors, StringComparison.Ordinal);
        Assert.Contains(ErrorCodes.StacksUnreadable, stacks.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_whose_time_is_over_logs_where_it_is_stuck()
    {
        // Tasks take turns to be read, in the folder of temporary files.
        _place.Environment["TMPDIR"] = _place.Folder;
        var run = await _place.SucceedAsync("TimeoutFlow");
        Assert.Contains("TimeoutFlow.Start() in FailureFlows.cs:line ", run.Step("start").Task!.Stderr, StringComparison.Ordinal);
    }
}
