using Metaflow.Errors;
using Metaflow.ObjectStorage.Transfer;

namespace Metaflow.ObjectStorage.Data;

/// <content>Storing and deleting objects.</content>
public sealed partial class ObjectFolder
{
    /// <summary>Stores an object.</summary>
    /// <param name="key">The key.</param>
    /// <param name="content">The content: a text, bytes, <see cref="ObjectContent.FromFile"/> or
    /// <see cref="ObjectContent.FromStream"/>.</param>
    /// <param name="overwrite">Whether an object that exists is replaced. The default is <see langword="true"/>; otherwise it stays, and
    /// of several calls at the same time exactly one stores its content.</param>
    /// <param name="progress">Gets the progress.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The object, and whether this call stored it.</returns>
    /// <exception cref="ConfigurationException">The key is invalid (MF2082).</exception>
    /// <exception cref="StorageException">The bucket does not exist (MF4017), the credentials do not permit it (MF4004), or the write
    /// failed (MF4001, MF4006): then nobody sees anything of it.</exception>
    public Task<StoredObject> PutAsync(
        string key, ObjectContent content, bool overwrite = true, IProgress<DataProgress>? progress = null,
        CancellationToken cancellationToken = default)
        => PutAsync(new ObjectPut(key, content), overwrite, progress, cancellationToken);

    /// <summary>Stores an object with a content type or metadata.</summary>
    /// <param name="put">The object.</param>
    /// <param name="overwrite">Whether an object that exists is replaced. The default is <see langword="true"/>.</param>
    /// <param name="progress">Gets the progress.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The object, and whether this call stored it.</returns>
    /// <exception cref="StorageException">As of the other overload.</exception>
    public async Task<StoredObject> PutAsync(
        ObjectPut put, bool overwrite = true, IProgress<DataProgress>? progress = null, CancellationToken cancellationToken = default)
        => (await PutManyAsync([put], overwrite, progress, cancellationToken).ConfigureAwait(false))[0];

    /// <summary>Stores objects, many at the same time.</summary>
    /// <param name="puts">The objects. If a key is there twice, either content may win.</param>
    /// <param name="overwrite">Whether objects that exist are replaced. The default is <see langword="true"/>.</param>
    /// <param name="progress">Gets the progress.</param>
    /// <param name="cancellationToken">Cancels the operation. Objects stored until then stay.</param>
    /// <returns>The objects in the order given, and whether this call stored each.</returns>
    /// <exception cref="StorageException">As of <see cref="PutAsync(ObjectPut, bool, IProgress{DataProgress}?, CancellationToken)"/>.
    /// Objects stored until then stay.</exception>
    public async Task<IReadOnlyList<StoredObject>> PutManyAsync(
        IEnumerable<ObjectPut> puts, bool overwrite = true, IProgress<DataProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ObjectPut[] given = [.. puts];
        Place[] places = [.. given.Select(put => TargetOf(put.Key))];
        var count = new TransferCount(progress, given.Length);
        var stored = new StoredObject[given.Length];
        await EachAsync(
            places,
            async (i, token) =>
            {
                var isStored = await StoreAsync(given[i], places[i], overwrite, count, token).ConfigureAwait(false);
                stored[i] = new StoredObject(given[i].Key, places[i].Address, isStored);
                count.AddObject();
            },
            cancellationToken).ConfigureAwait(false);
        return stored;
    }

    /// <summary>Stores files, many at the same time.</summary>
    /// <param name="files">The keys and the paths of the files.</param>
    /// <param name="overwrite">Whether objects that exist are replaced. The default is <see langword="true"/>.</param>
    /// <param name="progress">Gets the progress.</param>
    /// <param name="cancellationToken">Cancels the operation. Objects stored until then stay.</param>
    /// <returns>The objects in the order given, and whether this call stored each.</returns>
    /// <exception cref="StorageException">As of <see cref="PutManyAsync"/>, or a file cannot be read (MF4004, MF4007).</exception>
    public Task<IReadOnlyList<StoredObject>> PutFilesAsync(
        IEnumerable<(string Key, string Path)> files, bool overwrite = true, IProgress<DataProgress>? progress = null,
        CancellationToken cancellationToken = default)
        => PutManyAsync(
            files.Select(static file => new ObjectPut(file.Key, ObjectContent.FromFile(file.Path))), overwrite, progress,
            cancellationToken);

    /// <summary>Deletes objects, many at the same time. Those that do not exist are not an error.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="cancellationToken">Cancels the operation. Objects deleted until then are gone.</param>
    /// <returns>A task that ends when none of them exists.</returns>
    /// <exception cref="StorageException">The credentials do not permit it (MF4004), or the store did not answer (MF4006).</exception>
    public async Task DeleteAsync(IEnumerable<string> keys, CancellationToken cancellationToken = default)
    {
        Place[] places = [.. keys.Select(TargetOf)];
        await EachAsync(places, (i, token) => places[i].Store.DeleteAsync(places[i].Key, token), cancellationToken).ConfigureAwait(false);
    }

    private Place TargetOf(string key)
    {
        var place = PlaceOf(key);
        return place.Key.Length == 0 || place.Key.EndsWith('/') || key.Length == 0
            ? throw DataErrors.Invalid(key, "It names a folder, and not an object in it.", "Add the name of the object.")
            : place;
    }

    private async ValueTask<bool> StoreAsync(
        ObjectPut put, Place place, bool overwrite, TransferCount count, CancellationToken cancellationToken)
    {
        using var content = put.Content.Open($"The object '{place.Address}' could not be stored.");
        var properties = new ObjectProperties { ContentType = put.ContentType ?? ObjectProperties.Bytes };
        if (put.Metadata is { Count: > 0 } metadata)
        {
            properties.Metadata[UserMetadata.Name] = UserMetadata.ToJson(metadata);
        }

        if (_hasChecksums && !place.Store.GuardsContent
            && await content.HashAsync(cancellationToken).ConfigureAwait(false) is { } hash)
        {
            properties.Metadata[DataChecksum.Name] = hash;
        }

        return await place.Store.WriteAsync(place.Key, content, properties, overwrite, count.AddBytes, cancellationToken)
            .ConfigureAwait(false);
    }
}
