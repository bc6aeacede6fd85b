using Metaflow.Artifacts;
using Metaflow.Cleanup;
using Metaflow.Errors;
using Metaflow.Platform;
using Metaflow.Storage;

namespace Metaflow.Verification;

/// <summary>Repairs what can be repaired without losing anything: it deletes what no reader looks at, and moves damaged blobs to where
/// nobody takes them for values.</summary>
/// <param name="datastore">The flow's datastore.</param>
/// <param name="time">The clock.</param>
internal sealed class Repairs(FlowDatastore datastore, TimeProvider time)
{
    /// <summary>Repairs faults.</summary>
    /// <param name="faults">The faults.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The same faults, with what was repaired.</returns>
    /// <exception cref="MetadataException">A collection of garbage is running (MF5023).</exception>
    /// <exception cref="StorageException">The store failed (MF4001 and on).</exception>
    public async ValueTask<IReadOnlyList<DatastoreFault>> RunAsync(
        IReadOnlyList<DatastoreFault> faults, CancellationToken cancellationToken)
    {
        if (faults.All(static fault => fault.Repair == DatastoreRepair.None))
        {
            return faults;
        }

        // A collection of garbage, which removes such things too, must not be at work.
        var store = CollectedStores.Of(datastore, time);
        var held = await HoldAsync(store, cancellationToken).ConfigureAwait(false);
        await using (held.ConfigureAwait(false))
        {
            var damaged = faults.Where(static fault => fault.Repair == DatastoreRepair.Quarantine).Select(static fault => fault.Key!);
            var quarantined = await store.QuarantineAsync(
                [.. damaged], BlobCheck.QuarantineOf(datastore.Flow), cancellationToken).ConfigureAwait(false);
            var after = new List<DatastoreFault>(faults.Count);
            foreach (var fault in faults)
            {
                var isRepaired = fault.Repair switch
                {
                    DatastoreRepair.Quarantine => quarantined.Contains(fault.Key!),
                    DatastoreRepair.Delete => await DeleteAsync(fault.Path, cancellationToken).ConfigureAwait(false),
                    DatastoreRepair.FinishRemoval => FinishRemoval(fault.Path),
                    _ => false,
                };
                after.Add(fault with { IsRepaired = isRepaired });
            }

            return after;
        }
    }

    private async ValueTask<IAsyncDisposable> HoldAsync(ICollectedStore store, CancellationToken cancellationToken)
    {
        try
        {
            return await store.HoldAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (MetadataException error) when (error.Code == ErrorCodes.CollectionRunning)
        {
            throw new MetadataException(error.Code, $"The datastore of '{datastore.Flow}' was not repaired.", error.Why, error.Fix, error)
            {
                IsTransient = true,
            };
        }
    }

    private async ValueTask<bool> DeleteAsync(string path, CancellationToken cancellationToken)
    {
        await datastore.Blobs.DeleteAsync([path], cancellationToken).ConfigureAwait(false);
        return true;
    }

    private bool FinishRemoval(string path)
    {
        var folder = Path.Combine(datastore.Blobs.Root, path);
        try
        {
            Directory.Delete(folder, recursive: true);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Write(error, folder);
        }
    }
}
