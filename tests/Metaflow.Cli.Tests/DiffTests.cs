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
        Assert.Equal((1, "--- EmptyFlow/7\n+++ EmptyFlow/8\n  only:\n~     _private: 1 -> 2\n"), (privately.ExitCode, privately.Out));
    }

    [Fact]
    public async Task What_was_added_removed_and_changed_is_said()
    {
        await AddTasksAsync("7", "1", new() { ["x"] = 5, ["gone"] = "a", ["long"] = new string('a', 100) });
        await AddTasksAsync("8", "2", new() { ["x"] = 6, ["fresh"] = new[] { "b" }, ["long"] = new string('b', 100) });

        var diff = await _store.ExecuteAsync("diff", "7", "8", "--quiet");

        Assert.Equal(1, diff.ExitCode);
        Assert.Matches(
            @"^--- EmptyFlow/7\n\+\+\+ EmptyFlow/8\n  only:\n\+     fresh: \['b'\]\n-     gone: 'a'\n"
            + @"~     long: [0-9a-f]{8} \(\d+ bytes\) -> [0-9a-f]{8} \(\d+ bytes\)\n~     x: 5 -> 6\n$",
            diff.Out);
        Assert.Equal(
            "--- EmptyFlow/7\n+++ EmptyFlow/8\n  only:\n~     x: 5 -> 6\n",
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

        Assert.Equal("--- EmptyFlow/7\n+++ EmptyFlow/8\n  only[1]:\n~     y: 11 -> 12\n+ only[2]: only in EmptyFlow/8\n", diff.Out);
    }

    [Fact]
    public async Task Changed_code_is_said()
    {
        var (left, right) = (await AddTasksAsync("7", "1", []), await AddTasksAsync("8", "1", []));
        await RecordCodeAsync(left, "aaaaaaaaaaaaaaaa");
        await RecordCodeAsync(right, "bbbbbbbbbbbbbbbb");

        Assert.Equal(
            "--- EmptyFlow/7\n+++ EmptyFlow/8\n  only:\n~     code: aaaaaaaa -> bbbbbbbb\n",
            (await _store.ExecuteAsync("diff", "7", "8")).Out);
        Assert.Equal(0, (await _store.ExecuteAsync("diff", "7", "7")).ExitCode);
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
