using Metaflow.Artifacts;
using Metaflow.Cleanup;
using Metaflow.Client;
using Metaflow.Core.Tests.Client;
using Metaflow.Core.Tests.Storage;
using Metaflow.Errors;
using Metaflow.FarStore;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Runs;
using Metaflow.Serialization;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Stores;
using Metaflow.Testing;

namespace Metaflow.Core.Tests.Cleanup;

/// <summary>Collections that die, are slow, or are ended, and whose deletions arrive late: tasks lose nothing by it.</summary>
public sealed class LateCollectionTests : FarGarbage
{
    [Fact]
    public async Task A_collection_whose_store_looks_for_too_long_before_a_batch_deletes_nothing()
    {
        await WriteAsync(1);
        await SaveOldAsync("garbage");
        var time = new ManualTimeProvider(DateTimeOffset.UtcNow);
        var store = new HookedBlobStore(Store())
        {
            Looking = paths =>
            {
                if (paths.Any(static path => path.Contains("/data/", StringComparison.Ordinal)))
                {
                    time.Advance(ObjectLease.Silence * 2);
                }

                return Task.CompletedTask;
            },
        };
        var before = Blobs();
        var error = await Assert.ThrowsAsync<MetadataException>(() => CollectAsync(
            new CollectionRequest { Flow = Flow, Deletes = true }, store, time));
        Assert.Equal(ErrorCodes.CollectionRunning, error.Code);
        Assert.Equal(before, Blobs());
        await CollectAsync(new CollectionRequest { Flow = Flow, Deletes = true });
    }

    [Fact]
    public async Task A_task_waits_for_a_deletion_that_may_still_arrive_after_its_collection_gave_up()
    {
        var run = await WriteAsync(1);
        await SaveOldAsync("counted on");
        var writer = await StoredAsync(Datastore(), run, "early", "counted on");
        var time = new ManualTimeProvider(DateTimeOffset.UtcNow);
        IReadOnlyList<string> sent = [];
        var store = new HookedBlobStore(Store())
        {
            Deleting = paths =>
            {
                sent = paths;
                time.Advance(TimeSpan.FromSeconds(20));
                return Task.CompletedTask;
            },
        };
        var error = await Assert.ThrowsAsync<MetadataException>(() => CollectAsync(
            new CollectionRequest { Flow = Flow, Deletes = true }, store, time));
        Assert.Equal(ErrorCodes.CollectionRunning, error.Code);

        var committing = writer.CommitAsync(Token).AsTask();
        await Task.Delay(200, Token);
        Assert.False(committing.IsCompleted);
        await Store().DeleteAsync(sent, Token);
        var later = new LeaseRecord("x", "another-machine", 1, null, DateTimeOffset.UtcNow, IsReleased: true);
        await Store().SaveAsync(
            [new BlobWrite(NumberedObjects.PathOf(new SweepRecords(Flow).Folder, 1), later.ToJson())], overwrite: true, Token);
        await committing;
        await AssertValueAsync(run, "early", "counted on");
    }

