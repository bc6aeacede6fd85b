using Metaflow.Artifacts;
using Metaflow.Cleanup;
using Metaflow.Client;
using Metaflow.Core.Tests.Client;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Platform;
using Metaflow.Runs;
using Metaflow.Serialization;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Testing;

namespace Metaflow.Core.Tests.Cleanup;

public sealed class GarbageCollectorTests : IDisposable
{
    private const string Flow = "SampleFlow";

    private readonly string _root = Path.Combine(Directory.CreateTempSubdirectory("metaflow-gc-").FullName, ".metaflow");
    private readonly ManualTimeProvider _time = new(DateTimeOffset.UtcNow);

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_root)!, recursive: true);

    [Fact]
    public async Task Without_delete_it_only_says_what_would_go()
    {
        var old = await WriteAsync(3);
        await WriteAsync(5);
        _time.Advance(TimeSpan.FromDays(40));
        var before = Files();
        var report = await CollectAsync(new CollectionRequest { Flow = Flow, OlderThan = TimeSpan.FromDays(30) });
        Assert.Equal([old], report.Runs.Select(static run => run.RunId));
        Assert.True(report.Runs[0].Bytes > 0);
        Assert.True(report.Blobs > 0);
        Assert.Equal(before, Files());
        var removed = await CollectAsync(new CollectionRequest { Flow = Flow, OlderThan = TimeSpan.FromDays(30), Deletes = true });
        Assert.Equal((report.Blobs, report.BlobBytes), (removed.Blobs, removed.BlobBytes));
    }

    [Fact]
    public async Task What_other_runs_refer_to_stays_and_the_rest_goes()
    {
        var old = await WriteAsync(3);
        var latest = await WriteAsync(5);
        _time.Advance(TimeSpan.FromDays(40));
        var report = await CollectAsync(new CollectionRequest { Flow = Flow, OlderThan = TimeSpan.FromDays(30), Deletes = true });
        Assert.Equal([old], report.Runs.Select(static run => run.RunId));
        Assert.Contains(report.Notes, note => note.Contains(latest, StringComparison.Ordinal));
        var run = Assert.Single(Client().Flow(Flow).Runs());
        Assert.All(
            run.Tasks, static task => Assert.All(task.AllArtifacts, static artifact => Assert.NotNull(artifact.Pathspec + artifact.Value)));
        Assert.Equal(0, (await CollectAsync(new CollectionRequest { Flow = Flow, Deletes = true })).Blobs);
        Assert.Empty(Directory.GetDirectories(Path.Combine(_root, Flow), ".*"));
    }

    [Fact]
    public async Task Conditions_hold_together_and_the_newest_of_those_named_stay()
    {
        var runs = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            runs.Add(await WriteAsync(1));
        }

        await new LocalMetadataProvider(_root, TimeProvider.System).ChangeTagsAsync(Flow, runs[1], ["wanted"], [], CancellationToken.None);
        await WriteAsync(1);
        _time.Advance(TimeSpan.FromDays(2));
        Assert.Equal([runs[1]], await NamedAsync(new CollectionRequest { Flow = Flow, Tags = ["wanted"] }));
        Assert.Equal([runs[2], runs[1], runs[0]], await NamedAsync(new CollectionRequest { Flow = Flow, KeepLast = 2 }));
        Assert.Empty(await NamedAsync(new CollectionRequest { Flow = Flow, KeepLast = 1, Tags = ["wanted"] }));
        Assert.Empty(await NamedAsync(new CollectionRequest { Flow = Flow, States = [RunState.Failed] }));
        Assert.Equal(4, (await NamedAsync(new CollectionRequest { Flow = Flow, States = [RunState.Succeeded, RunState.Dead] })).Count);
        Assert.Empty(await NamedAsync(new CollectionRequest { Flow = Flow, OlderThan = TimeSpan.FromDays(3) }));
        Assert.Empty(await NamedAsync(new CollectionRequest { Flow = Flow, KeepLast = 0, Namespace = "user:bob" }));
        Assert.Empty(await NamedAsync(new CollectionRequest { Flow = Flow }));
    }

    [Fact]
    public async Task A_damaged_status_makes_no_run_collectable_and_a_finished_run_stays_succeeded()
    {
        var run = await WriteAsync(1);
        await WriteAsync(1);
        _time.Advance(TimeSpan.FromDays(2));
        var path = Path.Combine(_root, RunStatus.PathOf(Flow, run));
        using var written = new MemoryStream();
        new RunStatus(RunState.Succeeded, 4711, "build-3", _time.GetUtcNow()).Write(written);
        var whole = written.ToArray();
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        for (var length = 0; length < whole.Length; length++)
        {
            await File.WriteAllBytesAsync(path, whole[..length], CancellationToken.None);
            Assert.Equal(RunState.Succeeded, Client().Flow(Flow).Run(run).State);
            if (length % 40 == 6)
            {
                var report = await CollectAsync(new CollectionRequest { Flow = Flow, KeepLast = 0 });
                Assert.Empty(report.Runs);
                Assert.Contains(report.Notes, static note => note.Contains("status.json", StringComparison.Ordinal));
            }
        }

        for (var bit = 0; bit < whole.Length * 8; bit++)
        {
            var flipped = (byte[])whole.Clone();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            await File.WriteAllBytesAsync(path, flipped, CancellationToken.None);
            Assert.Equal(RunState.Succeeded, Client().Flow(Flow).Run(run).State);
        }

        await File.WriteAllBytesAsync(path, whole, CancellationToken.None);
        Assert.Equal([run], await NamedAsync(new CollectionRequest { Flow = Flow, KeepLast = 0 }));
    }

    [Fact]
    public async Task A_run_that_a_scheduler_has_stays()
    {
        var first = await WriteAsync(1);
        await WriteAsync(1);
        _time.Advance(TimeSpan.FromDays(2));
        using var held = await RunLock.TryTakeAsync(RunFolder.Of(new LocalBlobStore(_root), Flow, first)!, TimeProvider.System);
        var report = await CollectAsync(new CollectionRequest { Flow = Flow, KeepLast = 0, Deletes = true });
        Assert.Empty(report.Runs);
        Assert.Contains("Running runs stay: 1.", report.Notes);
        Assert.Equal(2, Client().Flow(Flow).Runs().Count);
    }

    [Fact]
    public async Task A_run_that_was_continued_to_its_end_after_it_was_chosen_stays()
    {
        var (failed, continued) = (await WriteAsync(1), await WriteAsync(1));
        await WriteAsync(1);
        await RecordAsync(failed, RunState.Failed);
        await RecordAsync(continued, RunState.Failed);

        // A lock gives its first sign of life as soon as it is held: the other process has ended the run and let go of it by then.
        var time = new TimeOfTheLock(
            _time.GetUtcNow().AddDays(2), () => RecordAsync(continued, RunState.Succeeded).GetAwaiter().GetResult());
        var request = new CollectionRequest { Flow = Flow, States = [RunState.Failed], Deletes = true };
        var report = await new GarbageCollector(Settings, time).CollectAsync(request, CancellationToken.None);
        Assert.Equal([failed], report.Runs.Select(static run => run.RunId));
        Assert.Contains(report.Notes, note => note.Contains($"'{continued}'", StringComparison.Ordinal));
        Assert.Equal(RunState.Succeeded, Client().Flow(Flow).Run(continued).State);
        Assert.All(
            Client().Flow(Flow).Run(continued).Tasks,
            static task => Assert.All(task.AllArtifacts, static artifact => Assert.NotNull(artifact.Pathspec + artifact.Value)));
    }

    [Fact]
    public async Task Included_files_stay_as_long_as_a_run_refers_to_them()
    {
        var datastore = new FlowDatastore(new LocalBlobStore(_root), Flow, TimeProvider.System);
        await WriteAsync(1);
        var kept = await datastore.SaveFileAsync("kept"u8.ToArray(), CancellationToken.None);
        var lost = await datastore.SaveFileAsync("lost"u8.ToArray(), CancellationToken.None);
        var writer = datastore.OpenWriter(new TaskPath(Flow, await WriteAsync(1), TaskPath.ParametersStep, "0"), 0);
        await writer.SaveArtifactsAsync(
            [TaskOk, new("file", ArtifactSerializer.Serialize(new IncludedFile(kept, true, null, 4), typeof(object)))],
            CancellationToken.None);
        await writer.CommitAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromDays(2));
        Assert.NotEqual(0, (await CollectAsync(new CollectionRequest { Flow = Flow, Deletes = true })).Blobs);
        Assert.Equal("kept"u8.ToArray(), await datastore.LoadFileAsync(kept, CancellationToken.None));
        Assert.Equal(
            ErrorCodes.IncludedFileLost,
            (await Assert.ThrowsAsync<StorageException>(async () => await datastore.LoadFileAsync(lost, CancellationToken.None))).Code);
    }

    [Fact]
    public async Task When_it_is_unknown_what_a_task_refers_to_no_blob_goes()
    {
        var run = await WriteAsync(1);
        await File.WriteAllTextAsync(
            Directory.GetFiles(Path.Combine(_root, Flow, run, "start"), "*.data.json", SearchOption.AllDirectories)[0],
            "{",
            CancellationToken.None);
        _time.Advance(TimeSpan.FromDays(2));
        var before = Files();
        var error = await Assert.ThrowsAsync<StorageException>(() => CollectAsync(new CollectionRequest { Flow = Flow, Deletes = true }));
        Assert.Equal(ErrorCodes.RecordUnreadable, error.Code);
        Assert.Equal(before, Files().Except([Path.Combine(_root, Flow, "_meta", "gc.lock")]));
    }

    [Fact]
    public async Task No_blob_goes_while_a_run_of_the_reference_may_be_at_work()
    {
        await new SampleRun(_root).WriteAsync(1, succeeds: false);
        var report = await CollectAsync(new CollectionRequest { Flow = Flow, KeepLast = 0, Deletes = true });
        Assert.Empty(report.Runs);
        Assert.Contains(report.Notes, static note => note.Contains("of Python Metaflow may be running", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_run_that_was_just_removed_is_told_with_its_state_and_holds_no_blob()
    {
        var failed = await WriteAsync(1);
        await RecordAsync(failed, RunState.Failed);
        await new FlowDatastore(new LocalBlobStore(_root), Flow, TimeProvider.System).Content.SaveAsync(
            [Payload("of no run")], raw: false, CancellationToken.None);
        Age();
        await WriteAsync(1);

        var report = await CollectAsync(new CollectionRequest { Flow = Flow, States = [RunState.Failed], Deletes = true });

        Assert.Equal((failed, RunState.Failed), (Assert.Single(report.Runs).RunId, report.Runs[0].State));
        Assert.DoesNotContain(report.Notes, static note => note.Contains("of Python Metaflow", StringComparison.Ordinal));
        Assert.True(report.Blobs > 0, "the blob of no run stays");
    }

    [Fact]
    public async Task A_run_that_has_the_folder_of_the_blobs_stays()
    {
        await new LocalMetadataProvider(_root, TimeProvider.System).RegisterRunAsync(
            new RunRecord(Flow, "data", "ada", [], ["user:ada"], default), CancellationToken.None);
        await WriteAsync(1);
        _time.Advance(TimeSpan.FromDays(2));
        await CollectAsync(new CollectionRequest { Flow = Flow, KeepLast = 0, Deletes = true });
        Assert.All(
            Client().Flow(Flow).Runs()[0].Tasks,
            static task => Assert.All(task.AllArtifacts, static artifact => Assert.NotNull(artifact.Pathspec + artifact.Value)));
        Assert.True(Directory.Exists(Path.Combine(_root, Flow, "data")));
    }

    [Fact]
    public async Task Two_collections_do_not_work_at_once()
    {
        await WriteAsync(1);
        Assert.True(FolderLock.TryAcquire(Path.Combine(_root, Flow, "_meta", "gc.lock"), out var held));
        using var holder = held;
        var collector = new GarbageCollector(Settings, TimeProvider.System);
        var error = await Assert.ThrowsAsync<MetadataException>(() => collector.CollectAsync(
            new CollectionRequest { Flow = Flow, Deletes = true }, CancellationToken.None));
        Assert.Equal(ErrorCodes.CollectionRunning, error.Code);
        await collector.CollectAsync(new CollectionRequest { Flow = Flow }, CancellationToken.None);
    }

    [Fact]
    public async Task Nothing_is_lost_beside_tasks_that_count_on_blobs_which_only_removed_runs_referred_to()
    {
        var metadata = new LocalMetadataProvider(_root, TimeProvider.System);
        var run = await metadata.RegisterRunAsync(new RunRecord(Flow, "", "ada", [], ["user:ada"], default), CancellationToken.None);
        using var held = await RunLock.TryTakeAsync(RunFolder.Of(new LocalBlobStore(_root), Flow, run.RunId)!, TimeProvider.System);
        var removed = 0;
        for (var round = 0; round < 5; round++)
        {
            var values = Enumerable.Range(0, 60).Select(value => $"value {round} {value}").ToList();
            await new FlowDatastore(new LocalBlobStore(_root), Flow, TimeProvider.System).Content.SaveAsync(
                [.. values.Select(static value => Payload(value))], raw: false, CancellationToken.None);
            Age();
            using var over = new CancellationTokenSource();
            var collecting = Task.Run(async () =>
            {
                while (!over.IsCancellationRequested)
                {
                    removed += (await new GarbageCollector(Settings, TimeProvider.System).CollectAsync(
                        new CollectionRequest { Flow = Flow, GracePeriod = CollectionRequest.ShortestGracePeriod, Deletes = true },
                        CancellationToken.None)).Blobs;
                }
            }, CancellationToken.None);
            await Parallel.ForEachAsync(
                values.Index(),
                new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = CancellationToken.None },
                async (value, _) => await CommitAsync(run.RunId, round, value));
            await over.CancelAsync();
            await collecting;
            var datastore = new FlowDatastore(new LocalBlobStore(_root), Flow, TimeProvider.System);
            foreach (var (index, value) in values.Index())
            {
                var task = await datastore.OpenTaskAsync(
                    new TaskPath(Flow, run.RunId, "work", $"{round}-{index}"), 0, CancellationToken.None);
                Assert.Equal(value, task.Load<string>("value"));
            }
        }

        Assert.True(removed > 0, "the collections removed nothing, so that nothing was tried");
    }

    [Fact]
    public async Task Who_refers_to_a_blob_of_another_run_learns_whether_it_is_still_there()
    {
        var store = new FlowDatastore(new LocalBlobStore(_root), Flow, TimeProvider.System).Content;
        var keys = await store.SaveAsync([Payload("a"), Payload("b")], raw: false, CancellationToken.None);
        Age();
        File.Delete(Path.Combine(_root, store.PathOf(keys[1])));
        Assert.Equal([keys[1]], store.Retain(keys));
        Assert.True(DateTime.UtcNow - File.GetLastWriteTimeUtc(Path.Combine(_root, store.PathOf(keys[0]))) < TimeSpan.FromMinutes(1));
    }

    private static KeyValuePair<string, SerializedArtifact> TaskOk
        => new(InternalArtifacts.TaskOk, ArtifactSerializer.Serialize(true, typeof(object)));

    private MetaflowSettings Settings => new() { User = "ada", Datastore = StoreAddress.Local(_root) };

    private MetaflowClient Client() => new(Settings);

    private static System.Buffers.ReadOnlySequence<byte> Payload(string value)
        => ArtifactSerializer.Serialize(value, typeof(string)).Payload;

    // As if another program did it: with a store of its own, which knows nothing of what is there.
    private async Task CommitAsync(string runId, int round, (int Index, string Item) value)
    {
        var writer = new FlowDatastore(new LocalBlobStore(_root), Flow, TimeProvider.System).OpenWriter(
            new TaskPath(Flow, runId, "work", $"{round}-{value.Index}"), 0);
        await writer.BeginAttemptAsync(CancellationToken.None);
        await writer.SaveArtifactsAsync(
            [TaskOk, new("value", ArtifactSerializer.Serialize(value.Item, typeof(string)))], CancellationToken.None);
        await Task.Delay(value.Index % 5, CancellationToken.None);
        await writer.CommitAsync(CancellationToken.None);
    }

    private void Age()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(_root, Flow, "data"), "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-2));
        }
    }

    private async Task RecordAsync(string run, RunState state) => await new LocalBlobStore(_root).SaveAsync(
        [new RunStatus(state, 1, "elsewhere", _time.GetUtcNow(), null).ToWrite(Flow, run)], overwrite: true, CancellationToken.None);

    private async Task<string> WriteAsync(int items)
    {
        var run = (await new SampleRun(_root).WriteAsync(items)).Run.RunId;
        await File.WriteAllTextAsync(Path.Combine(_root, Flow, "latest_run"), run, CancellationToken.None);
        return run;
    }

    private async Task<IReadOnlyList<string>> NamedAsync(CollectionRequest request)
        => [.. (await CollectAsync(request)).Runs.Select(static run => run.RunId)];

    private Task<CollectionReport> CollectAsync(CollectionRequest request)
        => new GarbageCollector(Settings, _time).CollectAsync(request, CancellationToken.None);

    private List<string> Files() => [.. Directory.GetFiles(_root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private sealed class TimeOfTheLock(DateTimeOffset now, Action obtained) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            obtained();
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
