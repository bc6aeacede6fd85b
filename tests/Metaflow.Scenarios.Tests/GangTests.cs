using System.Globalization;
using Metaflow.Errors;
using Metaflow.Metadata;

namespace Metaflow.Scenarios.Tests;

public sealed class GangTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task The_tasks_of_a_gang_run_at_once_talk_over_a_port_and_are_joined_in_their_order()
    {
        var run = await _place.SucceedAsync("GangFlow", "--size", "4");
        Assert.Equal([0, 1, 2, 3], run.Data.Get<List<int>>("indices"));
        Assert.Equal([10, 10, 10, 10], run.Data.Get<List<int>>("sums"));
        var control = run.Step("train").ControlTask!;
        Assert.Equal(
            Enumerable.Range(0, 4).Select(i => $"127.0.0.1 4 {i} {control.Id}"),
            run.Data.Get<List<string>>("environments"));
        Assert.Equal(
            [control.Id, $"{control.Id}_node_1", $"{control.Id}_node_2", $"{control.Id}_node_3"],
            run.Step("train").Tasks.Select(static task => task.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_gang_is_on_disk_as_the_reference_writes_it()
    {
        var run = await _place.SucceedAsync("GangFlow");
        var start = run.Step("start").Task!;
        Assert.Equal("_parallel_ubf_iter", start.Data.Get<string>("_foreach_var"));
        Assert.Null(start.Data["_foreach_num_splits"]);
        Assert.Equal(true, start.Data["_unbounded_foreach"]);
        Assert.Equal(3, Metaflow.Artifacts.GangIterator.SizeOf(start.Data["_parallel_ubf_iter"]));

        var control = run.Step("train").ControlTask!;
        var worker = run.Step("train").Tasks.Single(static task => task.Id.EndsWith("_node_2", StringComparison.Ordinal));
        Assert.Equal(
            new[] { "", "_node_1", "_node_2" }.Select(suffix => $"{run.Id}/train/{control.Id}{suffix}"),
            control.Data.Get<List<string>>("_control_mapper_tasks"));
        Assert.Equal(true, control.Data["_control_task_is_mapper_zero"]);
        Assert.False(worker.Data.Contains("_control_mapper_tasks"));
        Assert.Equal("control_task", control.MetadataDictionary[InternalFields.TaskType]);
        Assert.DoesNotContain(InternalFields.TaskType, worker.MetadataDictionary.Keys);
        Assert.Equal("3", worker.MetadataDictionary[InternalFields.WorldSize]);
        Assert.Equal("train:2", worker.MetadataDictionary["foreach-execution-path"]);
        Assert.Equal(2, worker.Index);
        Assert.Equal(3, run.Step("join").Task!.ParentTasks.Count);
        Assert.Equal(3, start.ChildTasks.Count);
    }

    [Fact]
    public async Task What_a_task_of_a_gang_prints_is_its_own()
    {
        var run = await _place.SucceedAsync("GangFlow");
        foreach (var task in run.Step("train").Tasks)
        {
            Assert.Equal($"node {task.Index} of 3 sees 6\n", task.Stdout);
        }
    }

    [Fact]
    public async Task A_gang_in_a_foreach_knows_both_of_its_places()
    {
        var run = await _place.SucceedAsync("NestedGangFlow");
        Assert.Equal(["x0:0of2/0of1", "y0:1of2/0of2", "y1:1of2/1of2"], run.Data.Get<List<string>>("all"));
        Assert.Equal(2, run.Step("work").ControlTasks.Count);
        var second = run.Step("work").Tasks.Single(static task => task.Id.Contains("_node_", StringComparison.Ordinal));
        Assert.Equal("fan:1,work:1", second.MetadataDictionary["foreach-execution-path"]);
        Assert.Equal("[\"_foreach_items=y\"]", second.MetadataDictionary["foreach-stack"]);
    }

    [Theory]
    [InlineData("raise")]
    [InlineData("kill")]
    public async Task One_tasks_failure_ends_the_others_and_the_gang_is_tried_again_as_a_whole(string how)
    {
        var run = await _place.SucceedAsync("FailingGangFlow", "--how", how);
        Assert.Equal([1, 1, 1], run.Data.Get<List<int>>("attempts_seen"));
        Assert.All(run.Step("work").Tasks, static task => Assert.Equal([0, 1], task.Attempts));
    }

    [Fact]
    public async Task A_gang_that_fails_for_good_leaves_no_process_and_names_the_task_that_failed()
    {
        var outcome = await _place.RunAsync("FailingGangFlow", "run", "--attempts", "9");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("Step work (task-id 2_node_1) failed.", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("node 1 is broken", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("Stopped, because task 'work/2_node_1' of its gang failed.", outcome.Output, StringComparison.Ordinal);
        ProcessTable.AssertEnded(ProcessTable.ChildrenNamedIn(outcome.Output));
        ProcessTable.AssertNoneIn(_place.Folder);
    }

    [Fact]
    public async Task A_caught_failure_of_one_task_leaves_the_gang_whole()
    {
        var run = await _place.SucceedAsync("CaughtGangFlow");
        Assert.Equal(["none", "System.InvalidOperationException"], run.Data.Get<List<string>>("failures"));
    }

    [Fact]
    public async Task Where_a_task_of_a_gang_died_the_first_task_alone_handles_the_failure()
    {
        var run = await _place.SucceedAsync("CaughtGangFlow", "--die", "true");
        Assert.Equal(["Metaflow.FailureHandledByCatch"], run.Data.Get<List<string>>("failures"));
        var control = run.Step("work").ControlTask!;
        Assert.Equal([string.Join("/", run.Id, "work", control.Id)], control.Data.Get<List<string>>("_control_mapper_tasks"));
        Assert.Equal([0, 1], control.Attempts);
    }

    [Fact]
    public async Task A_gang_that_is_larger_than_the_limit_runs_at_once_all_the_same()
    {
        // Its tasks wait for each other, so that it would never end otherwise.
        var run = await _place.SucceedAsync("GangFlow", "--size", "3", "--max-workers", "1");
        Assert.Equal([6, 6, 6], run.Data.Get<List<int>>("sums"));
    }

    [Fact]
    public async Task A_gang_of_no_tasks_fails_the_step_that_asks_for_it()
    {
        var outcome = await _place.RunAsync("GangFlow", "run", "--size", "0");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(ErrorCodes.GangTooSmall, outcome.Output, StringComparison.Ordinal);
        Assert.Contains("numParallel: 0", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stopped_run_ends_every_task_of_its_gang()
    {
        using var process = _place.Start("FailingGangFlow", "run", "--how", "wait", "--attempts", "9");
        var children = await process.LinesWithAsync("child ", 3);
        System.Diagnostics.Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)])!.WaitForExit();
        var outcome = await process.EndAsync();
        Assert.Equal(143, outcome.ExitCode);
        ProcessTable.AssertEnded(ProcessTable.ChildrenNamedIn(string.Join('\n', children)));
        ProcessTable.AssertNoneIn(_place.Folder);
    }
}
