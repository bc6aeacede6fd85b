using Metaflow.Errors;
using Metaflow.Storage;

namespace Metaflow.ObjectStorage.Data;

/// <content>Getting objects.</content>
public sealed partial class ObjectFolder
{
    /// <summary>Downloads an object, or a part of it.</summary>
    /// <param name="key">The key, or the part: <c>new ObjectRange("key", 1000, 100)</c>.</param>
    /// <param name="returnMissing">Whether an object that does not exist is returned too, with <see cref="ObjectData.Exists"/> set to
    /// <see langword="false"/>. The default is an error.</param>
    /// <param name="progress">Gets the progress.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The object.</returns>
    /// <exception cref="StorageException">There is no such object (MF3027) or part (MF3028), the object is damaged (MF3029), the bucket
    /// does not exist (MF4017), the credentials do not permit it (MF4004), or the store did not answer (MF4007).</exception>
    public async Task<ObjectData> GetAsync(
        ObjectRange key, bool returnMissing = false, IProgress<DataProgress>? progress = null,
        CancellationToken cancellationToken = default)
        => await DownloadAsync(key, PlaceOf(key.Key), returnMissing, new TransferCount(progress, 1), cancellationToken)
            .ConfigureAwait(false);

    /// <summary>Downloads objects, many at the same time.</summary>
    /// <param name="keys">The keys. A key may be there twice.</param>
    /// <param name="returnMissing">Whether objects that do not exist are returned too. The default is an error.</param>
    /// <param name="progress">Gets the progress.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The objects, in the order of the keys.</returns>
    /// <exception cref="StorageException">As of <see cref="GetAsync"/>. The other downloads are ended.</exception>
    public Task<IReadOnlyList<ObjectData>> GetManyAsync(
        IEnumerable<string> keys, bool returnMissing = false, IProgress<DataProgress>? progress = null,
        CancellationToken cancellationToken = default)
        => GetPartsAsync(keys.Select(static key => new ObjectRange(key)), returnMissing, progress, cancellationToken);

    /// <summary>Downloads objects or parts of them, many at the same time.</summary>
    /// <param name="parts">The objects or parts.</param>
    /// <param name="returnMissing">Whether objects that do not exist are returned too. The default is an error.</param>
    /// <param name="progress">Gets the progress.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The objects, in the order of <paramref name="parts"/>.</returns>
    /// <exception cref="StorageException">As of <see cref="GetAsync"/>. The other downloads are ended.</exception>
    public async Task<IReadOnlyList<ObjectData>> GetPartsAsync(
        IEnumerable<ObjectRange> parts, bool returnMissing = false, IProgress<DataProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ObjectRange[] asked = [.. parts];
        Place[] places = [.. asked.Select(part => PlaceOf(part.Key))];
        var count = new TransferCount(progress, asked.Length);
        var found = new ObjectData[asked.Length];
        await EachAsync(
            places,
            async (i, token) => found[i] = await DownloadAsync(asked[i], places[i], returnMissing, count, token).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
        return found;
    }

    /// <summary>Downloads all objects below folders, many at the same time.</summary>
    /// <param name="prefixes">The keys of the folders.</param>
    /// <param name="progress">Gets the progress.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The objects, folder by folder, sorted by key in each.</returns>
    /// <exception cref="StorageException">As of <see cref="GetAsync"/>. An object that is deleted meanwhile is left out.</exception>
    public async Task<IReadOnlyList<ObjectData>> GetRecursiveAsync(
        IEnumerable<string> prefixes, IProgress<DataProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var listed = await ListRecursiveAsync(prefixes, cancellationToken).ConfigureAwait(false);
        var found = await GetManyAsync(listed.Select(static info => info.Key), returnMissing: true, progress, cancellationToken)
            .ConfigureAwait(false);
        return [.. found.Select((data, i) => data.Below(listed[i].Prefix)).Where(static data => data.Exists)];
    }

    /// <summary>Downloads all objects of the folder, many at the same time.</summary>
    /// <param name="progress">Gets the progress.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The objects, sorted by key.</returns>
    /// <exception cref="ConfigurationException">The folder has no address (MF2082).</exception>
    /// <exception cref="StorageException">As of <see cref="GetAsync"/>.</exception>
    public Task<IReadOnlyList<ObjectData>> GetAllAsync(
        IProgress<DataProgress>? progress = null, CancellationToken cancellationToken = default)
        => GetRecursiveAsync([""], progress, cancellationToken);

    /// <summary>Opens an object, or a part of it, for reading from the store, without a file. Large objects are read several parts at a
    /// time, and a connection that breaks is replaced.</summary>
    /// <param name="key">The key, or the part.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The bytes, read once from the beginning. Their checksum is not compared.</returns>
    /// <exception cref="StorageException">As of <see cref="GetAsync"/>.</exception>
    public async Task<Stream> OpenReadAsync(ObjectRange key, CancellationToken cancellationToken = default)
    {
        var place = PlaceOf(key.Key);
        RequirePart(key, place);
        return await place.Store.OpenAsync(key with { Key = place.Key }, cancellationToken).ConfigureAwait(false)
            ?? throw DataErrors.Missing(place.Address);
    }

    private static void RequirePart(ObjectRange range, Place place)
    {
        if (range.Length is <= 0)
        {
            throw DataErrors.NoSuchPart(place.Address, range);
        }
    }

    private async ValueTask<ObjectData> DownloadAsync(
        ObjectRange range, Place place, bool returnMissing, TransferCount count, CancellationToken cancellationToken)
    {
        RequirePart(range, place);
        var file = _downloads.NewFile();
        Download? download;
        try
        {
            download = await place.Store.DownloadAsync(range with { Key = place.Key }, file, count.AddBytes, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception error)
        {
            File.Delete(file);
            throw error is IOException or UnauthorizedAccessException ? StorageErrors.Write(error, file) : error;
        }

        if (download is null && !returnMissing)
        {
            throw DataErrors.Missing(place.Address);
        }

        count.AddObject();
        var info = Known(range.Key, place, download?.Facts);
        return new ObjectData(info, download is null ? null : file, download?.Offset ?? 0, download?.Size ?? 0);
    }
}
