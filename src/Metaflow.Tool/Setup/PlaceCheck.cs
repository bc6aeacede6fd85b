using System.Globalization;
using System.Text;
using Metaflow.Errors;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Tool.Setup;

/// <summary>Tries whether a place can keep runs: it lists it, and creates, reads and removes a small object.</summary>
/// <param name="options">The settings with which it is opened.</param>
internal sealed class PlaceCheck(StoreOptions options)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Tries a place.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="MetaflowException">It cannot keep runs; the error says why and what to do.</exception>
    public async Task RunAsync(StoreAddress address, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            var store = RunStores.OpenBlobs(address, options);
            await store.ListAsync("", patience.Token).ConfigureAwait(false);
            await TryAsync(store, address, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed(
                address,
                string.Create(CultureInfo.InvariantCulture, $"It did not answer within {Patience.TotalSeconds:0} seconds."),
                "Check the address and the network.",
                error);
        }
    }

    private static async Task TryAsync(IBlobStore store, StoreAddress address, CancellationToken cancellationToken)
    {
        var path = $"metaflow-check-{Guid.NewGuid():N}";
        var content = Encoding.ASCII.GetBytes(path);
        await store.SaveAsync([new BlobWrite(path, content)], overwrite: false, cancellationToken).ConfigureAwait(false);
        try
        {
            await TryObjectAsync(store, address, path, content, cancellationToken).ConfigureAwait(false);
        }
        catch (MetaflowException)
        {
            await TryDeleteAsync(store, path, cancellationToken).ConfigureAwait(false);
            throw;
        }

        await store.DeleteAsync([path], cancellationToken).ConfigureAwait(false);
    }

    private static async Task TryObjectAsync(
        IBlobStore store, StoreAddress address, string path, byte[] content, CancellationToken cancellationToken)
    {
        var read = (await store.ReadAsync([path], cancellationToken).ConfigureAwait(false))[0];
        if (read is null || !read.AsSpan().SequenceEqual(content))
        {
            throw Failed(
                address, "An object that was stored could not be read as it was.",
                "Use a place where a write is visible to all who read after it.");
        }

        var others = new BlobWrite(path, Encoding.ASCII.GetBytes($"other-{path}"));
        if ((await store.SaveAsync([others], overwrite: false, cancellationToken).ConfigureAwait(false))[0])
        {
            throw Failed(
                address,
                "The server replaces objects that exist, although it is asked not to. Two schedulers could continue one run.",
                "Use a server that honours conditions. For S3, 'metaflow configure set METAFLOW_S3_CONDITIONAL_WRITES=false' does without "
                    + "them.");
        }
    }

    /// <summary>Removes the object; what failed before says more than a failure of this.</summary>
    private static async Task TryDeleteAsync(IBlobStore store, string path, CancellationToken cancellationToken)
    {
        try
        {
            await store.DeleteAsync([path], cancellationToken).ConfigureAwait(false);
        }
        catch (MetaflowException)
        {
            // An object of some bytes stays.
        }
    }

    private static ConfigurationException Failed(StoreAddress address, string why, string fix, Exception? cause = null)
        => new(ErrorCodes.DatastoreCheckFailed, $"'{ShownAddress.Of(address.Root)}' cannot keep runs.", why, fix, cause);
}
