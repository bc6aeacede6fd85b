using System.Text.Json;
using Metaflow.Metadata;
using Metaflow.Naming;

namespace Metaflow.Cli.Tests;

public sealed class DiffTests : IDisposable
{
    private readonly SampleStore _store = new();

    [Fact]
    public async Task Runs_with_the_same_artifacts_are_the_same_whatever_the_ids_of_their_tasks()
    {
        await AddTasksAsync("7", "1", new() { ["x"] = 5, ["_private"] = 1 });
        await AddTasksAsync("8", "42", new() { ["x"] = 5, ["_private"] = 2 });

        var diff = await _store.ExecuteAsync("diff", "7", "latest");
        var privately = await _store.ExecuteAsync("diff", "7", "8", "--private");

        Assert.Equal((0, ""), (diff.ExitCode, diff.Out));
        Assert.EndsWith("'EmptyFlow/7' and 'EmptyFlow/8' are the same.\n", diff.Error, StringComparison.Ordinal);
        Assert.Equal((1, "--- EmptyFlow/7\n+++ EmptyFlow/8\n  only:\n~     _private: 1 -> 2 (+1)\n"), (privately.ExitCode, privately.Out));
    }

    [Fact]
    public async Task What_was_added_removed_and_changed_is_said()
    {
        await AddTasksAsync("7", "1", new() { ["x"] = 5, ["gone"] = "a", ["long"] = new string('a', 100) });
        await AddTasksAsync("8", "2", new() { ["x"] = 6, ["fresh"] = new[] { "b" }, ["long"] = new string('b', 100) });

        var diff = await _store.ExecuteAsync("diff", "7", "8", "--quiet");

        Assert.Equal(1, diff.ExitCode);
        Assert.Matches(
            @"^--- EmptyFlow/7\n\+\+\+ EmptyFlow/8\n  only:\n\+     fresh: \[""b""\]\n-     gone: ""a""\n"
            + @"~     long: ""a{58}… -> ""b{58}…\n~     x: 5 -> 6 \(\+1\)\n$",
            diff.Out);
        Assert.Equal(
            "--- EmptyFlow/7\n+++ EmptyFlow/8\n  only:\n~     x: 5 -> 6 (+1)\n",
            (await _store.ExecuteAsync("diff", "7", "8", "--include", "x")).Out);
    }

    [Fact]
    public async Task Tasks_of_a_foreach_are_compared_by_their_places()
    {
        var left = await _store.AddRunAsync("7");
        var right = await _store.AddRunAsync("8");
        await AddAtAsync(left, "2", 0, 10);
        await AddAtAsync(left, "3", 1, 11);
        await AddAtAsync(right, "3", 0, 10);
        await AddAtAsync(right, "2", 1, 12);
        await AddAtAsync(right, "4", 2, 13);

        var diff = await _store.ExecuteAsync("diff", "7", "8");

        Assert.Equal("--- EmptyFlow/7\n+++ EmptyFlow/8\n  only[1]:\n~     y: 11 -> 12 (+1)\n+ only[2]: only in EmptyFlow/8\n", diff.Out);
    }

    [Fact]
    public async Task Changed_code_is_said()
    {
        var (left, right) = (await AddTasksAsync("7", "1", []), await AddTasksAsync("8", "1", []));
        await RecordCodeAsync(left, "aaaaaaaaaaaaaaaa");
        await RecordCodeAsync(right, "bbbbbbbbbbbbbbbb");

        Assert.Equal(
            "--- EmptyFlow/7\n+++ EmptyFlow/8\n  only:\n~     code: changed\n",
            (await _store.ExecuteAsync("diff", "7", "8")).Out);
        Assert.Equal(0, (await _store.ExecuteAsync("diff", "7", "7")).ExitCode);
    }

