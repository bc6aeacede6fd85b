using Metaflow.Errors;

namespace Metaflow.Scenarios.Tests;

public sealed class HookTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Hooks_of_a_task_are_called_in_the_order_of_the_source_and_back()
    {
        var outcome = (await _place.RunAsync("HookFlow", "run")).Succeeded();
        Assert.Equal(
            ["outer before", "outer around", "inner before", "inner around", "step", "inner after", "outer after", "outer final True",
                "inner final True"],
            Hooks(outcome, "start"));
        var task = _place.Client().Flow("HookFlow").LatestRun!.Step("start").Task!;
        Assert.InRange(task.Data.Get<double>("elapsed"), 0, 60);
        Assert.Equal("TimerAttribute", task.Metadata.Single(static datum => datum.Field == "timed-by").Value);
    }

    [Fact]
    public async Task Hooks_after_a_failure_are_called_inside_out_and_the_failure_stays()
    {
        var outcome = await _place.RunAsync("HookFlow", "run", "--break", "true");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal(
            ["outer before", "outer around", "inner before", "inner around", "step", "inner failure", "outer failure", "outer final False",
                "inner final False"],
            Hooks(outcome, "start"));
        Assert.Equal("the step broke", _place.Client().Flow("HookFlow").LatestRun!.Step("start").Task!.Exception!.Message);
    }

    [Fact]
    public async Task A_hook_skips_a_step_or_handles_its_failure_and_the_usual_transition_is_taken()
    {
        var outcome = (await _place.RunAsync("SkipFlow", "run")).Succeeded();
        var run = _place.Client().Flow("SkipFlow").LatestRun!;
        Assert.True(run.Successful);
        Assert.Equal(["outer before", "outer after", "outer final True", "inner final True"], Hooks(outcome, "skipped"));
        Assert.Equal("start", run.Step("skipped").Task!.Data.Get<string>("ran"));
        Assert.True(run.Step("left").Task!.Successful);
        Assert.Null(run.Step("left").Task!.Exception);
        Assert.True(run.Step("right").Task!.Successful);
        Assert.Contains($"inner fails in final True [{ErrorCodes.HookFailed}]", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_whose_transition_needs_its_body_cannot_be_skipped()
    {
        var outcome = await _place.RunAsync("FailingHookFlow", "run", "--split", "true");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(ErrorCodes.NoUsualTransition, outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hook_of_the_launch_adds_to_the_environment_and_hooks_of_the_run_are_told()
    {
        var outcome = (await _place.RunAsync("PlannedFlow", "run")).Succeeded();
        Assert.Equal("start/0", _place.Client().Flow("PlannedFlow").LatestRun!.Data.Get<string>("seen"));
        Assert.Contains("planned run of tester", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("ended True with 2 steps", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("too late to matter [MF3032]", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hook_of_the_launch_forbids_a_task_which_is_not_tried_again()
    {
        var outcome = await _place.RunAsync("ForbiddenFlow", "run");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("It is not planned.", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains(ErrorCodes.LaunchRefused, outcome.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("(retry)", outcome.Output, StringComparison.Ordinal);
    }

    private static List<string> Hooks(CommandOutcome outcome, string step) => [.. outcome.Output.Split('\n')
        .Where(line => line.Contains($"/{step}/", StringComparison.Ordinal) && line.Contains("] hook ", StringComparison.Ordinal))
        .Select(static line => line[(line.IndexOf("] hook ", StringComparison.Ordinal) + 7)..])];
}
