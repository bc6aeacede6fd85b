using System.Diagnostics;

namespace Metaflow.Scenarios.Tests;

/// <summary>Where the reference is known to be weak: each test fails on its behaviour. <c>docs/parity.md</c> names those that are
/// elsewhere.</summary>
public sealed class BetterThanTheReferenceTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    /// <summary>The reference's scheduler waits for the rest of a line, and with it every other task.</summary>
    [Fact]
    public async Task A_line_that_is_not_over_holds_up_nobody_else()
    {
        using var process = _place.Start("HalfLineFlow", "run");
        (await process.EndAsync()).Succeeded();
        var open = At(process, "a line that is not ov");
        var sibling = At(process, "second step of the sibling");
        var rest = At(process, "er yet");
        Assert.True(rest > sibling, $"the sibling's second step ran {rest - sibling} before the line was over");
        Assert.True(rest - open > TimeSpan.FromSeconds(1), "the open line was shown at once");
    }

    /// <summary>The reference tries again at once, whatever the wait.</summary>
    [Fact]
    public async Task A_retry_on_this_machine_waits_as_long_as_it_says()
    {
        using var process = _place.Start("WaitingRetryFlow", "run");
        (await process.EndAsync()).Succeeded();
        Assert.InRange(At(process, "attempt 1") - At(process, "Task failed"), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
    }

    /// <summary>The reference keeps the logs of a running task in the scheduler's memory.</summary>
    [Fact]
    public async Task Logs_of_a_running_task_can_be_read_and_outlive_a_killed_scheduler()
    {
        using var process = _place.Start("SleepFlow", "run", "--way", "stubborn");
        await process.LinesWithAsync("working", 3);

        // A task is recorded while its step already runs.
        for (var wait = 0; wait < 500 && Working() < 3; wait++)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.Equal(3, Working());
        using (var kill = Process.Start("kill", ["-KILL", $"{process.Id}"]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await process.EndAsync();
        Assert.Equal(3, Working());

        int Working()
            => _place.Client().Flow("SleepFlow").LatestRun!.Step("work").Tasks
                .Count(static task => task.Stdout.Contains("working", StringComparison.Ordinal));
    }

    /// <summary>The reference gives a join the inputs of such a foreach in the order of a set.</summary>
    [Fact]
    public async Task A_join_gets_the_tasks_of_a_foreach_in_order_though_they_end_in_several_steps()
    {
        var run = await _place.SucceedAsync("SeveralLastStepsFlow", "--max-workers", "6");
        Assert.Equal([0, 1, 2, 3, 4, 5], run.Data.Get<List<int>>("numbers"));
    }

    /// <summary>In the reference 'del' of an inherited artifact has no effect.</summary>
    [Fact]
    public async Task An_inherited_artifact_can_be_removed()
    {
        var run = await _place.SucceedAsync("RemovedArtifactFlow");
        Assert.Equal(["again", "kept", "large"], Names(run.Step("start").Task!));
        Assert.Equal(["again", "kept"], Names(run.Step("middle").Task!));
        Assert.Equal(["again", "kept"], Names(run.EndTask!));
        Assert.Equal("after", run.Data.Get<string>("again"));
        Assert.Contains("large", run.Step("middle").Task!.MetadataDictionary["read-artifacts"], StringComparison.Ordinal);
    }

    // 'name' is an artifact of every task, as in the reference.
    private static IEnumerable<string> Names(Metaflow.Client.TaskHandle task) => task.Data.Names.Except(["name"]);

    private static DateTimeOffset At(FlowProcess process, string text)
        => process.Lines.First(line => line.Line.Contains(text, StringComparison.Ordinal)).At;
}