    [Fact]
    public async Task A_parameter_is_told_once_and_an_artifact_at_the_first_step_that_has_it()
    {
        foreach (var (id, alpha) in new[] { ("7", 0.1), ("8", 0.3) })
        {
            var run = await _store.AddRunAsync(id);
            var graph = new Dictionary<string, object?>
            {
                ["parameters"] = new[] { new Dictionary<string, object?> { ["name"] = "alpha", ["type"] = "Parameter" } },
            };
            await _store.AddTaskAsync(
                run, "_parameters", "0", new Dictionary<string, object?> { ["alpha"] = alpha, ["_graph_info"] = graph });
            await _store.AddTaskAsync(run, "first", "1", new Dictionary<string, object?> { ["alpha"] = alpha, ["x"] = alpha * 10 });
            await _store.AddTaskAsync(run, "second", "2", new Dictionary<string, object?> { ["alpha"] = alpha, ["x"] = alpha * 10 });
        }

        Assert.Equal(
            "--- EmptyFlow/7\n+++ EmptyFlow/8\n  parameters:\n~     alpha: 0.1 -> 0.3 (+0.2)\n  first:\n~     x: 1 -> 3 (+2)\n",
            (await _store.ExecuteAsync("diff", "7", "8")).Out);
    }

    [Fact]
    public async Task A_long_list_shows_what_differs_in_it()
    {
        var before = Enumerable.Range(0, 100).Select(static i => (double)i).ToArray();
        var after = Enumerable.Range(0, 120).Select(static i => i % 10 == 3 ? i + 0.5 : i).ToArray();
        await AddTasksAsync("7", "1", new() { ["losses"] = before });
        await AddTasksAsync("8", "2", new() { ["losses"] = after });

        Assert.Equal(
            "--- EmptyFlow/7\n+++ EmptyFlow/8\n  only:\n~     losses: 100 items -> 120 items, 10 changed\n"
                + "          [3] 3 -> 3.5 (+0.5)\n          [13] 13 -> 13.5 (+0.5)\n          [23] 23 -> 23.5 (+0.5)\n"
                + "          [33] 33 -> 33.5 (+0.5)\n          … 5 more\n          [93] 93 -> 93.5 (+0.5)\n",
            (await _store.ExecuteAsync("diff", "7", "8")).Out);
    }

    [Fact]
    public async Task A_program_reads_the_differences()
    {
        await AddTasksAsync("7", "1", new() { ["x"] = 5 });
        await AddTasksAsync("8", "2", new() { ["z"] = 5 });

        var diff = await _store.ExecuteAsync("diff", "7", "8", "--json", "--quiet");

        using var json = JsonDocument.Parse(diff.Out);
        var kinds = json.RootElement.GetProperty("differences").EnumerateArray()
            .Select(
                static difference => (
                    difference.GetProperty("kind").GetString(),
                    difference.GetProperty("place").GetString(),
                    difference.GetProperty("name").GetString()));
        Assert.Equal([("removed", "only", "x"), ("added", "only", "z")], kinds);
    }

    [Fact]
    public async Task Runs_that_cannot_be_compared_are_another_exit_code_than_runs_that_differ()
    {
        await AddTasksAsync("7", "1", []);

        var diff = await _store.ExecuteAsync("diff", "7", "99");

        Assert.Equal((2, ""), (diff.ExitCode, diff.Out));
        Assert.Contains("There is no run 'EmptyFlow/99'.", diff.Error);
    }

    public void Dispose() => _store.Dispose();

    private async Task<RunRecord> AddTasksAsync(string runId, string taskId, Dictionary<string, object?> artifacts)
    {
        var run = await _store.AddRunAsync(runId);
        await _store.AddTaskAsync(run, "only", taskId, artifacts);
        return run;
    }

    private Task AddAtAsync(RunRecord run, string taskId, int index, int value)
        => _store.AddForeachTaskAsync(run, "only", taskId, index, null, ("y", value));

    private async Task RecordCodeAsync(RunRecord run, string code) => await _store.Metadata.RecordAsync(
        run,
        new TaskPath(SampleStore.Flow, run.RunId, "only", "1"),
        [new("code-identity", "code-identity", code, ["attempt_id:0"])],
        [],
        TestContext.Current.CancellationToken);
}
