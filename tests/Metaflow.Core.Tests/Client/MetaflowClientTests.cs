using Metaflow.Artifacts;
using Metaflow.Client;
using Metaflow.Core.Tests.Storage;
using Metaflow.Errors;
using Metaflow.Logs;
using Metaflow.Metadata;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Core.Tests.Client;

public sealed class MetaflowClientTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_run_is_read_from_the_flow_down_to_the_value()
    {
        var sample = await new SampleRun(_folder.Root).WriteAsync(3);
        var run = Open().Flow("SampleFlow").LatestSuccessfulRun!;

        Assert.Equal(sample.Pathspec, run.Pathspec);
        Assert.Equal(["end", "join", "body", "start"], run.Steps.Select(static step => step.Name));
        Assert.Equal(3L, run.Data["total"]);
        Assert.Equal(3, run.Data.Get<int>("total"));
        Assert.Equal("grüße", run.EndTask!.Artifact("text").Get<string>());
        Assert.Equal(["alpha", "name", "text", "total"], run.Data.Names);
        Assert.True(run.Data.Contains("_task_ok"));
        Assert.Equal(7L, run.Parameters["alpha"]);
        Assert.Equal("start", run.StartTask!.Step.Name);
        Assert.NotNull(run.FinishedAt);
        Assert.Equal("ada", run.UserName);
        Assert.Null(run.OriginPathspec);
    }

    [Fact]
    public async Task Tasks_know_their_index_logs_metadata_parents_and_children()
    {
        var sample = await new SampleRun(_folder.Root).WriteAsync(12);
        var client = Open();
        var second = client.Step($"{sample.Pathspec}/body").Tasks.Single(static task => task.Index == 1);

        Assert.Equal("hello from body\n", second.Stdout);
        Assert.Equal(string.Empty, second.Stderr);
        Assert.Equal(LogFiles.Runtime, second.LogLines(LogKind.Stdout)[0].Source);
        Assert.Equal("[\"items=1\"]", second.MetadataDictionary["foreach-stack"]);
        Assert.Equal(["start"], second.ParentTasks.Select(static task => task.Step.Name));
        Assert.Equal(["join"], second.ChildTasks.Select(static task => task.Step.Name));
        Assert.Equal(12, client.Run(sample.Pathspec).Step("join").Task!.ParentTasks.Count);
        Assert.Equal(["body"], second.Step.ParentSteps.Single().ChildSteps.Select(static step => step.Name));
    }

    [Fact]
    public async Task A_flows_class_gives_typed_data()
    {
        await new SampleRun(_folder.Root).WriteAsync(3);
        var flow = Open().Flow<SampleFlow>();

        Assert.Equal(3, flow.LatestSuccessfulRun!.Data.Total.Value);
        Assert.Equal([4, 1, 0], flow.LatestRun!.Tasks("body").Select(static task => task.Data.Square.Value));
        Assert.Throws<StepFailedException>(() => flow.LatestRun!.Data.Square.Value);
    }

    [Fact]
    public async Task A_datastore_that_was_moved_is_read_as_before()
    {
        var sample = await new SampleRun(_folder.Root).WriteAsync(2);
        var datastore = new FlowDatastore(new Metaflow.Storage.LocalBlobStore(_folder.Root), "SampleFlow", TimeProvider.System);
        var url = await datastore.SaveFileAsync("included"u8.ToArray(), TestContext.Current.CancellationToken);
        using var elsewhere = new TemporaryFolder();
        Directory.Move(_folder.Root, elsewhere.Root);

        var run = new MetaflowClient(elsewhere.Path).WithNamespace(null).Run(sample.Pathspec);

        Assert.Equal(2L, run.Data["total"]);
        Assert.Equal("hello from end\n", run.EndTask!.Stdout);
        var moved = new FlowDatastore(new Metaflow.Storage.LocalBlobStore(elsewhere.Root), "SampleFlow", TimeProvider.System);
        Assert.Equal("included"u8.ToArray(), await moved.LoadFileAsync(url, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_included_file_that_Python_stored_beside_the_datastore_is_found_where_both_were_moved_to()
    {
        using var elsewhere = new TemporaryFolder();
        var datastore = new FlowDatastore(new Metaflow.Storage.LocalBlobStore(elsewhere.Root), "SampleFlow", TimeProvider.System);
        var url = await datastore.SaveFileAsync("included"u8.ToArray(), TestContext.Current.CancellationToken);
        Directory.Move(Path.Combine(elsewhere.Root, "data"), Path.Combine(elsewhere.Path, "data"));

        // As METAFLOW_DATASTORE_SYSROOT_LOCAL makes Python Metaflow do it: no '.metaflow' in the URL, whose folder is gone.
        var old = $"local:///gone/data/SampleFlow/{url[^40..]}";
        Assert.Equal("included"u8.ToArray(), await datastore.LoadFileAsync(old, TestContext.Current.CancellationToken));
        Assert.Equal(
            ErrorCodes.IncludedFileLost,
            (await Assert.ThrowsAsync<StorageException>(
                () => datastore.LoadFileAsync(old[..^1] + "x", TestContext.Current.CancellationToken).AsTask())).Code);
    }

    [Fact]
    public async Task Records_without_a_datastores_list_are_enough_for_values()
    {
        var sample = await new SampleRun(_folder.Root).WriteAsync(2);
        foreach (var file in Directory.GetFiles(_folder.Root, "0.*", SearchOption.AllDirectories)
            .Where(static file => !file.Contains("_meta", StringComparison.Ordinal)))
        {
            File.Delete(file);
        }

        var run = Open().Run(sample.Pathspec);

        Assert.True(run.Successful);
        Assert.Equal(2L, run.Data["total"]);
        Assert.Equal(string.Empty, run.EndTask!.Stdout);
    }

    [Fact]
    public async Task A_damaged_record_hides_nothing_but_what_it_is_about()
    {
        var sample = await new SampleRun(_folder.Root).WriteAsync(2);
        await new SampleRun(_folder.Root, "OtherFlow").WriteAsync(1);
        foreach (var damaged in new[] { $"{sample.Pathspec}/body", $"{sample.Pathspec}/start/1", "OtherFlow" })
        {
            await File.WriteAllTextAsync(
                Path.Combine(_folder.Root, damaged, "_meta", "_self.json"), "{", TestContext.Current.CancellationToken);
        }

        Assert.Equal(2L, Open().Step($"{sample.Pathspec}/end").Task!.Data["total"]);
        Assert.True(Open().Run(sample.Pathspec).Successful);
        Assert.Equal("MF5001", Assert.Throws<MetadataException>(() => Open().Step($"{sample.Pathspec}/body")).Code);
        Assert.Equal("MF5001", Assert.Throws<MetadataException>(() => Open().Run(sample.Pathspec).Steps).Code);
    }

    [Fact]
    public async Task A_run_without_an_end_task_has_no_data_MF5004()
    {
        var sample = await new SampleRun(_folder.Root).WriteAsync(1, succeeds: false);
        var run = Open().Run(sample.Pathspec);

        Assert.False(run.Finished);
        Assert.False(run.Successful);
        Assert.Null(run.FinishedAt);
        Assert.Null(Open().Flow("SampleFlow").LatestSuccessfulRun);
        var error = Assert.Throws<MetadataException>(() => run.Data);
        Assert.Equal(ErrorCodes.ObjectNotFound, error.Code);
    }

    [Fact]
    public async Task What_is_not_there_is_reported_with_the_names_near_to_it_MF5004()
    {
        var sample = await new SampleRun(_folder.Root).WriteAsync(1);
        var client = Open();

        AssertNotFound("'SampleFlow'", () => client.Flow("SampelFlow"));
        AssertNotFound($"'{sample.Run.RunId}'", () => client.Run("SampleFlow/1"));
        AssertNotFound("'body'", () => client.Step($"{sample.Pathspec}/boddy"));
        AssertNotFound("'2'", () => client.Task($"{sample.Pathspec}/body/9"));
        AssertNotFound("'total'", () => client.Artifact($"{sample.Pathspec}/end/4/totall"));

        static void AssertNotFound(string near, Action ask)
        {
            var error = Assert.Throws<MetadataException>(ask);
            Assert.Equal("MF5004", error.Code);
            Assert.Contains(near, error.Why, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_flow_that_is_looked_for_in_the_wrong_place_says_where_MF5004()
    {
        var nowhere = Path.Combine(_folder.Root, "no such folder");
        foreach (var ask in (Action<MetaflowClient>[])[static client => client.Flow("F"), static client => client.Run("F/1")])
        {
            var error = Assert.Throws<MetadataException>(() => ask(new MetaflowClient(nowhere)));
            Assert.Equal("MF5004", error.Code);
            Assert.Equal($"The folder '{nowhere}/.metaflow' does not exist.", error.Why);
        }

        Assert.Empty(new MetaflowClient(nowhere).Flows);
        Assert.False(Directory.Exists(nowhere));
        var stores = RunStores.InMemory();
        var empty = await Assert.ThrowsAsync<MetadataException>(
            () => new MetaflowClient(stores.Metadata, stores.Blobs).GetFlowAsync("F", TestContext.Current.CancellationToken));
        Assert.Contains($"'{stores.Blobs.Root}' has no flows", empty.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SampleFlow")]
    [InlineData("SampleFlow/1/start")]
    [InlineData("SampleFlow/")]
    [InlineData("SampleFlow/..")]
    [InlineData("")]
    public void A_pathspec_of_another_form_is_refused_MF5003(string pathspec)
    {
        var error = Assert.Throws<MetadataException>(() => Open().Run(pathspec));

        Assert.Equal("MF5003", error.Code);
        Assert.Contains("Flow/run", error.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_namespace_hides_the_runs_of_others_MF5005()
    {
        var mine = await new SampleRun(_folder.Root).WriteAsync(1);
        var theirs = await new SampleRun(_folder.Root, user: "bob").WriteAsync(1);
        var other = await new SampleRun(_folder.Root, "OtherFlow", "bob").WriteAsync(1);
        var client = new MetaflowClient(new MetaflowSettings
        {
            User = "ada",
            Datastore = StoreAddress.Local(_folder.Root),
            Namespace = "user:ada",
        });

        Assert.Equal("user:ada", client.Namespace);
        Assert.Equal(["SampleFlow"], client.Flows.Select(static flow => flow.Name));
        Assert.Equal(mine.Run.RunId, client.Flow("SampleFlow").LatestRun!.Id);
        foreach (Action ask in new Action[]
        {
            () => client.Run(theirs.Pathspec), () => client.Task($"{theirs.Pathspec}/end/4"), () => client.Flow("OtherFlow"),
        })
        {
            var error = Assert.Throws<MetadataException>(ask);
            Assert.Equal("MF5005", error.Code);
            Assert.Contains("'user:ada'", error.What, StringComparison.Ordinal);
            Assert.Contains("'user:bob'", error.Why, StringComparison.Ordinal);
            Assert.Contains("WithNamespace", error.Fix, StringComparison.Ordinal);
        }

        Assert.Equal(2, client.WithNamespace(null).Flow("SampleFlow").Runs().Count);
        Assert.Equal(other.Run.RunId, client.WithNamespace("user:bob").Flow("OtherFlow").LatestRun!.Id);
    }

    [Fact]
    public async Task An_attempt_that_a_task_does_not_have_is_refused_MF5010()
    {
        var sample = await new SampleRun(_folder.Root).WriteAsync(1);

        var error = Assert.Throws<MetadataException>(() => Open().Task($"{sample.Pathspec}/end/4", attempt: 3));

        Assert.Equal("MF5010", error.Code);
    }

    [Fact]
    public async Task Tags_are_changed_through_a_run()
    {
        var sample = await new SampleRun(_folder.Root).WriteAsync(1);
        var run = Open().Run(sample.Pathspec);
        run.AddTag("good");
        run.ReplaceTag("mine", "ours");
        run.RemoveTag("good");

        Assert.Equal(["ours"], run.UserTags);
        Assert.Equal(["ours"], Open().Run(sample.Pathspec).UserTags);
        Assert.Equal([run.Id], Open().Flow("SampleFlow").Runs("ours", "runtime:dev").Select(static found => found.Id));
        Assert.Equal("MF5007", Assert.Throws<MetadataException>(() => run.RemoveTag("user:ada")).Code);
    }

    [Fact]
    public async Task A_task_that_has_not_finished_has_no_artifacts_and_no_status()
    {
        var sample = await new SampleRun(_folder.Root).WriteAsync(1);
        var task = new Metaflow.Naming.TaskPath("SampleFlow", sample.Run.RunId, "end", "99");
        await new Metaflow.Metadata.LocalMetadataProvider(_folder.Root, TimeProvider.System).RegisterTaskAsync(
            sample.Run, task, TestContext.Current.CancellationToken);

        var handle = Open().Task(task.ToString());

        Assert.Empty(handle.Artifacts);
        Assert.False(handle.Finished);
        Assert.Null(handle.Exception);
        Assert.Null(handle.Index);
        Assert.Equal("MF4010", Assert.Throws<StorageException>(() => handle.Data["x"]).Code);
    }

    [Fact]
    public async Task Reading_all_of_a_run_of_a_thousand_tasks_opens_no_file_twice()
    {
        var sample = await new SampleRun(_folder.Root).WriteAsync(3);
        CloneBodies(sample, 1000);
        var files = new CountingFileReader();
        var client = new MetaflowClient(
            new LocalMetadataProvider(_folder.Root, TimeProvider.System, files),
            new LocalBlobStore(_folder.Root, TimeProvider.System, files));
        var run = client.Run(sample.Pathspec);
        var count = 0;

        foreach (var task in run.Tasks)
        {
            count += task.Finished && task.Successful && task.Exception is null && task.FinishedAt is not null ? 1 : 0;
            Assert.All(task.Data.Names, name => Assert.NotNull(task.Data[name]));
            Assert.NotEmpty(task.MetadataDictionary);
            Assert.Equal(0, task.CurrentAttempt);
        }

        Assert.Equal(1006, count);
        Assert.Equal(1000 + 3, run.Step("body").Tasks.Count);
        Assert.Equal(1003, run.Step("join").Task!.ParentTasks.Count);
        Assert.DoesNotContain(files.Opens, static file => file.Value > 1);
    }

    private void CloneBodies(SampleRun sample, int count)
    {
        var body = Path.Combine(_folder.Root, sample.Pathspec, "body");
        for (var i = 0; i < count; i++)
        {
            // Links are much faster to make than copies, and each file is still one of its own path.
            Directory.CreateSymbolicLink(Path.Combine(body, $"{1000 + i}"), Path.Combine(body, "2"));
        }
    }

    private MetaflowClient Open() => new MetaflowClient(_folder.Path).WithNamespace(null);

    private sealed class SampleFlow : IArtifactHolder
    {
        public ArtifactCell<int> Total { get; } = new("total");

        public ArtifactCell<int> Square { get; } = new("square");

        public string FlowName => "SampleFlow";

        public void CollectCells(ICollection<ArtifactCell> cells)
        {
            cells.Add(Total);
            cells.Add(Square);
        }
    }
}
