using Metaflow.Client;
using Metaflow.Copying;
using Metaflow.Core.Tests.Storage;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Core.Tests.Client;

/// <summary>A client of several datastores.</summary>
public sealed class SeveralStoresTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _other = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task Runs_of_all_are_listed_the_newest_first_and_each_reads_its_own_data()
    {
        var far = Far();
        var first = (await new SampleRun(_folder.Root).WriteAsync(1)).Run.RunId;
        var second = (await new SampleRun(far).WriteAsync(2)).Run.RunId;
        var third = (await new SampleRun(_folder.Root).WriteAsync(3)).Run.RunId;
        await new SampleRun(far, "OtherFlow").WriteAsync(4);

        var client = new MetaflowClient([Local(_folder), far]);

        Assert.Equal(["OtherFlow", "SampleFlow"], client.Flows.Select(static flow => flow.Name));
        var runs = client.Flow("SampleFlow").Runs();
        Assert.Equal([third, second, first], runs.Select(static run => run.Id));
        Assert.Equal([3L, 2L, 1L], runs.Select(static run => run.Data["total"]));
        Assert.Equal(["local", "memory", "local"], runs.Select(static run => run.Datastore.Type));
        Assert.Equal("hello from end\n", client.Run($"SampleFlow/{second}").EndTask!.Stdout);
        Assert.Equal(4L, client.Flow("OtherFlow").LatestSuccessfulRun!.Data["total"]);
    }

    [Fact]
    public async Task A_copied_run_is_one_run_and_that_of_the_first_datastore()
    {
        var far = Far();
        var run = (await new SampleRun(far).WriteAsync(1)).Run.RunId;
        await new RunCopier(far, Local(_folder)).CopyAsync("SampleFlow", run, cancellationToken: Token);

        Assert.Equal("local", Assert.Single(new MetaflowClient([Local(_folder), far]).Flow("SampleFlow").Runs()).Datastore.Type);
        Assert.Equal("memory", Assert.Single(new MetaflowClient([far, Local(_folder)]).Flow("SampleFlow").Runs()).Datastore.Type);
        Assert.Equal("memory", new MetaflowClient([far, Local(_folder)]).Run($"SampleFlow/{run}").Datastore.Type);
    }

    [Fact]
    public async Task Different_runs_that_were_given_one_id_are_both_listed()
    {
        await new SampleRun(_folder.Root) { Id = "nightly" }.WriteAsync(1);
        await new SampleRun(_other.Root) { Id = "nightly" }.WriteAsync(2);
        var runs = new MetaflowClient([Local(_folder), Local(_other)]).Flow("SampleFlow").Runs();
        Assert.Equal([2L, 1L], runs.Select(static run => run.Data["total"]));
    }

    [Fact]
    public async Task A_run_of_which_the_client_has_only_the_records_says_where_its_data_is()
    {
        var data = new MemoryBlobStore();
        var apart = new RunStores(data, new LocalMetadataProvider(_folder.Root, TimeProvider.System));
        var far = (await new SampleRun(apart).WriteAsync(1)).Run.RunId;
        var near = (await new SampleRun(_folder.Root).WriteAsync(1)).Run.RunId;
        var client = new MetaflowClient([Local(_folder)]);
        Assert.Equal(StoreAddress.Of(data), ((IRunScope)client.Run($"SampleFlow/{far}")).Datastore);
        Assert.Equal(StoreAddress.Local(_folder.Root), ((IRunScope)client.Run($"SampleFlow/{near}")).Datastore);
    }

    [Fact]
    public async Task Tags_are_changed_where_the_run_is()
    {
        var far = Far();
        await new SampleRun(_folder.Root).WriteAsync(1);
        var run = (await new SampleRun(far).WriteAsync(1)).Run.RunId;
        new MetaflowClient([Local(_folder), far]).Run($"SampleFlow/{run}").AddTag("best");
        Assert.Contains("best", new MetaflowClient(far.Metadata, far.Blobs).Run($"SampleFlow/{run}").UserTags);
    }

    [Fact]
    public async Task Folders_are_named_by_their_paths_and_what_none_has_is_said_to_be_missing()
    {
        await new SampleRun(_folder.Root).WriteAsync(1);
        await new SampleRun(_other.Root).WriteAsync(2);
        var client = new MetaflowClient(_folder.Path, _other.Path).WithNamespace(null);
        Assert.Equal(2, client.Flow("SampleFlow").Runs().Count);
        Assert.Equal(ErrorCodes.ObjectNotFound, Assert.Throws<MetadataException>(() => client.Run("SampleFlow/17")).Code);
        Assert.Equal(ErrorCodes.ObjectNotFound, Assert.Throws<MetadataException>(() => client.Flow("NoFlow")).Code);
        Assert.Throws<ArgumentOutOfRangeException>(static () => new MetaflowClient([]));
    }

    private static RunStores Local(TemporaryFolder folder)
        => new(new LocalBlobStore(folder.Root), new LocalMetadataProvider(folder.Root, TimeProvider.System));

    private static RunStores Far()
    {
        var blobs = new MemoryBlobStore();
        return new RunStores(blobs, new StoreMetadataProvider(blobs, TimeProvider.System));
    }
}
