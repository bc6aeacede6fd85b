using System.Collections.Concurrent;
using Metaflow.Artifacts;
using Metaflow.Metadata;
using Metaflow.Platform;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <summary>What all handles of a client share.</summary>
internal sealed class ClientContext
{
    private const long CacheCapacity = 64L << 20;

    private readonly ConcurrentDictionary<(string Root, string Flow), FlowDatastore> _datastores = new();
    private readonly PayloadCache _cache = new(CacheCapacity);
    private readonly IBlobStore _blobs;

    /// <summary>Initializes a context.</summary>
    /// <param name="metadata">The records of runs.</param>
    /// <param name="blobs">The datastore.</param>
    public ClientContext(IMetadataProvider metadata, IBlobStore blobs)
    {
        Metadata = metadata;
        _blobs = blobs;
    }

    /// <summary>Gets the records of runs.</summary>
    public IMetadataProvider Metadata { get; }

    /// <summary>Returns the context of a local root.</summary>
    /// <param name="root">The absolute path, which ends in <c>/.metaflow</c>.</param>
    /// <param name="files">How files are read.</param>
    /// <returns>The context.</returns>
    public static ClientContext ForFolder(string root, IFileReader files)
        => new(new LocalMetadataProvider(root, TimeProvider.System, files), new LocalBlobStore(root, TimeProvider.System, files));

    /// <summary>Returns the datastore of a flow.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <returns>The datastore.</returns>
    public FlowDatastore Datastore(string flow) => Datastore(_blobs, flow);

    /// <summary>Returns the datastore of a flow at another root that a record names, where that is a folder of this machine.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <param name="type">The datastore's type.</param>
    /// <param name="root">Its root.</param>
    /// <returns>The datastore, or <see langword="null"/> when it is not elsewhere, or cannot be reached.</returns>
    public FlowDatastore? DatastoreElsewhere(string flow, string? type, string? root)
        => type == "local" && root is { Length: > 0 } && root != _blobs.Root && Directory.Exists(root)
            ? Datastore(new LocalBlobStore(root), flow)
            : null;

    private FlowDatastore Datastore(IBlobStore blobs, string flow)
        => _datastores.GetOrAdd((blobs.Root, flow), _ => new FlowDatastore(blobs, flow, TimeProvider.System, _cache));
}
