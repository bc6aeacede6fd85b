using Metaflow.Metadata;
using Metaflow.ObjectStorage.Tests.Servers;
using Metaflow.Plugins;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Scenarios.Tests.Durability;

/// <summary>A bucket of its own for runs, at a server that commands reach through a proxy and tests directly.</summary>
internal sealed class RunBucket : IAsyncDisposable
{
    private const string Prefix = "some/runs";

    private readonly string _name;
    private readonly Uri _server;

    private RunBucket(string name, Uri server, FaultProxy proxy)
    {
        var blobs = Buckets.StoreOf(server, name, Prefix);
        (_name, _server, Proxy) = (name, server, proxy);
        Stores = new RunStores(
            blobs, ProgramPlugins.Registry.Find<IMetadataFactory>("store")!.Open(blobs, StoreOptions.Without(TimeProvider.System)));
    }

    /// <summary>Gets the proxy.</summary>
    public FaultProxy Proxy { get; }

    /// <summary>Gets the runs as the server has them.</summary>
    public RunStores Stores { get; }

    /// <summary>Gets the variables with which commands use the bucket.</summary>
    public IReadOnlyDictionary<string, string> Variables => VariablesOf(Proxy.Address, _name);

    /// <summary>Returns the variables with which commands use a bucket.</summary>
    /// <param name="endpoint">The address at which they reach it.</param>
    /// <param name="name">The name of the bucket.</param>
    public static IReadOnlyDictionary<string, string> VariablesOf(Uri endpoint, string name) => new Dictionary<string, string>
    {
        ["AWS_ACCESS_KEY_ID"] = "AKTEST",
        ["AWS_SECRET_ACCESS_KEY"] = "SKTEST",
        ["AWS_DEFAULT_REGION"] = "us-east-1",
        ["METAFLOW_S3_ENDPOINT_URL"] = endpoint.ToString(),
        ["METAFLOW_DEFAULT_DATASTORE"] = "s3",
        ["METAFLOW_DATASTORE_SYSROOT_S3"] = $"s3://{name}/{Prefix}",
    };

    /// <summary>Creates a bucket.</summary>
    /// <param name="server">The server.</param>
    public static async Task<RunBucket> CreateAsync(Uri server)
        => new(await Buckets.CreatePlaceAsync(server), server, await FaultProxy.StartAsync(server));

    /// <summary>Returns the paths of all objects in the bucket, relative to the root of the runs.</summary>
    public async Task<IReadOnlyList<string>> KeysAsync()
        => [.. (await Buckets.ClientOf(_server, _name).ListAsync("", isRecursive: true, TestContext.Current.CancellationToken))
            .Select(static listed => Path.GetRelativePath(Prefix, listed.Key))];

    public ValueTask DisposeAsync() => Proxy.DisposeAsync();
}
