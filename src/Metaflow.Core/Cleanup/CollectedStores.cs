using Metaflow.Artifacts;
using Metaflow.Storage;

namespace Metaflow.Cleanup;

/// <summary>Opens the datastore of a flow for collections and repairs.</summary>
internal static class CollectedStores
{
    /// <summary>Opens it.</summary>
    /// <param name="datastore">The flow's datastore.</param>
    /// <param name="time">The clock.</param>
    /// <returns>A folder, which has locks, or a store of objects.</returns>
    public static ICollectedStore Of(FlowDatastore datastore, TimeProvider time)
        => datastore.Blobs is LocalBlobStore ? new CollectedFolder(datastore, time) : new CollectedObjects(datastore, time);
}
