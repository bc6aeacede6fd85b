using Metaflow.Errors;

namespace Metaflow.Scenarios.Tests;

public sealed class FailureTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData("raise")]
    [InlineData("kill")]
    public async Task A_failing_task_is_tried_again_until_it_succeeds(string way)
    {
        var run = await _place.SucceedAsync("RetryFlow", "--failures", "2", "--way", way);
        Assert.Equal(2, run.Data.Get<int>("attempt"));
        Assert.Equal(["0", "1", "2"], Attempts(run.Step("start").Task!));
    }

    [Fact]
    public async Task A_task_that_keeps_failing_is_tried_as_often_as_its_decorator_says()
    {
        var outcome = await _place.RunAsync("RetryFlow", "run", "--failures", "9");
        Assert.Equal(1, outcome.ExitCode);
        var task = _place.Client().Flow("RetryFlow").LatestRun!.Step("start").Task!;
        Assert.Equal(["0", "1", "2", "3"], Attempts(task));
        Assert.Equal("of attempt 3", task.Data.Get<string>("half"));
        Assert.Equal(3, outcome.Output.Split("Task is starting (retry).").Length - 1);
    }

    [Fact]
    public async Task A_failure_shows_the_authors_frames_and_ends_the_run()
    {
        var outcome = await _place.RunAsync("FailFlow", "run");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("System.InvalidOperationException: it broke: ünïcode", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("Endings.Die", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("FailFlow.Middle", outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Metaflow.Tasks", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("Workflow failed.", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("Step failure:", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("MF3001", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_task_keeps_its_artifacts_and_its_exception()
    {
        await _place.RunAsync("FailFlow", "run");
        var run = _place.Client().Flow("FailFlow").LatestRun!;
        Assert.False(run.Successful);
        Assert.False(run.Finished);
        var task = run.Step("middle").Task!;
        Assert.Equal("changed", task.Data.Get<string>("before"));
        Assert.False(task.Successful);
        Assert.Equal("System.InvalidOperationException", task.Exception!.Type);
        Assert.Equal("it broke: ünïcode", task.Exception.Message);
        Assert.Equal("System.ArgumentException", task.Exception.Inner!.Type);
    }

    [Theory]
    [InlineData("null", "MF3007")]
    [InlineData("exit-7", "exit code 7")]
    [InlineData("many", "the second cause")]
    public async Task Whatever_ends_a_task_is_told(string way, string text)
    {
        var outcome = await _place.RunAsync("FailFlow", "run", "--way", way);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(text, outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("MF9001", outcome.Output + outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_killed_task_is_reported_with_its_signal()
    {
        var outcome = await _place.RunAsync("FailFlow", "run", "--way", "kill");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("killed by signal 9", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_that_exits_with_202_is_not_tried_again()
    {
        var outcome = await _place.RunAsync("RetryFlow", "run", "--way", "exit-202");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("This failed task will not be retried.", outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("(retry)", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("raise", "System.InvalidOperationException", "0,1")]
    [InlineData("kill", "Metaflow.FailureHandledByCatch", "0,1,2")]
    [InlineData("none", "nothing", "0")]
    public async Task A_caught_failure_is_an_artifact_of_the_next_step(string way, string seen, string attempts)
    {
        var run = await _place.SucceedAsync("CatchFlow", "--way", way);
        Assert.Equal(seen, run.Data.Get<string>("seen"));
        var task = run.Step("start").Task!;
        Assert.Equal(attempts.Split(','), Attempts(task));
        Assert.True(task.Finished);
        Assert.Equal(way == "none", task.Successful);
        Assert.Null(task.Exception);
        Assert.Equal(way == "kill", task.Stderr.Contains("MF3002", StringComparison.Ordinal));
        Assert.Equal(way == "none" ? null : seen, task.Data.Get<StepFailure?>("failed")?.Type);
    }

    [Fact]
    public async Task A_caught_failure_has_the_name_on_disk_that_its_property_says()
    {
        var run = await _place.SucceedAsync("RenamedCatchFlow");
        Assert.Equal("System.InvalidOperationException", run.Data.Get<string>("seen"));
        Assert.Equal("System.InvalidOperationException", run.Step("start").Task!.Data.Get<StepFailure?>("what_went_wrong")?.Type);
        Assert.False(run.Step("start").Task!.Data.Contains("failed"));
    }

    [Theory]
    [InlineData("ignore")]
    [InlineData("heed")]
    public async Task A_step_past_its_timeout_ends_with_its_children_and_can_be_caught(string way)
    {
        var outcome = await _place.RunAsync("TimeoutFlow", "run", "--way", way);
        outcome.Succeeded();
        Assert.Contains("MF3003", outcome.Output, StringComparison.Ordinal);
        ProcessTable.AssertEnded(ProcessTable.ChildrenNamedIn(outcome.Output));
    }

    [Fact]
    public async Task Tasks_that_run_when_another_fails_finish_their_work()
    {
        var outcome = await _place.RunAsync("SlowSiblingFlow", "run");
        Assert.Equal(1, outcome.ExitCode);
        var run = _place.Client().Flow("SlowSiblingFlow").LatestRun!;
        Assert.Equal("finished", run.Step("slow").Task!.Data.Get<string>("result"));
        Assert.True(run.Step("slow").Task!.Successful);
    }

    [Fact]
    public async Task A_task_whose_run_is_not_registered_says_so()
    {
        var run = await _place.SucceedAsync("ForeachFlow");
        File.Delete(Path.Combine(_place.Root, "ForeachFlow", run.Id, "_meta", "_self.json"));
        var outcome = await StepAsync(run.Id, "end", $"{run.Id}/join/6");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("MF5090", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_with_an_argument_outside_of_a_foreach_is_a_fault_of_the_framework()
    {
        var run = await _place.SucceedAsync("ForeachFlow");
        var outcome = await StepAsync(run.Id, "work", $"{run.Id}/join/6");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("MF9001", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_for_the_runs_id_that_cannot_be_written_stops_the_run_before_it_starts()
    {
        var outcome = await _place.RunAsync("LinearFlow", "run", "--run-id-file", "missing/id.txt");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("MF2093", outcome.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Task is starting", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_included_file_that_cannot_be_read_is_a_usage_error()
    {
        Assert.SkipUnless(File.Exists("/proc/self/mem"), "needs a file that exists and cannot be read, /proc/self/mem");
        var outcome = await _place.RunAsync("ParametersFlow", "run", "--text", "a", "--file", "/proc/self/mem");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("MF2094", outcome.Errors, StringComparison.Ordinal);

        var endless = await _place.RunAsync("ParametersFlow", "run", "--text", "a", "--file", "/dev/zero");
        Assert.Equal(2, endless.ExitCode);
        Assert.Contains("'/dev/zero' is a device rather than a file.", endless.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_whose_thread_goes_on_says_what_it_waits_for()
    {
        using var process = _place.Start("LeftThreadFlow", "run");
        var line = Assert.Single(await process.LinesWithAsync("has been running for"));
        Assert.Contains("a thread that the step started is still running", line, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "mended"), "", CancellationToken.None);
        (await process.EndAsync()).Succeeded();
    }

    [Theory]
    [InlineData("last", "")]
    [InlineData("callback", "A callback of Current.CancellationToken threw InvalidOperationException: from the callback")]
    public async Task A_signal_as_a_step_ends_or_waits_never_prints_a_stack_trace(string way, string said)
    {
        var outcome = await _place.RunAsync("SelfStoppingFlow", "run", "--way", way);
        Assert.DoesNotContain("Unhandled exception", outcome.All, StringComparison.Ordinal);
        Assert.DoesNotContain("signal 6", outcome.All, StringComparison.Ordinal);
        Assert.Contains(said, outcome.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_of_a_program_that_was_rebuilt_since_the_run_began_does_not_run()
    {
        var run = await _place.SucceedAsync("ForeachFlow");
        var outcome = await StepAsync(run.Id, "end", $"{run.Id}/join/6", "--build", "00000000000000000000000000000000");
        Assert.Equal(ExitCodes.FailedDoNotRetry, outcome.ExitCode);
        Assert.Contains(ErrorCodes.ProgramRebuilt, outcome.Errors, StringComparison.Ordinal);
    }

    private Task<CommandOutcome> StepAsync(string runId, string step, string input, params string[] more) => _place.RunAsync(
        "ForeachFlow",
        [
            "step", step, "--run-id", runId, "--task-id", "99", "--input-paths", input, "--datastore", $"local:{_place.Root}",
            "--retry-count", "0", "--max-user-code-retries", "0", "--namespace", "user:tester", "--join", "none", .. more,
        ]);

    private static IEnumerable<string> Attempts(Metaflow.Client.TaskHandle task)
        => task.Metadata.Where(datum => datum.Field == "attempt").Select(datum => datum.Text).Order();
}
