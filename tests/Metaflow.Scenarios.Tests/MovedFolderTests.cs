using Metaflow.Client;

namespace Metaflow.Scenarios.Tests;

/// <summary>Folders <c>.metaflow</c> that were moved: their records name a place that is gone.</summary>
public sealed class MovedFolderTests : IDisposable
{
    private const string Flow = """
        from metaflow import FlowSpec, IncludeFile, step

        class LinearFlow(FlowSpec):
            note = IncludeFile("note", default="note.txt")

            @step
            def start(self):
                self.number = 1
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

    private readonly Workplace _place = new();

    private string Elsewhere => Path.Combine(_place.Folder, "mounted", "elsewhere");

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_run_is_read_logged_dumped_resumed_and_continued_where_its_folder_was_moved_to()
    {
        Assert.Equal(1, (await _place.RunAsync("MendableFlow", "run", "--run-id-file", "id")).ExitCode);
        var id = await File.ReadAllTextAsync(Path.Combine(_place.Folder, "id"), TestContext.Current.CancellationToken);
        Move();
        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "mended"), "", CancellationToken.None);

        Assert.Contains("not mended", await OutputAsync("MendableFlow", "logs", $"{id}/work"), StringComparison.Ordinal);
        Assert.Contains("number", await OutputAsync("MendableFlow", "dump", $"{id}/start"), StringComparison.Ordinal);
        await OutputAsync("MendableFlow", "resume", "--origin-run-id", id);
        await OutputAsync("MendableFlow", "resume", "--continue", id);

        var runs = new MetaflowClient(Elsewhere).WithNamespace(null).Flow("MendableFlow").Runs();
        Assert.Equal(2, runs.Count);
        Assert.All(runs, static run => Assert.Equal((true, 2), (run.Successful, run.Data.Get<int>("number"))));
        Assert.All(runs, static run => Assert.Contains("before", run.Step("work").Task!.Stdout, StringComparison.Ordinal));
        Assert.False(Directory.Exists(_place.Root), "something was written where the folder was before");
    }

    [Fact]
    public async Task A_run_of_Python_is_read_and_resumed_where_its_folder_was_moved_to()
    {
        PythonReference.SkipWhereMissing();
        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "flow.py"), Flow, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "note.txt"), "a note", TestContext.Current.CancellationToken);
        Assert.Equal(1, (await PythonReference.RunAsync(_place, "flow.py", "--datastore=local", "run")).ExitCode);
        Move();

        var first = new MetaflowClient(Elsewhere).WithNamespace(null).Flow("LinearFlow").LatestRun!;
        Assert.Equal("a note", first.Parameters["note"]);
        Assert.Equal("python was here\n", first.Step("start").Task!.Stdout);
        Assert.Contains("mended in C#", await OutputAsync("LinearFlow", "logs", $"{first.Id}/middle"), StringComparison.Ordinal);
        await OutputAsync("LinearFlow", "resume", "--origin-run-id", first.Id);
        var resumed = new MetaflowClient(Elsewhere).WithNamespace(null).Flow("LinearFlow").LatestRun!;
        Assert.Equal((first.Pathspec, 2), (resumed.OriginPathspec, resumed.Data.Get<int>("number")));
        Assert.Equal("python was here\n", resumed.Step("start").Task!.Stdout);
    }

    // With the folder of included files, which Python Metaflow makes beside it.
    private void Move()
    {
        Directory.CreateDirectory(Elsewhere);
        Directory.Move(_place.Root, Path.Combine(Elsewhere, ".metaflow"));
        if (Path.Combine(_place.Folder, "data") is var data && Directory.Exists(data))
        {
            Directory.Move(data, Path.Combine(Elsewhere, "data"));
        }
    }

    private async Task<string> OutputAsync(string flow, params string[] arguments)
    {
        var outcome = (await _place.RunAsync(flow, ["--datastore-root", Elsewhere, .. arguments])).Succeeded();
        return outcome.Output + outcome.Errors;
    }
}
