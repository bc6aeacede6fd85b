using Metaflow.Errors;
using Metaflow.ObjectStorage.Transfer;
using Metaflow.Storage;

namespace Metaflow.ObjectStorage.Data;

/// <summary>Data of your own in S3 or another store: stores, gets and lists objects, many at the same time.</summary>
/// <remarks>
/// <para>What <c>metaflow.S3</c> is in Python; both read what the other stored. In a step:</para>
/// <code>
/// using var data = ObjectFolder.ForRun(Current);
/// await data.PutAsync("report.txt", "all is well");
/// </code>
/// <para>Addresses begin with the scheme of a package that the program references, such as <c>s3://bucket/key</c> of Metaflow.Aws.
/// <c>local:///folder</c> and paths are folders of this machine, which need no package.</para>
/// <para>Downloads are files in a temporary folder, which <see cref="Dispose"/> removes. What a call stored is durable when the call
/// returns. A request that fails for a reason that passes is sent again. Thread-safe.</para>
/// </remarks>
public sealed partial class ObjectFolder : IDisposable
{
    private readonly DataStores _stores;
    private readonly DataAddress? _root;
    private readonly DownloadFolder _downloads;
    private readonly bool _hasChecksums;

    private ObjectFolder(DataStores stores, string? address, ObjectFolderOptions options)
    {
        _stores = stores;
        _root = address is null ? null : DataAddress.Parse(address);
        _downloads = new DownloadFolder(options.TemporaryFolder);
        _hasChecksums = options.Checksums;
        if (_root is not null)
        {
            // An address that cannot be is said where it is written.
            _stores.Of(_root);
        }
    }

    /// <summary>Gets the address of the folder, without a slash at its end; <see langword="null"/> if keys are full addresses.</summary>
    public string? Address => _root is null ? null : (_root.Start + _root.Key).TrimEnd('/');

    /// <summary>Opens a folder. Keys are relative to it.</summary>
    /// <param name="address">The address, such as <c>s3://bucket/prefix</c>, or the path of a folder of this machine.</param>
    /// <param name="options">The options.</param>
    /// <returns>The folder. Nothing is asked of the store yet.</returns>
    /// <exception cref="ConfigurationException">The address is invalid (MF2080, MF2082), or no package has its scheme
    /// (MF2049).</exception>
    public static ObjectFolder Open(string address, ObjectFolderOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        return Open(options ?? new ObjectFolderOptions(), _ => address);
    }

    /// <summary>Opens all stores. Keys are full addresses.</summary>
    /// <param name="options">The options.</param>
    /// <returns>A folder without an address of its own.</returns>
    public static ObjectFolder OpenAddresses(ObjectFolderOptions? options = null)
        => Open(options ?? new ObjectFolderOptions(), static _ => null);

    /// <summary>Opens the folder of a run's data: <c>flow/run</c> below the root of <c>METAFLOW_DATATOOLS_S3ROOT</c>, or below the folder
    /// <c>data</c> of the datastore.</summary>
    /// <param name="run">The run: <c>Current</c> in a step.</param>
    /// <param name="type">The type of the store, such as <c>s3</c>; that of the run's datastore by default.</param>
    /// <param name="root">A root to use instead of that of the settings.</param>
    /// <param name="options">The options.</param>
    /// <returns>The folder.</returns>
    /// <exception cref="ConfigurationException">Nothing says where the data are (MF2083), or the root is invalid (MF2080,
    /// MF2082).</exception>
    public static ObjectFolder ForRun(IRunScope run, string? type = null, string? root = null, ObjectFolderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        return Open(options ?? new ObjectFolderOptions(), settings => DataRoots.Of(run, type, root, settings));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _downloads.Dispose();
        _stores.Dispose();
    }

    /// <inheritdoc/>
    public override string ToString() => Address ?? "all addresses";

    private static ObjectFolder Open(ObjectFolderOptions options, Func<StoreOptions, string?> address)
    {
        var settings = DataStores.OptionsOf(options.Settings);
        return new ObjectFolder(new DataStores(settings), address(settings), options);
    }

    private Place PlaceOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (_root is null)
        {
            var address = DataAddress.IsFull(key)
                ? DataAddress.Parse(key)
                : throw DataErrors.Invalid(key, "The folder was opened without an address, so keys are full addresses.",
                    "Write the full address, such as 's3://bucket/key', or open the folder: ObjectFolder.Open(\"s3://bucket\").");
            return new Place(_stores.Of(address), address.Key, address.Start + address.Key, address.Start);
        }

        if (DataAddress.IsFull(key))
        {
            throw DataErrors.Invalid(key, $"Keys are relative to '{Address}', which the folder was opened with.",
                "Leave the beginning of the address out, or use ObjectFolder.OpenAddresses().");
        }

        var stored = _root.KeyOf(key);
        return new Place(_stores.Of(_root), stored, _root.Start + stored, null);
    }

    /// <summary>Returns the key, as callers have it, of an object of the store.</summary>
    private string KeyOf(string stored, Place asked) => asked.Start is { } start ? start + stored
        : _root!.Key.Length == 0 ? stored
        : stored[(_root.Key.Length + 1)..];

    private static ObjectInfo Known(string key, Place place, ObjectFacts? facts) => facts is null
        ? new ObjectInfo { Key = key, Address = place.Address }
        : new ObjectInfo
        {
            Key = key,
            Address = place.Address,
            Exists = true,
            Size = facts.Length,
            LastModified = facts.ChangedAt == default ? null : facts.ChangedAt,
            ContentType = facts.ContentType,
            Metadata = UserMetadata.FromJson(facts.Metadata.GetValueOrDefault(UserMetadata.Name)),
        };

    private static Task EachAsync(IReadOnlyList<Place> places, Func<int, CancellationToken, ValueTask> act, CancellationToken token)
        => Parallel.ForAsync(
            0, places.Count,
            new ParallelOptions
            {
                MaxDegreeOfParallelism = places.Count == 0 ? 1 : places.Max(static place => place.Store.Width),
                CancellationToken = token,
            },
            act);

    /// <summary>Where an object is.</summary>
    /// <param name="Store">The store.</param>
    /// <param name="Key">The key there.</param>
    /// <param name="Address">The full address.</param>
    /// <param name="Start">What full addresses begin with; <see langword="null"/> where keys are relative.</param>
    private sealed record Place(IDataStore Store, string Key, string Address, string? Start);
}