    [Fact]
    public async Task Nobody_takes_a_run_whose_removal_goes_on()
    {
        var old = await WriteAsync(1);
        await WriteAsync(1);
        var looked = 0;
        var store = new HookedBlobStore(Store())
        {
            Deleting = async paths =>
            {
                if (paths.Any(path => path.StartsWith($"{Flow}/{old}/start/", StringComparison.Ordinal)))
                {
                    looked++;
                    Assert.Null(await RunHomes.Of(Store(), TimeProvider.System).TryTakeAsync(Flow, old, Token));
                }
            },
        };
        await CollectAsync(new CollectionRequest { Flow = Flow, KeepLast = 0, Deletes = true }, store);
        Assert.Equal(1, looked);
        Assert.DoesNotContain(Server.Paths, path => path.Contains($"/{old}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_included_file_of_a_flow_that_is_named_like_the_folder_of_blobs_stays()
    {
        const string Name = "data";
        var run = await new SampleRun(new RunStores(Store(), new StoreMetadataProvider(Store(), TimeProvider.System)), Name).WriteAsync(1);
        var datastore = new FlowDatastore(Store(), Name, TimeProvider.System);
        var url = await datastore.SaveFileAsync("included"u8.ToArray(), Token);
        var writer = datastore.OpenWriter(new TaskPath(Name, run.Run.RunId, TaskPath.ParametersStep, "7"), 0);
        await writer.SaveArtifactsAsync(
            [TaskOk, new("file", ArtifactSerializer.Serialize(new IncludedFile(url, true, null, 8), typeof(object)))], Token);
        await writer.CommitAsync(Token);
        Server.Age("", TimeSpan.FromDays(2));
        await CollectAsync(new CollectionRequest { Flow = Name, Deletes = true });
        Assert.Equal("included"u8.ToArray(), await datastore.LoadFileAsync(url, Token));
    }

    [Fact]
    public async Task A_file_that_a_task_counts_on_is_looked_for_although_another_task_of_the_process_committed_before()
    {
        var run = await WriteAsync(1);
        var datastore = Datastore();
        var url = await datastore.SaveFileAsync("included"u8.ToArray(), Token);
        await CommitAsync(datastore, run, "other", "value");
        Server.Age("data", TimeSpan.FromDays(2));
        Assert.Equal(1, (await CollectAsync(new CollectionRequest { Flow = Flow, Deletes = true })).Blobs);
        var writer = datastore.OpenWriter(new TaskPath(Flow, run, TaskPath.ParametersStep, "7"), 0);
        await writer.SaveArtifactsAsync(
            [TaskOk, new("file", ArtifactSerializer.Serialize(new IncludedFile(url, true, null, 8), typeof(object)))], Token);
        var error = await Assert.ThrowsAsync<StorageException>(async () => await writer.CommitAsync(Token));
        Assert.Equal(ErrorCodes.BlobMissing, error.Code);
    }

    [Fact]
    public async Task A_collection_that_was_taken_for_dead_deletes_nothing_more()
    {
        await WriteAsync(1);
        await SaveOldAsync("garbage");
        var records = new SweepRecords(Flow);
        var store = new HookedBlobStore(Store())
        {
            Saving = path => path.EndsWith(".deleting", StringComparison.Ordinal)
                ? ObjectLease.EndAsync(Store(), TimeProvider.System, records.Folder, 1, Token).AsTask()
                : Task.CompletedTask,
        };
        var before = Blobs();
        var error = await Assert.ThrowsAsync<MetadataException>(
            () => CollectAsync(new CollectionRequest { Flow = Flow, Deletes = true }, store));
        Assert.Equal(ErrorCodes.CollectionRunning, error.Code);
        Assert.Equal(before, Blobs());
    }

    [Theory]
    [InlineData("another-machine")]
    [InlineData(null)]
    public async Task Nobody_waits_for_a_collection_that_is_dead_for_longer_than_its_silence(string? machine)
    {
        var run = await WriteAsync(1);
        var records = new SweepRecords(Flow);
        var dead = new LeaseRecord("x", machine ?? Environment.MachineName, int.MaxValue, null, DateTimeOffset.UtcNow, IsReleased: false);
        await Store().SaveAsync(
            [
                new BlobWrite(NumberedObjects.PathOf(records.Folder, 1), dead.ToJson()),
                new BlobWrite(records.DeletingOf(1), ReadOnlyMemory<byte>.Empty),
            ],
            overwrite: false,
            Token);
        var time = new ManualTimeProvider(DateTimeOffset.UtcNow);
        var committing = CommitAsync(Datastore(time: time), run, "first", "value");
        await PassAsync(time, committing);
        Assert.InRange(time.GetUtcNow() - dead.At, ObjectLease.Silence, ObjectLease.Silence * 2);
        await CommitAsync(Datastore(), run, "second", "value");
        await AssertValueAsync(run, "second", "value");
    }

    [Fact]
    public async Task A_collection_does_not_take_the_place_of_one_that_works_by_a_slow_clock()
    {
        var run = await WriteAsync(1);
        await SaveOldAsync("counted on");
        var time = new ManualTimeProvider(DateTimeOffset.UtcNow);
        var second = Task.CompletedTask;
        var store = new HookedBlobStore(Store())
        {
            Deleting = async paths =>
            {
                if (second == Task.CompletedTask && paths.Any(static path => path.Contains("/data/", StringComparison.Ordinal)))
                {
                    second = CollectAsync(new CollectionRequest { Flow = Flow, Deletes = true }, time: time);
                    await Task.Delay(200, Token);
                    Assert.DoesNotContain($"{Flow}/_meta/sweeps/0000000002", Server.Paths);
                }
            },
        };
        var slow = new ManualTimeProvider(DateTimeOffset.UtcNow - TimeSpan.FromHours(1));
        await CollectAsync(new CollectionRequest { Flow = Flow, Deletes = true }, store, slow);
        await PassAsync(time, second);
        AssertReadable(run);
    }
}
