using System.Diagnostics;
using Metaflow.Client;
using Metaflow.Metadata;

namespace Metaflow.Scenarios.Tests;

public sealed class InterruptionTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData("TERM", "ignore", 143)]
    [InlineData("TERM", "heed", 143)]
    [InlineData("INT", "ignore", 130)]
    [InlineData("HUP", "ignore", 129)]
    [InlineData("QUIT", "ignore", 131)]
    public async Task A_signal_ends_the_run_and_every_process_of_it(string signal, string way, int exitCode)
    {
        using var process = _place.Start("SleepFlow", "run", "--way", way);
        await process.LinesWithAsync("working", 3);
        Kill(process.Id, signal);
        var outcome = await process.EndAsync();
        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.Contains("Terminating 3 active tasks...", outcome.Output, StringComparison.Ordinal);
        ProcessTable.AssertEnded(ProcessTable.ChildrenNamedIn(outcome.Output));
        ProcessTable.AssertNoneIn(_place.Folder);
        Assert.Equal(RunState.Cancelled, Status().State);
        Assert.Contains("[KILLED BY ORCHESTRATOR]", LatestRun.Step("work").Task!.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_that_observes_the_token_has_its_grace()
    {
        using var process = _place.Start("SleepFlow", "run", "--way", "heed");
        await process.LinesWithAsync("working", 3);
        Kill(process.Id, "TERM");
        var outcome = await process.EndAsync();
        Assert.Equal(3, outcome.Output.Split("heeded").Length - 1);
    }

    [Fact]
    public async Task A_task_that_does_not_stop_is_killed_after_the_grace_or_at_the_second_signal()
    {
        using var process = _place.Start("SleepFlow", "run", "--way", "stubborn");
        await process.LinesWithAsync("working", 3);
        Kill(process.Id, "TERM");
        await process.LinesWithAsync("Terminating");
        Kill(process.Id, "TERM");
        var outcome = await process.EndAsync();
        Assert.Equal(143, outcome.ExitCode);
        Assert.Contains("Killing 3 remaining tasks", outcome.Output, StringComparison.Ordinal);
        ProcessTable.AssertEnded(ProcessTable.ChildrenNamedIn(outcome.Output));
    }

    [Fact]
    public async Task A_signal_that_the_tool_passes_on_as_well_counts_once()
    {
        _place.Environment["METAFLOW_PROGRAM_INVOCATION"] = "metaflow run flows.cs";
        using var process = _place.Start("SleepFlow", "run", "--way", "heed");
        await process.LinesWithAsync("working", 3);
        using (var kill = Process.Start("sh", ["-c", $"kill -INT {process.Id}; sleep 0.02; kill -INT {process.Id}"]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var outcome = await process.EndAsync();
        Assert.Equal(130, outcome.ExitCode);
        Assert.DoesNotContain("Killing", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(3, outcome.Output.Split("heeded").Length - 1);
    }

    [Fact]
    public async Task Tasks_do_not_outlive_a_killed_scheduler()
    {
        using var process = _place.Start("SleepFlow", "run", "--way", "stubborn");
        var lines = string.Join('\n', await process.LinesWithAsync("working", 3));
        Assert.Equal(3, ProcessTable.TasksNamedIn(lines).Count);
        Kill(process.Id, "KILL");
        await process.EndAsync();
        ProcessTable.AssertEnded(ProcessTable.TasksNamedIn(lines));
        ProcessTable.AssertEnded(ProcessTable.ChildrenNamedIn(lines));
        ProcessTable.AssertNoneIn(_place.Folder);
    }

    [Fact]
    public async Task A_killed_task_of_a_run_fails_the_run_and_is_told()
    {
        using var process = _place.Start("SleepFlow", "run", "--max-workers", "1");
        var lines = await process.LinesWithAsync("working");
        Kill(Assert.Single(ProcessTable.TasksNamedIn(lines[0])), "KILL");
        var outcome = await process.EndAsync();
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("killed by signal 9", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(RunState.Failed, Status().State);
    }

    private RunHandle LatestRun => _place.Client().Flow("SleepFlow").LatestRun!;

    private RunStatus Status() => LatestRun.Status!;

    private static void Kill(int id, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{id}"]);
        kill.WaitForExit();
    }
}
