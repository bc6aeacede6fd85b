using Metaflow.Artifacts;
using Metaflow.Client;
using Metaflow.Core.Tests.Storage;
using Metaflow.Errors;
using Metaflow.FarStore;
using Metaflow.Logs;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Serialization;
using Metaflow.Storage;

namespace Metaflow.Core.Tests.Client;

/// <summary>Handles that many callers ask at once, that are asked in vain, and whose callers give up.</summary>
public sealed class AsynchronousClientTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HeldBlobStore _blobs;

    public AsynchronousClientTests() => _blobs = new HeldBlobStore(new LocalBlobStore(_folder.Root));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_hundred_callers_share_one_reading()
    {
        var data = await DataAsync();
        var opens = _blobs.Opens;
        _blobs.Gate = NewGate();

        var asked = Enumerable.Range(0, 100).Select(_ => data.GetAsync<string>("text", Token)).ToList();
        Assert.Equal(opens + 1, _blobs.Opens);
        _blobs.Gate.SetResult();

        Assert.All(await Task.WhenAll(asked), static text => Assert.Equal("grüße", text));
        Assert.Equal("grüße", data.Get<string>("text"));
        Assert.Equal(opens + 1, _blobs.Opens);
    }

    [Fact]
    public async Task Threads_that_wait_and_callers_that_do_not_share_one_reading()
    {
        var data = await DataAsync();
        var opens = _blobs.Opens;
        _blobs.Gate = NewGate();

        var waiting = Enumerable.Range(0, 4).Select(
            _ => Task.Factory.StartNew(
                () => data.Get<string>("text"), Token, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToList();
        var asked = data.GetAsync<string>("text", Token);
        _blobs.Gate.SetResult();

        Assert.All(await Task.WhenAll(waiting.Append(asked)), static text => Assert.Equal("grüße", text));
        Assert.Equal(opens + 1, _blobs.Opens);
    }

    [Fact]
    public async Task A_failure_reaches_all_who_wait_and_the_next_caller_reads_again()
    {
        var data = await DataAsync();
        var opens = _blobs.Opens;
        _blobs.Gate = NewGate();
        var asked = Enumerable.Range(0, 10).Select(_ => data.GetAsync("total", Token)).ToList();
        _blobs.Gate.SetException(
            new StorageException(ErrorCodes.StorageReadFailed, "It cannot be read.", "The network is down.", "Try again."));

        foreach (var one in asked)
        {
            Assert.Equal("MF4007", (await Assert.ThrowsAsync<StorageException>(() => one)).Code);
        }

        _blobs.Gate = null;
        Assert.Equal(3L, await data.GetAsync("total", Token));
        Assert.Equal(3L, data["total"]);
        Assert.Equal(opens + 2, _blobs.Opens);
    }

    [Fact]
    public async Task A_caller_who_gives_up_leaves_the_others_waiting()
    {
        var data = await DataAsync();
        using var impatient = new CancellationTokenSource();
        _blobs.Gate = NewGate();
        var first = data.GetAsync("text", impatient.Token);
        var second = data.GetAsync("text", Token);

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.False(second.IsCompleted);
        Assert.Equal(0, _blobs.Cancelled);
        _blobs.Gate.SetResult();

        Assert.Equal("grüße", await second);
    }

    [Fact]
    public async Task A_reading_that_nobody_waits_for_any_more_is_cancelled_and_begun_anew_for_the_next_caller()
    {
        var data = await DataAsync();
        using var impatient = new CancellationTokenSource();
        _blobs.Gate = NewGate();
        var asked = Enumerable.Range(0, 3).Select(_ => data.GetAsync("text", impatient.Token)).ToList();

        await impatient.CancelAsync();
        foreach (var one in asked)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        }

        Assert.Equal(1, _blobs.Cancelled);
        _blobs.Gate = null;
        Assert.Equal("grüße", await data.GetAsync("text", Token));
    }

    [Fact]
    public async Task A_large_value_of_a_store_that_reads_before_it_returns_holds_no_caller()
    {
        using var isFree = new ManualResetEventSlim(initialState: true);
        var disk = new HeldBlobStore(_blobs) { Blocks = isFree };
        var text = new string('x', 1 << 20);
        var writer = new FlowDatastore(_blobs, "F", TimeProvider.System).OpenWriter(new TaskPath("F", "1", "start", "1"), 0);
        await writer.BeginAttemptAsync(Token);
        await writer.SaveArtifactsAsync([new("big", ArtifactSerializer.SerializePlain(text, "big"))], Token);
        await writer.CommitAsync(Token);
        var data = new TaskData(await new FlowDatastore(disk, "F", TimeProvider.System).OpenTaskAsync(writer.Task, null, Token));
        using var impatient = new CancellationTokenSource();

        isFree.Reset();
        var asked = await Task.Factory.StartNew(
            () => data.GetAsync<string>("big", impatient.Token), Token, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .WaitAsync(TimeSpan.FromMinutes(1), Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);

        isFree.Set();
        Assert.Equal(text, data.Get<string>("big"));
    }

    [Fact]
    public async Task Who_has_given_up_already_reads_nothing()
    {
        var run = (await ClientAsync()).Flow("SampleFlow").LatestRun!;
        var opens = _blobs.Opens;
        var gone = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.GetDataAsync(gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await run.GetStepsAsync(gone).ToListAsync(Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await run.GetStepsAsync(Token).WithCancellation(gone).GetAsyncEnumerator().MoveNextAsync());

        Assert.Equal(opens, _blobs.Opens);
    }

    [Fact]
    public async Task Tags_and_logs_are_changed_without_blocking_too()
    {
        var run = (await ClientAsync()).Flow("SampleFlow").LatestRun!;
        await run.AddTagAsync("good", Token);
        await run.ReplaceTagAsync("mine", "ours", Token);
        await run.ChangeTagsAsync(["more"], ["good"], Token);
        await run.RemoveTagAsync("more", Token);
        Assert.Equal(["ours"], run.UserTags);

        var task = (await run.GetEndTaskAsync(Token))!;
        var cursor = await task.FollowLogAsync(LogKind.Stdout, Token);
        Assert.Equal("hello from end", Assert.Single(await cursor.ReadAsync(isOver: true, Token)).Text);
        Assert.Equal(1, await task.ScrubLogAsync(LogKind.Stdout, Token));
        Assert.Equal("[REDACTED runtime stdout]\n", await task.GetStdoutAsync(Token));
    }

    [Fact]
    public async Task Twenty_artifacts_of_a_store_far_away_are_read_at_the_same_time()
    {
        await using var server = new ObjectServer(TimeSpan.FromMilliseconds(40));
        var names = Enumerable.Range(0, 20).Select(static i => $"value_{i}").ToList();
        var (client, path) = await WriteFarAsync(server, names);
        var data = await (await client.GetTaskAsync(path.ToString(), cancellationToken: Token)).GetDataAsync(Token);
        var requests = server.Requests;
        server.Latency = TimeSpan.FromMilliseconds(250);
        server.MostAtOnce = 0;

        var values = await Task.WhenAll(names.Select(name => data.GetAsync<string>(name, Token)));

        Assert.Equal(names, values);
        Assert.Equal(20, server.Requests - requests);
        Assert.InRange(server.MostAtOnce, 10, 20);
    }

    [Fact]
    public async Task An_object_of_the_flows_class_is_filled_at_the_same_time_and_waits_for_nothing_afterwards()
    {
        await using var server = new ObjectServer(TimeSpan.FromMilliseconds(40));
        var (client, path) = await WriteFarAsync(server, ["a", "b", "c", "d", "e", "f"]);
        var flow = await client.GetFlowAsync<FarFlow>(Token);
        var task = await (await flow.GetRunAsync(path.RunId, Token)).GetTasksAsync("start", Token).FirstAsync(Token);
        _ = await task.Untyped.GetDataAsync(Token);
        server.Latency = TimeSpan.FromMilliseconds(250);
        server.MostAtOnce = 0;

        var data = await task.LoadDataAsync(Token);

        Assert.InRange(server.MostAtOnce, 3, 6);
        var requests = server.Requests;
        Assert.Equal(["a", "b", "c", "d", "e", "f"], data.Cells.Select(static cell => cell.Value));
        Assert.Throws<StepFailedException>(() => data.Other.Value);
        Assert.Equal(requests, server.Requests);
    }

    private static async Task<(MetaflowClient Client, TaskPath Task)> WriteFarAsync(ObjectServer server, IReadOnlyList<string> names)
    {
        var blobs = new FarBlobStore(server.Address);
        var metadata = new StoreMetadataProvider(blobs, TimeProvider.System);
        var run = await metadata.RegisterRunAsync(new RunRecord("FarFlow", "", "ada", [], ["user:ada"], default), Token);
        var task = new TaskPath("FarFlow", run.RunId, "start", "1");
        await metadata.RegisterTaskAsync(run, task, Token);
        var writer = new FlowDatastore(blobs, "FarFlow", TimeProvider.System).OpenWriter(task, 0);
        await writer.BeginAttemptAsync(Token);
        await writer.SaveArtifactsAsync(
            [.. names.Select(static name => KeyValuePair.Create(name, ArtifactSerializer.SerializePlain(name, name)))], Token);
        await writer.CommitAsync(Token);
        await metadata.RecordAsync(run, task, [Datum("attempt"), Datum("attempt-done")], [], Token);
        return (new MetaflowClient(metadata, blobs), task);

        static MetadataDatum Datum(string field) => new(field, field, "0", ["attempt_id:0"]);
    }

    private static TaskCompletionSource NewGate() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<MetaflowClient> ClientAsync()
    {
        await new SampleRun(_folder.Root).WriteAsync(3);
        return new MetaflowClient(new LocalMetadataProvider(_folder.Root, TimeProvider.System), _blobs);
    }

    private async Task<TaskData> DataAsync()
    {
        var run = await (await ClientAsync()).Flow("SampleFlow").GetLatestRunAsync(Token);
        return await run!.GetDataAsync(Token);
    }

    private sealed class FarFlow : IArtifactHolder
    {
        public IReadOnlyList<ArtifactCell<string>> Cells { get; } = [new("a"), new("b"), new("c"), new("d"), new("e"), new("f")];

        public ArtifactCell<string> Other { get; } = new("other");

        public string FlowName => "FarFlow";

        public void CollectCells(ICollection<ArtifactCell> cells)
        {
            foreach (var cell in Cells)
            {
                cells.Add(cell);
            }

            cells.Add(Other);
        }
    }
}
