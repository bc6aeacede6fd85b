using Metaflow.Environments.Records;
using Metaflow.Storage;

namespace Metaflow.Environments.Packages;

/// <summary>Keeps the files of packages in a store, each under the hash of its bytes, so that an environment can be created when no feed
/// has its packages any more.</summary>
/// <param name="store">The store, whose root is that of environments.</param>
/// <param name="folder">The folder of all packages of NuGet.</param>
internal sealed class PackageCache(IBlobStore store, string folder = PackageCache.DefaultFolder)
{
    /// <summary>The folder of all packages of NuGet below that of all packages.</summary>
    public const string Folder = "nuget/sha256";

    private const string DefaultFolder = $"packages/{Folder}";

    private const int HashLength = 64;

    /// <summary>Gets what tells how far storing packages is. The default tells nobody.</summary>
    public PackageReports Reports { get; init; } = PackageReports.None;

    /// <summary>Returns where a package is.</summary>
    /// <param name="sha256">The hash of its file.</param>
    /// <returns>The path below the root.</returns>
    public string PathOf(string sha256) => $"{folder}/{sha256[..2]}/{sha256}.nupkg";

    /// <summary>Stores packages that the store does not have. When the call returns, they are durable.</summary>
    /// <param name="packages">The packages.</param>
    /// <param name="fileOf">Returns the file of a package on this machine.</param>
    /// <param name="replaces">Whether those that the store has are stored again: nobody has read them to the end.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>How many were stored.</returns>
    /// <exception cref="Errors.StorageException">A write failed.</exception>
    public Task<int> AddAsync(
        IReadOnlyList<NuGetPackage> packages, Func<NuGetPackage, CancellationToken, Task<string>> fileOf, bool replaces,
        CancellationToken cancellationToken)
        => new PackageUpload(store, Reports).AddAsync(
            [.. packages.DistinctBy(static package => package.Sha256)], package => PathOf(package.Sha256), fileOf, replaces,
            cancellationToken);

    /// <summary>Opens a package.</summary>
    /// <param name="package">The package.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Its bytes, which the caller checks and disposes; <see langword="null"/> if the store does not have it.</returns>
    public async Task<Stream?> TryOpenAsync(NuGetPackage package, CancellationToken cancellationToken)
        => (await store.OpenAsync(PathOf(package.Sha256), cancellationToken).ConfigureAwait(false))?.Content;

    /// <summary>Lists the packages.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The packages, with the times at which they were stored.</returns>
    public async Task<IReadOnlyList<StoredPackage>> ListAsync(CancellationToken cancellationToken)
    {
        var hashes = new List<string>();
        foreach (var part in await store.ListAsync(folder, cancellationToken).ConfigureAwait(false))
        {
            var files = part.IsFolder ? await store.ListAsync($"{folder}/{part.Name}", cancellationToken).ConfigureAwait(false) : [];
            hashes.AddRange(files.Where(file => !file.IsFolder).Select(static file => Path.GetFileNameWithoutExtension(file.Name))
                .Where(hash => hash.StartsWith(part.Name, StringComparison.Ordinal) && hash.Length == HashLength));
        }

        var states = hashes.Count == 0 ? [] : await store.StateAsync(hashes.ConvertAll(PathOf), cancellationToken).ConfigureAwait(false);
        return [.. hashes.Zip(states).Where(static each => each.Second is not null)
            .Select(static each => new StoredPackage(each.First, each.Second!.Length, each.Second.ChangedAt))];
    }

    /// <summary>Deletes packages.</summary>
    /// <param name="hashes">The hashes of their files.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when they are gone.</returns>
    /// <exception cref="Errors.StorageException">A package could not be deleted.</exception>
    public ValueTask DeleteAsync(IEnumerable<string> hashes, CancellationToken cancellationToken)
        => store.DeleteAsync([.. hashes.Select(PathOf)], cancellationToken);
}

/// <summary>A package in a store.</summary>
/// <param name="Sha256">The hash of its file.</param>
/// <param name="Length">The length of its file in bytes.</param>
/// <param name="StoredAt">When it was stored.</param>
internal sealed record StoredPackage(string Sha256, long Length, DateTimeOffset StoredAt);
