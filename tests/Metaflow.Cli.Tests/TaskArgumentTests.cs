using Metaflow.Logs;
using Metaflow.Metadata;

namespace Metaflow.Cli.Tests;

/// <summary>How users name a task: by its id, or by its place in a foreach.</summary>
public sealed class TaskArgumentTests : IAsyncLifetime
{
    private readonly SampleStore _store = new() { Definition = SampleFlows.GenreStats with { FlowName = SampleStore.Flow } };

    public async ValueTask InitializeAsync()
    {
        await _store.AddRunAsync("6");
        var run = await _store.AddRunAsync("7");
        await AddAsync(run, "12", 0, "north");
        await AddAsync(run, "11", 1, "2023");
        await AddAsync(run, "13", 2, "a name that is so long that it i");
    }

    public ValueTask DisposeAsync()
    {
        _store.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("latest/compute[0]", "12")]
    [InlineData("7/compute[1]", "11")]
    [InlineData("EmptyFlow/7/compute[1]", "11")]
    [InlineData("latest/compute[\"north\"]", "12")]
    [InlineData("latest/compute[north]", "12")]
    [InlineData("latest/compute[2023]", "11")]
    [InlineData("latest/compute[\"a name that is so long that it is cut\"]", "13")]
    [InlineData("latest/compute/11", "11")]
    [InlineData("latest/compute", "11 12 13")]
    public async Task A_task_of_a_foreach_is_found_by_its_index_and_by_its_item(string input, string tasks)
    {
        var logs = await _store.ExecuteAsync("logs", input, "--stdout", "--quiet");

        Assert.Equal((0, ""), (logs.ExitCode, logs.Error));
        Assert.Equal(tasks.Split(' ').Select(static task => $"I am {task}"), logs.Out.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task A_step_may_be_called_as_its_method_is()
    {
        var graph = new Graph.FlowGraph(
            SampleStore.Flow,
            [.. SampleFlows.GenreStats.Graph.Steps.Select(static step => step with { MethodName = step.Name.ToUpperInvariant() })]);
        using var store = new SampleStore { Definition = SampleFlows.GenreStats with { FlowName = SampleStore.Flow, Graph = graph } };
        await store.AddTaskAsync(
            await store.AddRunAsync("7"), "compute", "1", new Dictionary<string, object?>(), (LogKind.Stdout, "I am compute"));

        Assert.Equal("I am compute\n", (await store.ExecuteAsync("logs", "7/COMPUTE", "--quiet")).Out);
    }

    [Theory]
    [InlineData("latest/compute[9]", 1, "The tasks are compute[1] \"2023\", compute[0] \"north\", compute[2] ")]
    [InlineData("latest/compute[\"1\"]", 1, "There is no task 'EmptyFlow/7/compute[1]'.")]
    [InlineData("latest[1]", 2, "[MF2030]")]
    [InlineData("latest/compute[", 2, "[MF2030]")]
    [InlineData("latest/compute[1]/12", 2, "[MF2030]")]
    [InlineData("latest/compute/12[1]", 2, "[MF2030]")]
    public async Task A_place_that_no_task_has_is_an_error_that_lists_the_places(string input, int exitCode, string message)
    {
        var logs = await _store.ExecuteAsync("logs", input);

        Assert.Equal((exitCode, ""), (logs.ExitCode, logs.Out));
        Assert.Contains(message, logs.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("latest", "logs", "latst")]
    [InlineData("latest", "logs", "latst/compute")]
    [InlineData("latest", "logs", "lates/compute[0]", "--follow")]
    [InlineData("latest-failed", "logs", "latest-faild/compute/12")]
    [InlineData("latest", "logs", "scrub", "ltest/compute")]
    [InlineData("latest", "dump", "EmptyFlow/latset")]
    [InlineData("latest", "debug", "stacks", "lattest/compute")]
    [InlineData("latest", "diff", "7", "latst")]
    [InlineData("latest", "tag", "add", "--run-id", "latst", "x")]
    [InlineData("latest", "tag", "list", "--run-id", "latst")]
    public async Task A_misspelt_word_for_a_run_is_told_with_the_word(string word, params string[] arguments)
    {
        var run = await _store.ExecuteAsync(arguments);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains($"Did you mean '{word}'?", run.Error, StringComparison.Ordinal);
        Assert.Contains("[MF5004]", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("logs", "latest-failed")]
    [InlineData("resume", "--origin-run-id", "latest-failed")]
    [InlineData("resume", "--continue", "latest-failed")]
    public async Task The_newest_run_that_failed_is_no_run_where_none_did(params string[] arguments)
    {
        var run = await _store.ExecuteAsync(arguments);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("No run of the flow failed, was cancelled or died. ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_of_a_run_name_the_items()
    {
        var logs = await _store.ExecuteAsync("logs", "7", "--quiet");

        Assert.Contains("compute[0] north │ I am 12\n", logs.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_of_a_task_that_still_runs_name_its_item()
    {
        var run = await _store.AddRunAsync("8");
        var task = await _store.StartTaskAsync(run, "compute", "21");
        await _store.Metadata.RecordAsync(
            run,
            task,
            [
                new("foreach-stack", "foreach-stack", new List<string> { "regions=north=1" }, ["attempt_id:0"]),
                new("foreach-execution-path", "foreach-execution-path", "compute:3", ["attempt_id:0"]),
            ],
            [],
            TestContext.Current.CancellationToken);
        using (var log = _store.OpenLog(task, LogKind.Stdout))
        {
            log.WriteLine("I run", DateTimeOffset.UnixEpoch);
        }

        Assert.Equal("compute[3] north=1 │ I run\n", (await _store.ExecuteAsync("logs", "8", "--quiet")).Out);
    }

    [Fact]
    public async Task Headings_of_a_step_name_the_items()
    {
        var logs = await _store.ExecuteAsync("logs", "7/compute");

        Assert.Contains("Logs of EmptyFlow/7/compute/12, compute[0] \"north\":\n", logs.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shells_complete_places()
    {
        var steps = await _store.ExecuteAsync("complete", "--", "logs", "latest/compute");
        var places = await _store.ExecuteAsync("complete", "--", "dump", "7/compute[");

        Assert.StartsWith("latest/compute\nlatest/compute[1]\t2023\n", steps.Out, StringComparison.Ordinal);
        Assert.StartsWith("7/compute[1]\t2023\n7/compute[0]\tnorth\n", places.Out, StringComparison.Ordinal);
    }

    private Task AddAsync(RunRecord run, string id, int index, string item)
        => AddAsync(run, id, index, item[..Math.Min(item.Length, 30)], $"I am {id}");

    private async Task AddAsync(RunRecord run, string id, int index, string item, string line)
    {
        await _store.AddForeachTaskAsync(run, "compute", id, index, item);
        using var log = _store.OpenLog(new Naming.TaskPath(SampleStore.Flow, run.RunId, "compute", id), LogKind.Stdout);
        log.WriteLine(line, DateTimeOffset.UnixEpoch);
    }
}
