using System.Text.Json;
using Metaflow.Errors;
using Metaflow.Graph;

namespace Metaflow.Scenarios.Tests;

public sealed class DecoratorTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_retry_waits_longer_each_time_and_follows_the_exception()
    {
        var outcome = (await _place.RunAsync("RetryOnFlow", "run")).Succeeded();
        Assert.Equal(2, Count(outcome.Output, "Task is starting (retry)."));
        outcome = await _place.RunAsync("RetryOnFlow", "run", "--kind", "argument");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("This failed task will not be retried.", outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("(retry)", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_that_is_stuck_is_ended_after_its_timeout_and_the_failure_is_caught()
    {
        var outcome = (await _place.RunAsync("StuckFlow", "run")).Succeeded();
        Assert.Contains(ErrorCodes.DeadlineExceeded, outcome.Output, StringComparison.Ordinal);
        Assert.Contains("late: Metaflow.FailureHandledByCatch", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tasks_share_the_processors_that_there_are()
    {
        _place.Environment["METAFLOW_LOCAL_CPUS"] = "3";
        var run = await _place.SucceedAsync("ResourceFlow");
        Assert.Equal("apart", run.Data.Get<string>("asked"));
        Assert.Equal("1 4096", run.Step("start").Task!.Data.Get<string>("asked"));
        Assert.All(run.Step("work").Tasks, static task => Assert.Equal("2 300", task.Data.Get<string>("asked")));
    }

    [Fact]
    public async Task A_step_that_asks_for_more_than_the_machine_has_gets_a_warning()
    {
        _place.Environment["METAFLOW_LOCAL_CPUS"] = "1";
        var outcome = (await _place.RunAsync("ResourceFlow", "run")).Succeeded();
        Assert.Contains("Step work asks for more than this machine has", outcome.Output, StringComparison.Ordinal);
        Assert.Equal("apart", _place.Client().Flow("ResourceFlow").LatestRun!.Data.Get<string>("asked"));
    }

    [Fact]
    public async Task A_task_that_takes_more_memory_than_it_asked_for_is_ended()
    {
        var outcome = await _place.RunAsync("ResourceFlow", "run", "--megabytes", "500");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(ErrorCodes.MemoryExceeded, outcome.Output, StringComparison.Ordinal);
        Assert.Contains("ask for 300 MB", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_project_has_a_branch_in_tasks_tags_and_from_the_environment()
    {
        var run = await _place.SucceedAsync("ProjectFlow");
        Assert.Equal("sales.user.tester.ProjectFlow True False", run.Data.Get<string>("branch"));
        Assert.Contains("project:sales", run.SystemTags);
        Assert.Contains("project_branch:user.tester", run.SystemTags);
        run = await _place.SucceedAsync("ProjectFlow", "--branch", "try", "--production");
        Assert.Equal("sales.prod.try.ProjectFlow False True", run.Data.Get<string>("branch"));
        _place.Environment["METAFLOW_BRANCH"] = "from_environment";
        run = await _place.SucceedAsync("ProjectFlow");
        Assert.Contains("project_branch:test.from_environment", run.SystemTags);
        var outcome = await _place.RunAsync("ProjectFlow", "run", "--branch", "No");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(ErrorCodes.FlowOptionInvalid, outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("--branch", (await _place.RunAsync("ProjectFlow", "run", "--help")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_is_started_as_if_by_the_end_of_another()
    {
        var first = await _place.SucceedAsync("LinearFlow");
        var run = await _place.SucceedAsync("ProjectFlow", "--trigger", "LinearFlow");
        Assert.Equal(first.Pathspec, run.Data.Get<string>("started_by"));
        Assert.Equal([first.Pathspec], run.TriggeredBy);
        using var events = JsonDocument.Parse(run.StartTask!.MetadataDictionary["execution-triggers"]);
        var only = Assert.Single(events.RootElement.EnumerateArray());
        Assert.Equal(
            ("run", "metaflow.LinearFlow.end", first.EndTask!.Pathspec),
            (only.GetProperty("type").GetString(), only.GetProperty("name").GetString(), only.GetProperty("id").GetString()));
        Assert.Equal(first.FinishedAt!.Value.ToUnixTimeSeconds(), only.GetProperty("timestamp").GetInt64());
        Assert.False(run.EndTask!.MetadataDictionary.ContainsKey("execution-triggers"));
        var other = await _place.SucceedAsync("ProjectFlow");
        Assert.Null(other.Data.Get<string?>("started_by"));
        Assert.Empty(other.TriggeredBy);
        await _place.RunAsync("FailFlow", "run");
        var outcome = await _place.RunAsync("ProjectFlow", "run", "--trigger", _place.Client().Flow("FailFlow").LatestRun!.Pathspec);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("did not succeed", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exit_hooks_are_called_and_only_report_what_goes_wrong()
    {
        var outcome = (await _place.RunAsync("ProjectFlow", "run")).Succeeded();
        Assert.Contains("success of ProjectFlow/", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("sales.user.tester.ProjectFlow", outcome.Output, StringComparison.Ordinal);
        Assert.Contains(
            $"[exit_hook] Hook 'Break' failed with error: System.InvalidOperationException: the hook broke [{ErrorCodes.ExitHookFailed}]",
            outcome.Output,
            StringComparison.Ordinal);
        outcome = await _place.RunAsync("ProjectFlow", "run", "--fail", "true");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(": False", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("Hook 'Hang' took longer than 2 seconds, ", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("told once more", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flows_decorator_changes_those_of_its_steps_in_every_process()
    {
        var outcome = (await _place.RunAsync("MutatedFlow", "run")).Succeeded();
        Assert.Equal(2, Count(outcome.Output, "Task is starting (retry)."));
        var run = _place.Client().Flow("MutatedFlow").LatestRun!;
        Assert.True(run.Step("start").Task!.Data.Contains("elapsed"));
        Assert.False(run.Step("end").Task!.Data.Contains("end_elapsed"));
        var raw = (await _place.RunAsync("MutatedFlow", "output-raw", "--json")).Succeeded().Output;
        Assert.Contains(
            "\"inserted_by\": [\"harden\"]",
            raw.Replace("\n", "", StringComparison.Ordinal).Replace("  ", "", StringComparison.Ordinal),
            StringComparison.Ordinal);
        outcome = await _place.RunAsync("WronglyMutatedFlow", "run");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("Did you mean 'end'?", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains(ErrorCodes.MutatorNamesNoStep, outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_finds_the_authors_decorators_and_takes_maps()
    {
        var run = await _place.SucceedAsync(
            "LinearFlow", "--with", "timer:artifact=seconds", "--with", "environment:vars={\"A\":\"1\",\"B\":\"2\"}");
        Assert.True(run.Step("start").Task!.Data.Contains("seconds"));
        var steps = run.Step("_parameters").Task!.Data.Get<Dictionary<string, object>>("_graph_info")["steps"];
        var text = System.Text.Json.JsonSerializer.Serialize(steps);
        Assert.Contains(
            """{"name":"timer","attributes":{"artifact":"seconds"},"statically_defined":false,"inserted_by":null}""",
            text,
            StringComparison.Ordinal);
        Assert.Contains(
            """{"name":"environment","attributes":{"vars":{"A":"1","B":"2"}},"statically_defined":false""", text, StringComparison.Ordinal);
        var outcome = await _place.RunAsync("LinearFlow", "run", "--with", "timr");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("Did you mean 'timer'?", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_with_decorators_is_told_together()
    {
        var outcome = await _place.RunAsync("DuplicateFlow", "check");
        Assert.Equal(1, outcome.ExitCode);
        string[] codes =
        [
            ErrorCodes.DuplicateDecorator, RuleCodes.EnvironmentVariableInvalid, RuleCodes.SecretsWithoutSource, RuleCodes.ResourcesInvalid,
            RuleCodes.RetryWaitInvalid,
        ];
        Assert.All(codes, code => Assert.Contains(code, outcome.Errors, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_decorator_of_a_derived_class_replaces_that_of_its_base()
    {
        var outcome = (await _place.RunAsync("RetriedMoreFlow", "run")).Succeeded();
        Assert.Equal(2, Count(outcome.Output, "InvalidOperationException: not yet"));
        (await _place.RunAsync("RetriedMoreFlow", "check")).Succeeded();
    }

    [Fact]
    public async Task A_decorator_is_given_once_on_the_command_line()
    {
        var outcome = await _place.RunAsync("LinearFlow", "run", "--with", "retry", "--with", "retry:times=2");
        Assert.Equal(ExitCodes.Usage, outcome.ExitCode);
        Assert.Contains(ErrorCodes.DuplicateDecorator, outcome.Errors, StringComparison.Ordinal);
        _place.Environment["METAFLOW_DEFAULT_DECOSPECS"] = "retry:times=1";
        (await _place.RunAsync("LinearFlow", "run", "--with", "retry:times=2")).Succeeded();
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
