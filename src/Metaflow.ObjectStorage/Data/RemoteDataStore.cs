using Metaflow.Errors;
using Metaflow.ObjectStorage.Transfer;

namespace Metaflow.ObjectStorage.Data;

/// <summary>A bucket of a service.</summary>
/// <param name="start">What addresses of its objects begin with.</param>
/// <param name="client">Sends the requests.</param>
internal sealed class RemoteDataStore(string start, ObjectClient client) : IDataStore
{
    /// <summary>Of longer objects it is known first whether they are there already, before they are sent in vain.</summary>
    private const long LargestInVain = 256 << 10;

    private readonly ObjectWriter _writer = new(client);
    private readonly ObjectDownloads _downloads = new(client);

    /// <inheritdoc/>
    public int Width => client.Settings.Width;

    /// <inheritdoc/>
    public bool GuardsContent => false;

    /// <inheritdoc/>
    public ValueTask<ObjectFacts?> LookAsync(string key, CancellationToken cancellationToken) => OfPlaceAsync(
        () => client.LookAsync(key, $"The object '{start}{key}' could not be looked at.", cancellationToken));

    /// <inheritdoc/>
    public ValueTask<Download?> DownloadAsync(
        ObjectRange range, string file, Action<long> received, CancellationToken cancellationToken)
        => OfPlaceAsync(() => _downloads.SaveAsync(range, start + range.Key, file, received, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<Stream?> OpenAsync(ObjectRange range, CancellationToken cancellationToken)
        => OfPlaceAsync(() => _downloads.OpenAsync(range, start + range.Key, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<bool> WriteAsync(
        string key, OpenContent content, ObjectProperties properties, bool overwrite, Action<long> sent,
        CancellationToken cancellationToken) => OfPlaceAsync(async () =>
        {
            var mayBeInVain = !overwrite && (!client.Settings.HasConditions || content.Length is not <= LargestInVain);
            if (mayBeInVain && await client.LookAsync(key, _writer.What(key), cancellationToken).ConfigureAwait(false) is not null)
            {
                return false;
            }

            var upload = new ObjectUpload(_writer, key, properties, content.Length, overwrite, cancellationToken);
            await using (upload.ConfigureAwait(false))
            {
                await DataCopy.CopyAsync(content.Stream, upload, sent, null, cancellationToken).ConfigureAwait(false);
                return await upload.FinishAsync().ConfigureAwait(false);
            }
        });

    /// <inheritdoc/>
    public ValueTask<List<ListedObject>> ListAsync(string prefix, bool isRecursive, CancellationToken cancellationToken)
        => OfPlaceAsync(async () =>
        {
            // Services have folders before, after or between the objects.
            var entries = await client.ListAsync(prefix, isRecursive, cancellationToken).ConfigureAwait(false);
            entries.Sort(static (one, other) => string.CompareOrdinal(one.Key, other.Key));
            return entries;
        });

    /// <inheritdoc/>
    public ValueTask DeleteAsync(string key, CancellationToken cancellationToken)
        => client.DeleteAsync(key, $"The object '{start}{key}' could not be deleted.", cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        client.Close();
        _downloads.Dispose();
    }

    // What the store of runs says of a bucket names the settings of the datastore, which have no part in this.
    private async ValueTask<T> OfPlaceAsync<T>(Func<ValueTask<T>> act)
    {
        try
        {
            return await act().ConfigureAwait(false);
        }
        catch (StorageException error) when (error.Code == ErrorCodes.BucketMissing)
        {
            throw DataErrors.PlaceMissing(error, start);
        }
    }
}
