using Metaflow.Errors;

namespace Metaflow.ObjectStorage.Data;

/// <content>Looking at objects.</content>
public sealed partial class ObjectFolder
{
    /// <summary>Returns what is directly below folders: objects, and folders with a slash at the end of their keys.</summary>
    /// <param name="prefixes">The keys of the folders; this folder itself by default.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The entries, folder by folder. <see cref="ObjectInfo.Exists"/> is <see langword="false"/> for folders.</returns>
    /// <exception cref="StorageException">The bucket does not exist (MF4017), the credentials do not permit it (MF4004), or the store did
    /// not answer (MF4007).</exception>
    public Task<IReadOnlyList<ObjectInfo>> ListPathsAsync(
        IEnumerable<string>? prefixes = null, CancellationToken cancellationToken = default)
        => ListAsync(prefixes, isRecursive: false, cancellationToken);

    /// <summary>Returns all objects below folders.</summary>
    /// <param name="prefixes">The keys of the folders; this folder itself by default.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The objects, folder by folder, sorted by key in each.</returns>
    /// <exception cref="StorageException">As of <see cref="ListPathsAsync"/>.</exception>
    public Task<IReadOnlyList<ObjectInfo>> ListRecursiveAsync(
        IEnumerable<string>? prefixes = null, CancellationToken cancellationToken = default)
        => ListAsync(prefixes, isRecursive: true, cancellationToken);

    /// <summary>Returns what is known about an object, without downloading it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="returnMissing">Whether an object that does not exist is returned too, with <see cref="ObjectInfo.Exists"/> set to
    /// <see langword="false"/>. The default is an error.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What is known.</returns>
    /// <exception cref="StorageException">There is no such object (MF3027), the credentials do not permit it (MF4004), or the store did
    /// not answer (MF4007).</exception>
    public async Task<ObjectInfo> InfoAsync(string key, bool returnMissing = false, CancellationToken cancellationToken = default)
        => (await InfoManyAsync([key], returnMissing, cancellationToken).ConfigureAwait(false))[0];

    /// <summary>Returns what is known about objects, many at the same time.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="returnMissing">Whether objects that do not exist are returned too. The default is an error.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What is known, in the order of the keys.</returns>
    /// <exception cref="StorageException">As of <see cref="InfoAsync"/>.</exception>
    public async Task<IReadOnlyList<ObjectInfo>> InfoManyAsync(
        IEnumerable<string> keys, bool returnMissing = false, CancellationToken cancellationToken = default)
    {
        string[] asked = [.. keys];
        Place[] places = [.. asked.Select(PlaceOf)];
        var found = new ObjectInfo[asked.Length];
        await EachAsync(
            places,
            async (i, token) =>
            {
                var facts = await places[i].Store.LookAsync(places[i].Key, token).ConfigureAwait(false);
                found[i] = facts is null && !returnMissing
                    ? throw DataErrors.Missing(places[i].Address)
                    : Known(asked[i], places[i], facts);
            },
            cancellationToken).ConfigureAwait(false);
        return found;
    }

    private async Task<IReadOnlyList<ObjectInfo>> ListAsync(
        IEnumerable<string>? prefixes, bool isRecursive, CancellationToken cancellationToken)
    {
        Place[] places = [.. (prefixes ?? [""]).Select(PlaceOf)];
        var lists = new List<ObjectInfo>[places.Length];
        await EachAsync(
            places,
            async (i, token) =>
            {
                var start = places[i].Key.Length == 0 ? "" : places[i].Key.TrimEnd('/') + "/";
                var listed = await places[i].Store.ListAsync(start, isRecursive, token).ConfigureAwait(false);

                // A key that ends in a slash is what consoles make of an empty folder.
                lists[i] = [.. from entry in listed
                               where entry.IsFolder || !entry.Key.EndsWith('/')
                               let key = KeyOf(entry.Key, places[i])
                               select new ObjectInfo
                               {
                                   Key = key,
                                   Address = places[i].Address[..^places[i].Key.Length] + entry.Key,
                                   Prefix = key[..^(entry.Key.Length - start.Length)],
                                   Exists = !entry.IsFolder,
                                   Size = entry.Length,
                                   LastModified = entry.IsFolder || entry.ChangedAt == default ? null : entry.ChangedAt,
                               }];
            },
            cancellationToken).ConfigureAwait(false);
        return [.. lists.SelectMany(static list => list)];
    }
}
