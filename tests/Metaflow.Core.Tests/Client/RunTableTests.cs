using Metaflow.Artifacts;
using Metaflow.Client;
using Metaflow.Core.Tests.Storage;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Core.Tests.Client;

/// <summary>The runs of a flow as a table: three people's sweeps, one winner.</summary>
public sealed class RunTableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HeldBlobStore _blobs;
    private readonly LocalMetadataProvider _metadata;

    public RunTableTests()
    {
        _blobs = new HeldBlobStore(new LocalBlobStore(_folder.Root));
        _metadata = new LocalMetadataProvider(_folder.Root, TimeProvider.System);
    }

    [Fact]
    public async Task The_best_run_of_all_users_is_found()
    {
        await WriteAsync(("ada", 1), ("bob", 3), ("cyd", 2), ("bob", 0));

        var winner = Flow().Table().Where(static row => row.Successful).MaxBy(static row => row.Data.Total.Value)!;

        Assert.Equal(("bob", 3L, 7L), (winner.UserName, winner.Data.Total.Value, winner.Parameters.Alpha.Value));
        Assert.Equal(["mine"], winner.Tags);
        Assert.Equal(winner.Pathspec, winner.Run.Pathspec);
        Assert.Equal(RunState.Succeeded, winner.State);
        Assert.NotNull(winner.Duration);
        Assert.Equal(6, winner.Tasks.Done);
    }

    [Fact]
    public async Task A_namespace_and_tags_narrow_the_table()
    {
        await WriteAsync(("ada", 1), ("bob", 3));

        Assert.Equal(["ada"], Client().WithNamespace("user:ada").Flow<TrainFlow>().Table().Select(static row => row.UserName));
        Assert.Equal(2, Flow().Table("mine").Count);
        Assert.Empty(Flow().Table("theirs"));
    }

    [Fact]
    public async Task A_value_is_read_for_all_runs_when_one_is_asked_for_it()
    {
        await WriteAsync(("ada", 1), ("bob", 2), ("cyd", 3));
        var table = Flow().Table();
        var before = _blobs.Opens;

        Assert.Equal(3, table[0].Data.Total.Value);
        Assert.Equal(before + 3, _blobs.Opens);
        Assert.Equal([3, 2, 1], table.Select(static row => row.Data.Total.Value));
        Assert.Equal(before + 3, _blobs.Opens);
    }

    [Fact]
    public async Task A_large_value_is_read_of_the_run_alone_that_is_asked_for_it()
    {
        await WriteAsync(("ada", 1), ("bob", 2));
        var table = Flow().Table();
        var before = _blobs.Opens;

        Assert.Equal(100_000, table[0].Data.Large.Value.Length);
        Assert.Equal(before + 1, _blobs.Opens);
    }

    [Fact]
    public async Task A_run_that_failed_has_parameters_and_no_results()
    {
        await WriteAsync(("ada", -1));

        var row = Assert.Single(Flow().Table());

        Assert.False(row.Successful);
        Assert.Equal(7, row.Parameters.Alpha.Value);
        Assert.Equal(ErrorCodes.ObjectNotFound, Assert.Throws<MetadataException>(() => row.Data).Code);
    }

    [Fact]
    public async Task A_run_without_parameters_is_in_the_table_and_says_so()
    {
        await _metadata.RegisterRunAsync(
            new RunRecord("SampleFlow", "7", "ada", [], ["user:ada"], default), TestContext.Current.CancellationToken);

        var row = Assert.Single(Flow().Table());

        Assert.Contains("has no parameters", Assert.Throws<MetadataException>(() => row.Parameters).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_come_without_blocking_too()
    {
        await WriteAsync(("ada", 1), ("bob", 3));

        var users = new List<string>();
        await foreach (var row in Flow().GetTableAsync(["mine"], TestContext.Current.CancellationToken))
        {
            users.Add(row.UserName);
        }

        Assert.Equal(["bob", "ada"], users);
    }

    public void Dispose() => _folder.Dispose();

    private FlowHandle<TrainFlow> Flow() => Client().Flow<TrainFlow>();

    private MetaflowClient Client() => new MetaflowClient(_metadata, _blobs).WithNamespace(null);

    // A run of -1 items fails.
    private async Task WriteAsync(params (string User, int Items)[] runs)
    {
        foreach (var (user, items) in runs)
        {
            var run = new SampleRun(new RunStores(_blobs, _metadata), user: user) { HasLarge = true };
            await run.WriteAsync(Math.Max(items, 0), succeeds: items >= 0);
        }
    }

    private sealed class TrainFlow : IArtifactHolder
    {
        public ArtifactCell<long> Alpha { get; } = new("alpha", isReadOnly: true);

        public ArtifactCell<long> Total { get; } = new("total");

        public ArtifactCell<byte[]> Large { get; } = new("large");

        public string FlowName => "SampleFlow";

        public void CollectCells(ICollection<ArtifactCell> cells)
        {
            cells.Add(Alpha);
            cells.Add(Total);
            cells.Add(Large);
        }
    }
}
