using System.Diagnostics;
using System.Text.Json;
using Metaflow.Settings;
using Metaflow.Storage;

namespace Metaflow.Cli.Tests;

public sealed class DumpFormatTests : IDisposable
{
    private const string TypesRun = "1795306022407148";
    private readonly SampleStore _store = new();

    [Fact]
    public async Task Json_is_for_programs()
    {
        await AddTaskAsync(new()
        {
            ["text"] = "é",
            ["list"] = new[] { 1.5, double.NaN },
            ["map"] = new Dictionary<int, bool> { [3] = true },
            ["_own"] = 1,
        });

        var dump = await _store.ExecuteAsync("dump", "latest/only", "--json", "--quiet");

        Assert.Equal((0, ""), (dump.ExitCode, dump.Error));
        Assert.Equal(dump, await _store.ExecuteAsync("dump", "7/only", "--format", "json", "--quiet"));
        using var json = JsonDocument.Parse(dump.Out);
        var task = Assert.Single(json.RootElement.EnumerateArray());
        Assert.Equal(
            ("7", "only", "1"),
            (task.GetProperty("run").GetString(), task.GetProperty("step").GetString(), task.GetProperty("task").GetString()));
        var values = task.GetProperty("artifacts").EnumerateArray()
            .ToDictionary(static artifact => artifact.GetProperty("name").GetString()!);
        Assert.Equal(["list", "map", "text"], values.Keys);
        Assert.Equal("é", values["text"].GetProperty("value").GetString());
        Assert.Equal("<class 'str'>", values["text"].GetProperty("type").GetString());
        Assert.Equal(40, values["text"].GetProperty("sha").GetString()!.Length);
        Assert.Equal([1.5], values["list"].GetProperty("value").EnumerateArray().Take(1).Select(static item => item.GetDouble()));
        Assert.Equal("NaN", values["list"].GetProperty("value")[1].GetString());
        Assert.True(values["map"].GetProperty("value").GetProperty("3").GetBoolean());
    }

    [Theory]
    [InlineData("dump", "latest/only", "They have 'list', 'text'.")]
    [InlineData("diff", "latest latest", "They have 'list', 'text'.")]
    [InlineData("dump", "latest/only", "Add '--private'", "_own")]
    public async Task An_artifact_that_no_task_has_is_told(string command, string inputs, string remedy, string name = "txet")
    {
        await AddTaskAsync(new() { ["text"] = "é", ["list"] = new[] { 1 }, ["_own"] = 1 });

        var outcome = await _store.ExecuteAsync([command, .. inputs.Split(' '), "--include", "text," + name]);

        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Out));
        Assert.Contains($"no task has an artifact '{name}'. {remedy}", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_type_of_the_reference_becomes_json()
    {
        var application = new FakeApplication
        {
            Definition = SampleFlows.Empty with { FlowName = "TypesFlow" },
            Settings = new MetaflowSettings
            {
                User = "ada",
                Datastore = StoreAddress.Local(Path.Combine(AppContext.BaseDirectory, "Golden")),
            },
        };

        var dump = await CommandLineRun.OfAsync(application, "dump", $"{TypesRun}/end", "--json", "--max-value-size", "4000", "--quiet");

        Expectation.Matches("dump-types-json", dump.Out);
        using var json = JsonDocument.Parse(dump.Out);
        Assert.NotEmpty(json.RootElement.EnumerateArray());
    }

    [Fact]
    public async Task Python_writes_a_dictionary()
    {
        await AddTaskAsync(new() { ["text"] = "it's", ["none"] = null });

        var dump = await _store.ExecuteAsync("dump", "7/only", "--format", "python", "--quiet");

        Assert.Equal("{'7/only/1': {'none': None, 'text': \"it's\"}}\n", dump.Out);
    }

    [Fact]
    public async Task A_file_is_a_pickle_that_python_opens()
    {
        await AddTaskAsync(new() { ["text"] = new string('x', 5000), ["numbers"] = new List<int> { 1, 2, 3 } });

        var dump = await _store.ExecuteAsync("dump", "7/only", "--file", "out.pkl");

        Assert.Equal((0, ""), (dump.ExitCode, dump.Out));
        Assert.EndsWith("Artifacts written to out.pkl\n", dump.Error, StringComparison.Ordinal);
        Assert.Equal(
            "7/only/1 5000 [1, 2, 3]\n",
            Python("import pickle; d = pickle.load(open('out.pkl', 'rb')); (k, v), = d.items(); print(k, len(v['text']), v['numbers'])"));
    }

    [Theory]
    [InlineData("json", "[\n    {\n        \"run\": \"7\",")]
    [InlineData("text", "x [size: 5 type: <class 'int'>] = 5\n")]
    [InlineData("python", "{'7/only/1': {'x': 5}}\n")]
    public async Task A_file_has_the_format_that_is_asked_for(string format, string start)
    {
        await AddTaskAsync(new() { ["x"] = 5 });

        await _store.ExecuteAsync("dump", "7/only", "--file", "out", "--format", format);

        Assert.StartsWith(
            start,
            await File.ReadAllTextAsync(Path.Combine(_store.Folder, "out"), TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_an_error()
    {
        await AddTaskAsync(new() { ["x"] = 5 });

        var dump = await _store.ExecuteAsync("dump", "7/only", "--file", "no/such/folder/out.pkl");

        Assert.Equal(1, dump.ExitCode);
        Assert.Contains("no/such/folder/out.pkl' was not written.", dump.Error);
        Assert.Contains("[MF2104]", dump.Error);
    }

    [Fact]
    public async Task What_cannot_be_read_is_left_out_of_a_pickle_and_said()
    {
        await AddTaskAsync(new() { ["x"] = 5, ["lost"] = "gone" });
        foreach (var blob in Directory.EnumerateFiles(Path.Combine(_store.Root, SampleStore.Flow, "data"), "*", SearchOption.AllDirectories)
            .OrderBy(static file => new FileInfo(file).Length).TakeLast(1))
        {
            File.SetAttributes(blob, FileAttributes.Normal);
            File.Delete(blob);
        }

        var dump = await _store.ExecuteAsync("dump", "7/only", "--file", "out.pkl");

        Assert.Equal(1, dump.ExitCode);
        Assert.Contains("'EmptyFlow/7/only/1/lost' was left out: ", dump.Error);
        Assert.Equal("['x']\n", Python("import pickle; print(list(pickle.load(open('out.pkl', 'rb'))['7/only/1']))"));
    }

    [Fact]
    public async Task Two_formats_are_one_too_many()
    {
        var dump = await _store.ExecuteAsync("dump", "7/only", "--json", "--format", "python");

        Assert.Equal(2, dump.ExitCode);
        Assert.Contains("Option '--json' cannot be used together with '--format python'.", dump.Error);
    }

    public void Dispose() => _store.Dispose();

    private async Task AddTaskAsync(Dictionary<string, object?> artifacts)
        => await _store.AddTaskAsync(await _store.AddRunAsync("7"), "only", "1", artifacts);

    private string Python(string code)
    {
        using var python = Process.Start(new ProcessStartInfo("python3", ["-c", code])
        {
            WorkingDirectory = _store.Folder,
            RedirectStandardOutput = true,
        })!;
        var output = python.StandardOutput.ReadToEnd();
        python.WaitForExit();
        return output;
    }
}
