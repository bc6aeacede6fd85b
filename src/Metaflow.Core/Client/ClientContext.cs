using System.Collections.Concurrent;
using Metaflow.Artifacts;
using Metaflow.Metadata;
using Metaflow.Plugins;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Client;

/// <summary>What all handles of a client share.</summary>
internal sealed class ClientContext
{
    private const long CacheCapacity = 64L << 20;

    private readonly ConcurrentDictionary<(StoreAddress Address, string Flow), FlowDatastore> _datastores = new();
    private readonly ConcurrentDictionary<StoreAddress, IBlobStore> _elsewhere = new();
    private readonly PayloadCache _cache = new(CacheCapacity);
    private readonly RunStores _stores;
    private readonly StoreOptions _options;

    /// <summary>Initializes a context.</summary>
    /// <param name="stores">The stores.</param>
    /// <param name="options">What other stores are opened with that records name.</param>
    public ClientContext(RunStores stores, StoreOptions? options = null)
    {
        _stores = stores;
        _options = options ?? StoreOptions.Without(TimeProvider.System);
    }

    /// <summary>Gets the records of runs.</summary>
    public IMetadataProvider Metadata => _stores.Metadata;

    /// <summary>Gets the root of the datastore.</summary>
    public string Root => _stores.Blobs.Root;

    /// <summary>Gets where the datastore is.</summary>
    public StoreAddress Address => StoreAddress.Of(_stores.Blobs);

    /// <summary>Gets a value indicating whether the datastore is there: a folder that was never written to is not.</summary>
    public bool IsThere => _stores.Blobs.TypeName != StoreAddress.LocalType || Directory.Exists(Root);

    /// <summary>Opens the stores that settings name.</summary>
    /// <param name="settings">The settings.</param>
    /// <returns>The context.</returns>
    public static ClientContext Of(MetaflowSettings settings)
    {
        var options = StoreOptions.Of(settings.Environment, TimeProvider.System, settings.Origins);
        return new ClientContext(RunStores.Open(settings.Datastore, options, settings.MetadataType), options);
    }

    /// <summary>Returns the datastore of a flow.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <returns>The datastore.</returns>
    public FlowDatastore Datastore(string flow) => Datastore(_stores.Blobs, flow);

    /// <summary>Returns the datastore of a flow at another root that a record names: a folder of this machine, or a store of a type that
    /// the program has.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <param name="type">The datastore's type.</param>
    /// <param name="root">Its root.</param>
    /// <returns>The datastore, or <see langword="null"/> when it is not elsewhere, or cannot be reached.</returns>
    public FlowDatastore? DatastoreElsewhere(string flow, string? type, string? root)
    {
        if (type is null || root is not { Length: > 0 } || (type == _stores.Blobs.TypeName && root == _stores.Blobs.Root))
        {
            return null;
        }

        var isThere = type == StoreAddress.LocalType
            ? Directory.Exists(root)
            : ProgramPlugins.Registry.NamesOf<IStoreFactory>().Contains(type, StringComparer.Ordinal);
        return isThere
            ? Datastore(_elsewhere.GetOrAdd(new StoreAddress(type, root), address => RunStores.OpenBlobs(address, _options)), flow)
            : null;
    }

    private FlowDatastore Datastore(IBlobStore blobs, string flow)
        => _datastores.GetOrAdd((StoreAddress.Of(blobs), flow), _ => new FlowDatastore(blobs, flow, TimeProvider.System, _cache));
}
