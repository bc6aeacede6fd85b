namespace Metaflow.Scenarios.Tests;

public sealed class ShapeTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Three_steps_pass_an_artifact_on()
    {
        var run = await _place.SucceedAsync("LinearFlow");
        Assert.True(run.Successful);
        Assert.Equal(Metaflow.Metadata.RunState.Succeeded, run.Status!.State);
        Assert.Equal(2, run.Data.Get<int>("number"));
        Assert.Equal("hello", run.Data.Get<string>("greeting"));
        Assert.Equal(["one", "two"], run.Data.Get<List<string>>("words"));
        Assert.Equal(["end", "middle", "start"], run.Steps.Select(step => step.Name).Order());
        Assert.Equal("hello 2\n", run.Step("middle").Task!.Stdout);
        Assert.Equal("over\n", run.Step("end").Task!.Stderr);
    }

    [Fact]
    public async Task A_branch_is_joined_in_the_order_of_its_declaration()
    {
        var run = await _place.SucceedAsync("BranchFlow");
        Assert.Equal(["c", "a", "b", "a", "from start"], run.Data.Get<List<string>>("letters"));
        Assert.Equal(["start"], run.Step("a").Task!.ParentTasks.Select(task => task.Step.Name));
        Assert.Equal(["a", "b", "c"], run.Step("join").Task!.ParentTasks.Select(task => task.Step.Name).Order());
    }

    [Fact]
    public async Task A_foreach_gives_each_task_its_item_and_its_join_the_inputs_in_order()
    {
        var run = await _place.SucceedAsync("ForeachFlow", "--count", "12", "--max-workers", "4");
        Assert.Equal(Enumerable.Range(0, 12).Select(i => i * i), run.Data.Get<List<int>>("squares"));
        Assert.Equal(Enumerable.Range(0, 12), run.Step("work").Tasks.Select(task => task.Index!.Value).Order());
        Assert.Equal(12, run.Step("start").Task!.ChildTasks.Count);
    }

    [Fact]
    public async Task A_foreach_in_a_foreach_joins_level_by_level()
    {
        var run = await _place.SucceedAsync("NestedForeachFlow");
        var all = run.Data.Get<List<List<string>>>("all");
        Assert.Equal([["x1", "x2", "x3"], ["y1", "y2", "y3"]], all);
        Assert.Equal(6, run.Step("leaf").Tasks.Count);
        Assert.All(run.Step("gather").Tasks, task => Assert.Equal(3, task.ParentTasks.Count));
    }

    [Fact]
    public async Task A_foreach_over_an_expression_stores_its_items()
    {
        var run = await _place.SucceedAsync("ExpressionForeachFlow");
        Assert.Equal(
            new Dictionary<string, double> { ["job 1"] = 1.5, ["job 2"] = 3, ["job 3"] = 4.5 },
            run.Data.Get<Dictionary<string, double>>("sums"));
        Assert.Equal("_foreach_items", run.Step("start").Task!.Data.Get<string>("_foreach_var"));
    }

    [Fact]
    public async Task An_empty_foreach_goes_on_with_its_join_that_has_no_inputs()
    {
        var run = await _place.SucceedAsync("EmptyForeachFlow");
        Assert.Equal([0, 2], run.Data.Get<List<int>>("counts"));
        Assert.Equal(2, run.Step("work").Tasks.Count);
    }

    [Theory]
    [InlineData("true", "left")]
    [InlineData("false", "right")]
    public async Task A_switch_runs_the_step_that_was_chosen(string left, string way)
    {
        var run = await _place.SucceedAsync("SwitchFlow", "--left", left);
        Assert.Equal(way, run.Data.Get<string>("way"));
        Assert.Equal($"go_{way}", run.Step("start").Task!.Data.Get<string>("_condition"));
        Assert.Equal(3, run.Steps.Count);
    }

    [Fact]
    public async Task A_step_may_follow_itself_until_it_chooses_another()
    {
        var run = await _place.SucceedAsync("LoopFlow");
        Assert.Equal(3, run.Data.Get<int>("passes"));
        Assert.Equal(3, run.Step("again").Tasks.Count);
    }

    [Fact]
    public async Task A_flow_runs_the_steps_of_its_base_class_too()
    {
        var run = await _place.SucceedAsync("InheritedFlow", "--origin", "given");
        Assert.Equal("given derived", run.Data.Get<string>("trail"));
    }

    [Fact]
    public async Task More_items_than_allowed_fail_the_run_with_the_option_to_raise_the_limit()
    {
        var outcome = await _place.RunAsync("ForeachFlow", "run", "--count", "5", "--max-num-splits", "4");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("yielded 5 child steps", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("--max-num-splits", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("MF3005", outcome.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("resume")]
    [InlineData("run", "--count", "5", "--cache")]
    public async Task A_result_that_was_refused_for_too_many_items_is_taken_over_only_when_the_limit_was_raised(params string[] again)
    {
        await _place.RunAsync("ForeachFlow", "run", "--count", "5", "--max-num-splits", "4");

        var refused = await _place.RunAsync("ForeachFlow", [.. again, "--max-num-splits", "4"]);
        var raised = await _place.RunAsync("ForeachFlow", [.. again, "--max-num-splits", "5"]);

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("MF3005", refused.Errors, StringComparison.Ordinal);
        Assert.Equal(0, raised.ExitCode);
    }
}
