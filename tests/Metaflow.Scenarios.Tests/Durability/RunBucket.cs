using Metaflow.Cleanup;
using Metaflow.Metadata;
using Metaflow.ObjectStorage.Tests.Servers;
using Metaflow.Plugins;
using Metaflow.Scenarios.Tests.Clouds;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Scenarios.Tests.Durability;

/// <summary>A bucket or container of its own for runs, at a server that commands reach through a proxy and tests directly.</summary>
internal sealed class RunBucket : IAsyncDisposable
{
    private RunBucket(IBlobStore blobs, FaultProxy proxy, IReadOnlyDictionary<string, string> variables)
    {
        (Proxy, Variables) = (proxy, variables);
        Stores = new RunStores(
            blobs, ProgramPlugins.Registry.Find<IMetadataFactory>("store")!.Open(blobs, StoreOptions.Without(TimeProvider.System)));
    }

    /// <summary>Gets the proxy.</summary>
    public FaultProxy Proxy { get; }

    /// <summary>Gets the runs as the server has them.</summary>
    public RunStores Stores { get; }

    /// <summary>Gets the variables with which commands use the bucket.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; }

    /// <summary>Creates a bucket.</summary>
    /// <param name="cloud">The service.</param>
    public static async Task<RunBucket> CreateAsync(RunCloud cloud)
    {
        var server = await cloud.ServerAsync();
        var place = await cloud.CreatePlaceAsync(server);
        var proxy = await FaultProxy.StartAsync(server);
        return new RunBucket(cloud.StoreOf(server, place), proxy, cloud.VariablesOf(proxy.Address, place));
    }

    /// <summary>Returns the paths of all objects below the root of the runs.</summary>
    public async Task<IReadOnlyList<string>> KeysAsync()
    {
        var token = TestContext.Current.CancellationToken;
        var tree = new ObjectTree(Stores.Blobs);
        var keys = new List<string>();
        foreach (var entry in await Stores.Blobs.ListAsync("", token))
        {
            keys.AddRange(entry.IsFolder ? await tree.AllAsync(entry.Name, token) : [entry.Name]);
        }

        return keys;
    }

    public ValueTask DisposeAsync() => Proxy.DisposeAsync();
}
