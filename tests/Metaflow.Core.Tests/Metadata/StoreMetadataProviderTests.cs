using System.Text;
using Metaflow.Core.Tests.Storage;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Storage;

namespace Metaflow.Core.Tests.Metadata;

/// <summary>The provider that keeps records as objects of a datastore.</summary>
public sealed class StoreMetadataProviderTests : ConformingMetadataProviderTests, IDisposable
{
    private readonly MemoryBlobStore _store = new();
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_it_writes_into_a_folder_the_local_provider_reads_and_the_reverse()
    {
        var files = new LocalBlobStore(_folder.Root);
        StoreMetadataProvider stored = new(files, TimeProvider.System);
        LocalMetadataProvider local = new(files, TimeProvider.System);
        foreach (var (writer, reader) in ((IMetadataProvider, IMetadataProvider)[])[(stored, local), (local, stored)])
        {
            var run = await writer.RegisterRunAsync(new RunRecord("F", "", "ada", ["x"], ["user:ada"], DateTimeOffset.UnixEpoch), Token);
            TaskPath task = new("F", run.RunId, "start", "1");
            await writer.RegisterTaskAsync(run, task, Token);
            await writer.RecordAsync(run, task, [new MetadataDatum("attempt", "attempt", "0", ["attempt_id:0"])], [], Token);
            run = await writer.ChangeTagsAsync("F", run.RunId, ["y"], [], Token);

            var read = (await reader.ListRunsAsync("F", Token)).Single(other => other.RunId == run.RunId);
            Assert.Equal(["x", "y"], read.Tags);
            Assert.Equal(run.CreatedAt, read.CreatedAt);
            Assert.Equal([task], (await reader.ListTasksAsync("F", run.RunId, "start", Token)).Select(static found => found.Path));
            Assert.Equal(["0"], (await reader.ListMetadataAsync(task, Token)).Select(static datum => datum.Text));
        }
    }

    [Fact]
    public async Task A_run_that_cannot_be_read_is_listed_with_the_reason()
    {
        var provider = Create();
        var run = await provider.RegisterRunAsync(new RunRecord("G", "", "ada", [], [], DateTimeOffset.UnixEpoch), Token);
        await _store.SaveAsync(
            [new BlobWrite($"G/{run.RunId}/_meta/_self.json", Encoding.UTF8.GetBytes("not json"))], overwrite: true, Token);

        Assert.Contains("[MF5001]", Assert.Single(await provider.ListRunsAsync("G", Token)).Problem, StringComparison.Ordinal);
        Assert.Equal(
            ErrorCodes.MetadataUnreadable,
            (await Assert.ThrowsAsync<MetadataException>(async () => await provider.FindRunAsync("G", run.RunId, Token))).Code);
    }

    [Fact]
    public async Task Equal_runs_registered_in_the_same_microsecond_over_lost_answers_get_ids_of_their_own()
    {
        ForgetfulBlobStore store = new(_store);
        StoppedClock clock = new();
        RunRecord run = new("J", "", "ada", [], [], DateTimeOffset.UnixEpoch);

        var first = await new StoreMetadataProvider(store, clock).RegisterRunAsync(run, Token);
        var second = await new StoreMetadataProvider(store, clock).RegisterRunAsync(run, Token);

        Assert.NotEqual(first.RunId, second.RunId);
    }

    [Fact]
    public async Task Many_who_change_the_tags_of_a_run_at_once_lose_none()
    {
        var provider = new StoreMetadataProvider(_store, TimeProvider.System);
        var run = await provider.RegisterRunAsync(new RunRecord("H", "", "ada", [], [], DateTimeOffset.UnixEpoch), Token);
        await Task.WhenAll(Enumerable.Range(0, 20)
            .Select(i => Task.Run(async () => await provider.ChangeTagsAsync("H", run.RunId, [$"t{i}"], [], Token), Token)));
        Assert.Equal(20, (await provider.FindRunAsync("H", run.RunId, Token))!.Tags.Count);
    }

    protected override IMetadataProvider Create() => new StoreMetadataProvider(_store, TimeProvider.System);

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    }

    /// <summary>A store that loses each answer: it knows only by the bytes which objects this call stored.</summary>
    private sealed class ForgetfulBlobStore(IBlobStore target) : IBlobStore
    {
        public string TypeName => target.TypeName;

        public string Root => target.Root;

        public async ValueTask<IReadOnlyList<bool>> SaveAsync(
            IReadOnlyList<BlobWrite> writes, bool overwrite, CancellationToken cancellationToken)
        {
            await target.SaveAsync(writes, overwrite, cancellationToken);
            var isMine = new List<bool>();
            foreach (var write in writes)
            {
                using MemoryStream mine = new();
                await write.WriteAsync(mine, cancellationToken);
                var stored = await target.ReadAsync(write.Path, cancellationToken);
                isMine.Add(mine.ToArray().SequenceEqual(stored!));
            }

            return isMine;
        }

        public ValueTask<BlobRead?> OpenAsync(string path, CancellationToken cancellationToken)
            => target.OpenAsync(path, cancellationToken);

        public ValueTask<IReadOnlyList<BlobState?>> StateAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
            => target.StateAsync(paths, cancellationToken);

        public ValueTask<IReadOnlyList<BlobEntry>> ListAsync(string folder, CancellationToken cancellationToken)
            => target.ListAsync(folder, cancellationToken);

        public ValueTask DeleteAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
            => target.DeleteAsync(paths, cancellationToken);
    }
}
