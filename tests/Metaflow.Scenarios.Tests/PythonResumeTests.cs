using System.Text.Json;

namespace Metaflow.Scenarios.Tests;

/// <summary>Resuming across languages.</summary>
public sealed class PythonResumeTests : IDisposable
{
    private const string Flow = """
        from metaflow import FlowSpec, step

        class LinearFlow(FlowSpec):
            @step
            def start(self):
                self.number = 1
                self.note = {"of": "python"}
                print("python was here")
                self.next(self.middle)

            @step
            def middle(self):
                raise ValueError("mended in C#")
                self.next(self.end)

            @step
            def end(self):
                pass

        if __name__ == "__main__":
            LinearFlow()
        """;

    private const string Reader = """
        import json, sys
        from metaflow import Run, namespace, metadata
        metadata("local@" + sys.argv[1])
        namespace(None)
        run = Run(sys.argv[2])
        start = run["start"].task
        print(json.dumps({
            "successful": run.successful, "number": run.data.number, "origin": run.origin_pathspec, "task_origin": start.origin_pathspec,
            "stdout": start.stdout, "attempt": start.current_attempt, "size": start["number"].size, "middle_origin": run["middle"].task.origin_pathspec,
        }))
        """;

    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_run_of_Python_is_resumed_here_and_the_resumed_run_is_read_there()
    {
        PythonReference.SkipWhereMissing();
        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "flow.py"), Flow, TestContext.Current.CancellationToken);
        await PythonAsync(exitCode: 1, "flow.py", "--datastore=local", "run");
        var first = _place.Client().Flow("LinearFlow").LatestRun!;

        (await _place.RunAsync("LinearFlow", "resume")).Succeeded();
        var resumed = _place.Client().Flow("LinearFlow").LatestRun!;
        Assert.Equal(first.Pathspec, resumed.OriginPathspec);
        Assert.Equal(2, resumed.Data.Get<int>("number"));
        Assert.Equal("python was here\n", resumed.Step("start").Task!.Stdout);

        using var json = JsonDocument.Parse(await PythonAsync(exitCode: 0, "-c", Reader, _place.Folder, resumed.Pathspec));
        var seen = json.RootElement;
        Assert.True(seen.GetProperty("successful").GetBoolean());
        Assert.Equal(2, seen.GetProperty("number").GetInt32());
        Assert.Equal(first.Pathspec, seen.GetProperty("origin").GetString());
        Assert.Equal(first.Step("start").Task!.Pathspec, seen.GetProperty("task_origin").GetString());
        Assert.Equal(JsonValueKind.Null, seen.GetProperty("middle_origin").ValueKind);
        Assert.Equal("python was here\n", seen.GetProperty("stdout").GetString());
        Assert.Equal(0, seen.GetProperty("attempt").GetInt32());
        Assert.True(seen.GetProperty("size").GetInt64() > 0);
    }

    [Fact]
    public async Task A_run_of_Python_keeps_its_parameters_and_configurations_and_gets_those_that_it_lacks()
    {
        PythonReference.SkipWhereMissing();
        var inputs =
            "    pace = Parameter(\"pace\", default=2)\n    scale = Config(\"scale\", default_value='{\"factor\": 5}')\n\n"
                + "    @step\n    def start";
        var flow = Flow.Replace("FlowSpec, step", "FlowSpec, Config, Parameter, step", StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "plain.py"), Flow, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(_place.Folder, "rich.py"),
            flow.Replace("    @step\n    def start", inputs, StringComparison.Ordinal),
            TestContext.Current.CancellationToken);

        // 1 + 2 * 5 with what Python's run has; 1 + 10 * 3 with the defaults of a flow that has more than Python's.
        foreach (var (file, number) in new[] { ("rich.py", 11), ("plain.py", 31) })
        {
            await PythonAsync(exitCode: 1, file, "--datastore=local", "run");
            var plan = (await _place.RunAsync("GainingFlow", "resume", "--dry-run")).Succeeded();
            Assert.Contains("start   1 task cloned", plan.Output, StringComparison.Ordinal);
            (await _place.RunAsync("GainingFlow", "resume")).Succeeded();
            Assert.Equal(number, _place.Client().Flow("LinearFlow").LatestRun!.Data.Get<int>("number"));
        }
    }

    [Fact]
    public async Task Python_does_not_take_a_run_with_a_cache_for_a_resumed_one()
    {
        PythonReference.SkipWhereMissing();
        var ordinary = await _place.SucceedAsync("LinearFlow");
        var cached = await _place.SucceedAsync("LinearFlow", "--cache");

        Assert.All(cached.Tasks, static task => Assert.NotNull(task.OriginPathspec));
        Assert.Null(cached.OriginPathspec);
        Assert.Equal(await OriginsAsync(ordinary.Pathspec), await OriginsAsync(cached.Pathspec));

        async Task<string> OriginsAsync(string run)
        {
            using var json = JsonDocument.Parse(await PythonAsync(exitCode: 0, "-c", Reader, _place.Folder, run));
            return $"{json.RootElement.GetProperty("origin")} {json.RootElement.GetProperty("task_origin")} "
                + $"{json.RootElement.GetProperty("stdout")}";
        }
    }

    private async Task<string> PythonAsync(int exitCode, params string[] arguments)
    {
        var outcome = await PythonReference.RunAsync(_place, arguments);
        Assert.True(outcome.ExitCode == exitCode, outcome.All);
        return outcome.Output;
    }
}
