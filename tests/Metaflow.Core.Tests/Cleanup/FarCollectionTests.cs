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

/// <summary>Garbage is collected through the contract of stores: there are no locks, and answers get lost.</summary>
public sealed class FarCollectionTests : FarGarbage
{
    [Fact]
    public async Task What_other_runs_refer_to_stays_and_the_rest_goes()
    {
        var old = await WriteAsync(3);
        var latest = await WriteAsync(5);
        var lost = await SaveFileAsync("lost");
        await CommitAsync(Datastore(), latest, "more", "of the latest run");
        Server.Age(Flow, TimeSpan.FromDays(2));
        Server.Age("data", TimeSpan.FromDays(2));
        var before = Server.Paths;

        var told = await CollectAsync(new CollectionRequest { Flow = Flow, KeepLast = 0 });
        Assert.Equal(before, Server.Paths);
        var report = await CollectAsync(new CollectionRequest { Flow = Flow, KeepLast = 0, Deletes = true });

        Assert.Equal([old], report.Runs.Select(static run => run.RunId));
        Assert.Equal((told.Blobs, told.BlobBytes, told.Bytes), (report.Blobs, report.BlobBytes, report.Bytes));
        Assert.True(report.Blobs > 0 && report.Runs[0].Bytes > 0);
        Assert.Contains(report.Notes, note => note.Contains($"'{latest}'", StringComparison.Ordinal));
        Assert.DoesNotContain(
            Server.Paths,
            path => path.Contains($"/{old}", StringComparison.Ordinal) || path.EndsWith(lost, StringComparison.Ordinal));
        AssertReadable(latest);
        Assert.Equal(0, (await CollectAsync(new CollectionRequest { Flow = Flow, Deletes = true })).Blobs);
        Assert.Equal(
            $"{Flow}/_meta/sweeps/0000000002",
            Assert.Single(Server.Paths, static path => path.Contains("/_meta/sweeps", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Young_blobs_and_foreign_objects_stay()
    {
        await WriteAsync(1);
        await Content().SaveAsync([Payload("young")], raw: false, Token);
        await Store().SaveAsync([new BlobWrite($"{Flow}/data/notes.txt", new byte[] { 1 })], overwrite: false, Token);
        Assert.Equal(0, (await CollectAsync(new CollectionRequest { Flow = Flow, Deletes = true })).Blobs);
        Server.Age(Flow, TimeSpan.FromDays(2));
        Assert.Equal(1, (await CollectAsync(new CollectionRequest { Flow = Flow, Deletes = true })).Blobs);
        Assert.Contains($"{Flow}/data/notes.txt", Server.Paths);
    }

    [Fact]
    public async Task A_run_that_a_scheduler_has_stays()
    {
        var first = await WriteAsync(1);
        await WriteAsync(1);
        var home = RunHomes.Of(Store(), TimeProvider.System);
        await using var held = await home.TryTakeAsync(Flow, first, Token);
        var report = await CollectAsync(new CollectionRequest { Flow = Flow, KeepLast = 0, Deletes = true });
        Assert.Empty(report.Runs);
        Assert.Equal(2, Client().Flow(Flow).Runs().Count);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(25, true)]
    public async Task A_run_whose_scheduler_fell_silent_within_a_day_stays(int hours, bool goes)
    {
        var first = await WriteAsync(1);
        await WriteAsync(1);
        var silent = new LeaseRecord(
            "x", "another-machine", 1, null, DateTimeOffset.UtcNow - TimeSpan.FromHours(hours), IsReleased: false);
        await Store().SaveAsync(
            [
                new BlobWrite(NumberedObjects.PathOf(ObjectRunHome.LeasesOf(Flow, first), 1), silent.ToJson()),
                new RunStatus(RunState.Running, 1, "another-machine", silent.At).ToWrite(Flow, first),
            ],
            overwrite: true,
            Token);
        var report = await CollectAsync(new CollectionRequest { Flow = Flow, States = [RunState.Dead], Deletes = true });
        Assert.Equal(goes ? [first] : [], report.Runs.Select(static run => run.RunId));
        Assert.Equal(goes ? 1 : 2, Client().Flow(Flow).Runs().Count);
        Assert.Equal(goes, !report.Notes.Any(note => note.Contains($"'{first}' stays", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_removal_that_was_cut_off_is_finished_by_the_next_collection()
    {
        var old = await WriteAsync(2);
        var latest = await WriteAsync(1);
        var removals = 0;
        var broken = new HookedBlobStore(Store())
        {
            Deleting = paths => paths.Count > 1 && ++removals == 1 ? throw new OperationCanceledException() : Task.CompletedTask,
        };
        await Assert.ThrowsAsync<OperationCanceledException>(() => CollectAsync(
            new CollectionRequest { Flow = Flow, KeepLast = 0, Deletes = true }, broken));
        Assert.Equal([latest], Client().Flow(Flow).Runs().Select(static run => run.Id));
        Assert.Contains(Server.Paths, path => path.Contains($"/{old}/", StringComparison.Ordinal));

        await CollectAsync(new CollectionRequest { Flow = Flow, Deletes = true });

        Assert.DoesNotContain(Server.Paths, path => path.Contains($"/{old}", StringComparison.Ordinal));
        AssertReadable(latest);
    }

    [Fact]
    public async Task Two_collections_do_not_work_at_once()
    {
        await WriteAsync(1);
        await using var other = await ObjectLease.TryTakeAsync(Store(), TimeProvider.System, new SweepRecords(Flow).Folder, Token);
        var error = await Assert.ThrowsAsync<MetadataException>(
            () => CollectAsync(new CollectionRequest { Flow = Flow, Deletes = true }));
        Assert.Equal(ErrorCodes.CollectionRunning, error.Code);
        await CollectAsync(new CollectionRequest { Flow = Flow });
    }

    [Fact]
    public async Task When_it_is_unknown_what_a_task_refers_to_no_blob_goes()
    {
        var run = await WriteAsync(1);
        await Content().SaveAsync([Payload("of no run")], raw: false, Token);
        var list = Server.Paths.First(path => path.StartsWith($"{Flow}/{run}/start/", StringComparison.Ordinal)
            && path.EndsWith(".data.json", StringComparison.Ordinal));
        await Store().SaveAsync([new BlobWrite(list, "{"u8.ToArray())], overwrite: true, Token);
        Server.Age(Flow, TimeSpan.FromDays(2));
        var before = Blobs();
        var error = await Assert.ThrowsAsync<StorageException>(
            () => CollectAsync(new CollectionRequest { Flow = Flow, Deletes = true }));
        Assert.Equal(ErrorCodes.RecordUnreadable, error.Code);
        Assert.Equal(before, Blobs());
    }

    [Fact]
    public void Runs_whose_records_are_kept_elsewhere_are_not_collected()
        => Assert.Equal(
            ErrorCodes.CollectionNeedsRecords,
            Assert.Throws<ConfigurationException>(static () => new GarbageCollector(
                new MetaflowSettings
                {
                    User = "ada",
                    Datastore = StoreAddress.Local("/nowhere"),
                    MetadataType = StoreMetadataProvider.Type,
                },
                TimeProvider.System)).Code);

    [Fact]
    public async Task A_task_that_counts_on_a_blob_which_a_whole_collection_removes_stores_it_again()
    {
        var run = await WriteAsync(1);
        await SaveOldAsync("counted on");
        var datastore = Datastore();
        var writer = await StoredAsync(datastore, run, "late", "counted on");

        Assert.Equal(1, (await CollectAsync(new CollectionRequest { Flow = Flow, Deletes = true })).Blobs);
        await writer.CommitAsync(Token);

        await AssertValueAsync(run, "late", "counted on");
    }

    [Fact]
    public async Task A_task_that_commits_while_a_collection_marks_does_not_wait_and_loses_nothing()
    {
        var run = await WriteAsync(1);
        await SaveOldAsync("counted on");
        await SaveOldAsync("garbage");
        var store = new HookedBlobStore(Store())
        {
            Saving = async path =>
            {
                if (path.EndsWith(".deleting", StringComparison.Ordinal))
                {
                    // After the marking: the collection does not know of the list.
                    await CommitAsync(Datastore(), run, "late", "counted on");
                }
            },
        };

        var report = await CollectAsync(new CollectionRequest { Flow = Flow, Deletes = true }, store);

        Assert.Equal(1, report.Blobs);
        await AssertValueAsync(run, "late", "counted on");
    }

    [Fact]
    public async Task A_task_that_commits_while_a_collection_deletes_waits_for_its_end_and_loses_nothing()
    {
        var run = await WriteAsync(1);
        await SaveOldAsync("counted on");
        var committing = Task.CompletedTask;
        var store = new HookedBlobStore(Store())
        {
            Deleting = async paths =>
            {
                if (paths.Any(static path => path.Contains("/data/", StringComparison.Ordinal)))
                {
                    committing = CommitAsync(Datastore(), run, "late", "counted on");
                    while (!Server.Paths.Any(static path => path.Contains(".kept/", StringComparison.Ordinal)))
                    {
                        await Task.Delay(5, Token);
                    }

                    await Task.Delay(100, Token);
                    Assert.False(committing.IsCompleted);
                    Assert.DoesNotContain(Server.Paths, path => path.EndsWith("/late/0.DONE.lock", StringComparison.Ordinal));
                }
            },
        };

        Assert.Equal(1, (await CollectAsync(new CollectionRequest { Flow = Flow, Deletes = true }, store)).Blobs);
        await committing;

        await AssertValueAsync(run, "late", "counted on");
    }

    [Fact]
    public async Task An_included_file_that_a_collection_removes_before_the_parameters_are_committed_is_stored_again()
    {
        var run = await WriteAsync(1);
        var datastore = Datastore();
        var writer = datastore.OpenWriter(new TaskPath(Flow, run, TaskPath.ParametersStep, "7"), 0);
        await writer.BeginAttemptAsync(Token);
        var url = await datastore.SaveFileAsync("included"u8.ToArray(), Token);
        Server.Age("data", TimeSpan.FromDays(2));
        Assert.Equal(1, (await CollectAsync(new CollectionRequest { Flow = Flow, Deletes = true })).Blobs);
        await writer.SaveArtifactsAsync(
            [TaskOk, new("file", ArtifactSerializer.Serialize(new IncludedFile(url, true, null, 8), typeof(object)))], Token);
        await writer.CommitAsync(Token);
        Assert.Equal("included"u8.ToArray(), await Datastore().LoadFileAsync(url, Token));
        Server.Age("", TimeSpan.FromDays(2));
        await CollectAsync(new CollectionRequest { Flow = Flow, Deletes = true });
        Assert.Equal("included"u8.ToArray(), await Datastore().LoadFileAsync(url, Token));
    }

    [Fact]
    public async Task A_clone_whose_origin_a_collection_removed_is_refused_and_never_acknowledged()
    {
        var origin = await WriteAsync(1);
        var run = await WriteAsync(1);
        var datastore = Datastore();
        await CommitAsync(Datastore(), origin, "cloned", "only there");
        var task = await datastore.OpenTaskAsync(new TaskPath(Flow, origin, "work", "cloned"), 0, Token);
        Assert.Empty(await datastore.RetainAsync([.. task.Records.Values], areParameters: false, Token));
        Server.Age(Flow, TimeSpan.FromDays(2));
        Assert.Equal(origin, Assert.Single(
            (await CollectAsync(new CollectionRequest { Flow = Flow, KeepLast = 0, Deletes = true })).Runs).RunId);
        var writer = datastore.OpenWriter(new TaskPath(Flow, run, "work", "clone"), 0);
        writer.Inherit(task.Records.Values);

        var error = await Assert.ThrowsAsync<StorageException>(async () => await writer.SaveCompleteAsync([], Token));

        Assert.Equal(ErrorCodes.BlobMissing, error.Code);
        Assert.DoesNotContain(
            Server.Paths,
            path => path.Contains("/clone/", StringComparison.Ordinal) && path.EndsWith("DONE.lock", StringComparison.Ordinal));
        Assert.NotEmpty(await Datastore().RetainAsync([.. task.Records.Values], areParameters: false, Token));
    }

    [Fact]
    public async Task Nothing_is_lost_beside_tasks_that_count_on_garbage_while_answers_get_lost()
    {
        var run = await WriteAsync(1);
        var removed = 0;
        Server.LosesAnswerOfEach = 17;
        Server.RefusesEach = 23;
        for (var round = 0; round < 4; round++)
        {
            var values = Enumerable.Range(0, 40).Select(value => $"value {round} {value}").ToList();
            await Content().SaveAsync([.. values.Select(Payload)], raw: false, Token);
            Server.Age(Flow, TimeSpan.FromDays(2));
            using var over = new CancellationTokenSource();
            var collecting = Task.Run(
                async () =>
                {
                    while (!over.IsCancellationRequested)
                    {
                        removed += (await CollectAsync(new CollectionRequest { Flow = Flow, Deletes = true })).Blobs;
                    }
                },
                Token);
            await Task.WhenAll(values.Select(async (value, index) =>
            {
                // Spread over the whole of a collection, and over the next ones.
                await Task.Delay(index * 15, Token);
                await CommitAsync(Datastore(), run, $"{round}-{index}", value, TimeSpan.FromMilliseconds(index % 7 * 30));
            }));
            await over.CancelAsync();
            await collecting;
            foreach (var (index, value) in values.Index())
            {
                await AssertValueAsync(run, $"{round}-{index}", value);
            }
        }

        Assert.True(removed > 0, "the collections removed nothing, so that nothing was tried");
    }
}
