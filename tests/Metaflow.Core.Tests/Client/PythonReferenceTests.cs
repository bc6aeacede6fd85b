using System.Diagnostics;
using System.Text.Json;
using Metaflow.Client;
using Metaflow.Core.Tests.Storage;

namespace Metaflow.Core.Tests.Client;

/// <summary>The reference's own client reads what is written here. The variable METAFLOW_PYTHON_REFERENCE names a clone of the
/// reference.</summary>
public sealed class PythonReferenceTests : IDisposable
{
    private const string Variable = "METAFLOW_PYTHON_REFERENCE";

    private const string Script = """
        import json, sys
        from metaflow import Flow, Run, Task, namespace, metadata
        metadata("local@" + sys.argv[1])
        namespace(None)
        run = Run(sys.argv[2])
        body = sorted(run["body"], key=lambda t: int(t.id))
        print(json.dumps({
            "latest": Flow("SampleFlow").latest_successful_run.id,
            "successful": run.successful, "finished": run.finished, "finished_at": run.finished_at is not None,
            "user_tags": sorted(run.user_tags), "system_tags": sorted(run.system_tags),
            "total": run.data.total, "text": run.data.text, "names": sorted(a.id for a in run["end"].task),
            "indices": [t.index for t in body], "squares": [t.data.square for t in body],
            "stdout": body[0].stdout, "lines": run["start"].task.stdout, "loglines": [text for _, text in run["start"].task.loglines("stdout")], "size": run["end"].task["total"].size, "sha": run["end"].task["total"].sha,
            "parents": sorted(t.pathspec for t in run["join"].task.parent_tasks),
            "children": sorted(t.pathspec for t in run["start"].task.child_tasks),
            "stack": body[1].metadata_dict["foreach-stack"],
            "random": run["start"].task.data.blob == bytes(range(256)) * 4,
        }))
        run.add_tag("from_python")
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_Python_client_reads_a_run_and_its_change_of_tags_is_read_back()
    {
        var reference = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(reference), $"{Variable} does not name a clone of the reference.");
        var sample = await new SampleRun(_folder.Root) { Lines = 300 }.WriteAsync(3);

        using var json = JsonDocument.Parse(await RunAsync(reference!, _folder.Path, sample.Pathspec));
        var seen = json.RootElement;
        var run = new MetaflowClient(_folder.Path).WithNamespace(null).Run(sample.Pathspec);

        Assert.Equal(sample.Run.RunId, seen.GetProperty("latest").GetString());
        Assert.True(seen.GetProperty("successful").GetBoolean());
        Assert.True(seen.GetProperty("finished").GetBoolean());
        Assert.True(seen.GetProperty("finished_at").GetBoolean());
        Assert.Equal(["mine"], Texts(seen, "user_tags"));
        Assert.Contains("user:ada", Texts(seen, "system_tags"));
        Assert.Equal(3, seen.GetProperty("total").GetInt32());
        Assert.Equal("grüße", seen.GetProperty("text").GetString());
        Assert.Equal(run.Data.Names, Texts(seen, "names"));
        Assert.Equal([0, 1, 2], seen.GetProperty("indices").EnumerateArray().Select(static index => index.GetInt32()));
        Assert.Equal([0, 1, 4], seen.GetProperty("squares").EnumerateArray().Select(static square => square.GetInt32()));
        Assert.Equal("hello from body\n", seen.GetProperty("stdout").GetString());
        Assert.Equal(["hello from start", .. Enumerable.Range(0, 300).Select(static i => $"line {i}")], Texts(seen, "loglines"));
        Assert.Equal(string.Concat(Texts(seen, "loglines").Select(static line => line + "\n")), seen.GetProperty("lines").GetString());
        Assert.Equal(run.EndTask!.Artifact("total").Size, seen.GetProperty("size").GetInt64());
        Assert.Equal(run.EndTask!.Artifact("total").Sha, seen.GetProperty("sha").GetString());
        Assert.Equal(run.Step("join").Task!.ParentTasks.Select(static task => task.Pathspec), Texts(seen, "parents"));
        Assert.Equal(run.StartTask!.ChildTasks.Select(static task => task.Pathspec), Texts(seen, "children"));
        Assert.Equal(["items=1"], Texts(seen, "stack"));
        Assert.True(seen.GetProperty("random").GetBoolean());
        Assert.Equal(["from_python", "mine"], run.UserTags.Order());
    }

    private static IEnumerable<string> Texts(JsonElement json, string name)
        => json.GetProperty(name).EnumerateArray().Select(static text => text.GetString()!);

    private static async Task<string> RunAsync(string reference, string folder, string pathspec)
    {
        var start = new ProcessStartInfo("python3", ["-c", Script, folder, pathspec])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        start.Environment["PYTHONPATH"] = reference;
        start.Environment["METAFLOW_USER"] = "tester";
        start.Environment["METAFLOW_CLIENT_CACHE_PATH"] = Path.Combine(folder, "cache");
        start.Environment["METAFLOW_HOME"] = folder;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await errors);
        return output;
    }
}
