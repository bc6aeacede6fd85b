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

/// <summary>A flow whose datastore is a service that keeps objects, and what its collections and tasks do.</summary>
public abstract class FarGarbage : IAsyncDisposable
{
    private protected const string Flow = "SampleFlow";

    private protected ObjectServer Server { get; } = new(TimeSpan.Zero);

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected static async Task PassAsync(ManualTimeProvider time, Task work)
    {
        while (!work.IsCompleted)
        {
            if (time.PendingTimers > 0)
            {
                time.Advance(TimeSpan.FromSeconds(1));
            }

            await Task.Delay(1, Token);
        }

        await work;
    }

    private protected static KeyValuePair<string, SerializedArtifact> TaskOk
        => new(InternalArtifacts.TaskOk, ArtifactSerializer.Serialize(true, typeof(object)));

    private protected static System.Buffers.ReadOnlySequence<byte> Payload(string value)
        => ArtifactSerializer.Serialize(value, typeof(string)).Payload;

    private protected FarBlobStore Store() => new(Server.Address);

    private protected FlowDatastore Datastore(TimeProvider? time = null) => new(Store(), Flow, time ?? TimeProvider.System);

    private protected ContentAddressedStore Content() => Datastore().Content;

    private protected MetaflowClient Client() => new(new StoreMetadataProvider(Store(), TimeProvider.System), Store());

    private protected List<string> Blobs() => [.. Server.Paths.Where(static path => path.Contains("/data/", StringComparison.Ordinal))];

    private protected Task<CollectionReport> CollectAsync(CollectionRequest request, IBlobStore? store = null, TimeProvider? time = null)
        => new GarbageCollector(Client(), store ?? Store(), time ?? TimeProvider.System).CollectAsync(request, Token);

    private protected async Task<string> WriteAsync(int items)
    {
        var stores = new RunStores(Store(), new StoreMetadataProvider(Store(), TimeProvider.System));
        var run = (await new SampleRun(stores).WriteAsync(items)).Run.RunId;
        await Store().SaveAsync(
            [new BlobWrite($"{Flow}/latest_run", System.Text.Encoding.UTF8.GetBytes(run))], overwrite: true, Token);
        return run;
    }

    private protected async Task<string> SaveFileAsync(string content)
    {
        var url = await Datastore().SaveFileAsync(System.Text.Encoding.UTF8.GetBytes(content), Token);
        return url[url.LastIndexOf('/')..];
    }

    private protected async Task SaveOldAsync(string value)
    {
        await Content().SaveAsync([Payload(value)], raw: false, Token);
        Server.Age(Flow, TimeSpan.FromDays(2));
    }

    // As if another program did it: with a store of its own, which knows nothing of what is there.
    private protected static async Task<TaskDatastoreWriter> StoredAsync(FlowDatastore datastore, string run, string task, string value)
    {
        var writer = datastore.OpenWriter(new TaskPath(Flow, run, "work", task), 0);
        await writer.BeginAttemptAsync(Token);
        await writer.SaveArtifactsAsync([TaskOk, new("value", ArtifactSerializer.Serialize(value, typeof(string)))], Token);
        return writer;
    }

    private protected static async Task CommitAsync(
        FlowDatastore datastore, string run, string task, string value, TimeSpan pause = default)
    {
        var writer = await StoredAsync(datastore, run, task, value);
        await Task.Delay(pause, Token);
        await writer.CommitAsync(Token);
    }

    private protected async Task AssertValueAsync(string run, string task, string value)
        => Assert.Equal(
            value, (await Datastore().OpenTaskAsync(new TaskPath(Flow, run, "work", task), 0, Token)).Load<string>("value"));

    private protected void AssertReadable(string run) => Assert.All(
        Client().Flow(Flow).Run(run).Tasks,
        static task => Assert.All(task.AllArtifacts, static artifact => Assert.NotNull(artifact.Pathspec + artifact.Value)));
}
