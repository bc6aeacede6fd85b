using Metaflow.Client;
using Metaflow.Errors;
using Metaflow.Metadata;

namespace Metaflow.Scenarios.Tests;

/// <summary>Tasks that share the process of their run.</summary>
public sealed class IsolationTests : IDisposable
{
    private const string InProcess = "--isolation=in-process";

    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task All_tasks_of_a_run_share_its_process_when_the_option_asks_for_it()
    {
        using var process = _place.Start("ForeachFlow", "run", InProcess);
        var outcome = (await process.EndAsync()).Succeeded();
        Assert.Equal([process.Id], ProcessTable.TasksNamedIn(outcome.Output).Distinct());
        Assert.Equal([0, 1, 4, 9], Latest("ForeachFlow").Data.Get<List<int>>("squares"));
    }

    [Fact]
    public async Task A_setting_asks_for_it_too_and_the_option_overrides_it()
    {
        _place.Environment["METAFLOW_ISOLATION"] = "in-process";
        using var process = _place.Start("LinearFlow", "run");
        var shared = (await process.EndAsync()).Succeeded();
        Assert.Equal([process.Id], ProcessTable.TasksNamedIn(shared.Output).Distinct());

        using var other = _place.Start("LinearFlow", "run", "--isolation", "process");
        var apart = (await other.EndAsync()).Succeeded();
        Assert.DoesNotContain(other.Id, ProcessTable.TasksNamedIn(apart.Output));
    }

    [Theory]
    [InlineData("option")]
    [InlineData("setting")]
    public async Task A_misspelt_place_is_refused_with_the_nearest_one(string way)
    {
        string[] arguments = way == "option" ? ["run", "--isolation", "inprocess"] : ["run"];
        if (way == "setting")
        {
            _place.Environment["METAFLOW_ISOLATION"] = "inprocess";
        }

        var outcome = await _place.RunAsync("LinearFlow", arguments);
        Assert.Equal(ExitCodes.Usage, outcome.ExitCode);
        Assert.Contains("Did you mean 'in-process'?", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_task_keeps_its_own_log_though_all_write_to_one_console()
    {
        var run = await _place.SucceedAsync("OutputFlow", InProcess);
        var apart = await _place.SucceedAsync("OutputFlow");
        Assert.Equal(Logs(apart), Logs(run));

        static List<string> Logs(RunHandle run)
            => [.. run.Steps.SelectMany(static step => step.Tasks).Select(static task => task.Stdout + "|" + task.Stderr)];
    }

    [Fact]
    public async Task Failed_attempts_are_retried_and_a_failed_run_is_resumed()
    {
        Assert.Equal(2, (await _place.SucceedAsync("RetryFlow", InProcess)).Data.Get<int>("attempt"));

        Assert.Equal(ExitCodes.Failure, (await _place.RunAsync("MendableFlow", "run", InProcess)).ExitCode);
        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "mended"), "", TestContext.Current.CancellationToken);
        (await _place.RunAsync("MendableFlow", "resume", InProcess)).Succeeded();
        Assert.Equal(RunState.Succeeded, Latest("MendableFlow").State);
    }

    [Fact]
    public async Task A_timeout_ends_a_step_that_waits()
    {
        (await _place.RunAsync("TimeoutFlow", "run", InProcess)).Succeeded();
        Assert.Equal(Outcome(await _place.SucceedAsync("TimeoutFlow")), Outcome(Latest("TimeoutFlow")));

        static string Outcome(RunHandle run) => string.Join(' ', run.Step("end").Task!.Stdout, run.Step("start").Task!.Attempts.Count);
    }

    [Fact]
    public async Task Spin_runs_the_step_in_its_own_process()
    {
        await _place.SucceedAsync("LinearFlow");
        using var process = _place.Start("LinearFlow", "spin", "middle", InProcess);
        var spin = (await process.EndAsync()).Succeeded();
        Assert.Equal([process.Id], ProcessTable.TasksNamedIn(spin.Output).Distinct());
        Assert.Contains("number = 2\n", spin.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("in-process")]
    [InlineData("process")]
    public async Task A_killed_run_is_continued_wherever_its_tasks_run_then(string place)
    {
        // On a busy machine the run can be faster than its end.
        for (var attempt = 0; attempt == 0 || (attempt < 10 && Latest("SixtyTasksFlow").State == RunState.Succeeded); attempt++)
        {
            using var process = _place.Start("SixtyTasksFlow", "run", InProcess, "--max-workers", "2");
            await process.LinesWithAsync("finished successfully", 10);
            process.Kill9();
            await process.EndAsync();
        }

        var run = Latest("SixtyTasksFlow");
        Assert.Equal(RunState.Dead, run.State);
        (await _place.RunAsync("SixtyTasksFlow", "resume", "--continue", run.Id, "--isolation", place)).Succeeded();
        Assert.Equal(Enumerable.Range(1, 57).Sum(static item => item * item), Latest("SixtyTasksFlow").Data.Get<int>("sum"));
        Assert.Equal(run.Id, Latest("SixtyTasksFlow").Id);
    }

    [Theory]
    [InlineData("heed", "heeded")]
    [InlineData("ignore", "Terminating 3 active tasks...")]
    public async Task An_interrupted_run_ends_though_steps_ignore_the_request(string way, string expected)
    {
        using var process = _place.Start("SleepFlow", "run", InProcess, "--way", way);
        var lines = await process.LinesWithAsync("working", 3);
        process.Signal("TERM");
        var outcome = await process.EndAsync();
        Assert.Equal(ExitCodes.Terminated, outcome.ExitCode);
        Assert.Contains(expected, outcome.Output, StringComparison.Ordinal);
        Assert.Equal(RunState.Cancelled, Latest("SleepFlow").State);
        ProcessTable.AssertEnded(ProcessTable.ChildrenNamedIn(string.Join('\n', lines)));
    }

    [Fact]
    public async Task A_step_that_ends_the_process_of_its_run_does_not_make_the_run_look_successful()
    {
        var outcome = await _place.RunAsync("LeavingFlow", "run", InProcess);
        Assert.Equal(ExitCodes.Failure, outcome.ExitCode);
        Assert.Contains("The run is not finished: a step ended the process of the run", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains(ErrorCodes.RunEndedByStep, outcome.Errors, StringComparison.Ordinal);
        Assert.Equal(RunState.Dead, Latest("LeavingFlow").State);
    }

    [Fact]
    public async Task A_second_signal_ends_a_run_at_once_whatever_a_step_does_when_it_is_asked_to_stop()
    {
        using var process = _place.Start("LeavingFlow", "run", InProcess, "--way", "block");
        await process.LinesWithAsync("waiting");
        process.Signal("TERM");
        await process.LinesWithAsync("Terminating 1 active tasks...");
        process.Signal("TERM");
        Assert.Equal(ExitCodes.Terminated, (await process.EndAsync()).ExitCode);
    }

    private RunHandle Latest(string flow) => _place.Client().Flow(flow).LatestRun!;
}
