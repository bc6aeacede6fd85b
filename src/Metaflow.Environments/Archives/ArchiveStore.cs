using Metaflow.Environments.Packages;
using Metaflow.Environments.Records;
using Metaflow.Storage;

namespace Metaflow.Environments.Archives;

/// <summary>The files of packages of conda and of the Python package index in the datastore, laid out as by Metaflow's
/// extension.</summary>
/// <param name="store">The store at the root for environments.</param>
/// <param name="folder">The folder for packages below the root.</param>
internal sealed class ArchiveStore(IBlobStore store, string folder)
{
    /// <summary>Gets what tells how far storing is. The default tells nobody.</summary>
    public PackageReports Reports { get; init; } = PackageReports.None;

    /// <summary>Returns a package with the place of its file in the cache.</summary>
    /// <param name="package">The package, whose hash is known.</param>
    /// <returns>The package.</returns>
    public ArchivePackage WithPlace(ArchivePackage package)
        => package.CachedFiles.ContainsKey(package.Format) ? package : package with
        {
            CachedFiles = new Dictionary<string, CachedFile>(package.CachedFiles)
            {
                [package.Format] = new($"{folder}/{ArchivePath.Of(package, package.FullName, package.FileHash!)}"),
            },
        };

    /// <summary>Stores the files of packages that are not there yet.</summary>
    /// <param name="packages">The packages, with their places in the cache.</param>
    /// <param name="fileOf">Returns the file of a package on this machine.</param>
    /// <param name="replaces">Whether files that are there are stored again.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>How many were stored.</returns>
    /// <exception cref="Errors.StorageException">A file cannot be stored.</exception>
    public Task<int> AddAsync(
        IReadOnlyList<ArchivePackage> packages, Func<ArchivePackage, CancellationToken, Task<string>> fileOf, bool replaces,
        CancellationToken cancellationToken)
        => new PackageUpload(store, Reports).AddAsync([.. packages.DistinctBy(PathOf)], PathOf, fileOf, replaces, cancellationToken);

    /// <summary>Opens the file of a package.</summary>
    /// <param name="package">The package.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Its bytes, which the caller checks and disposes; <see langword="null"/> if the store does not have it.</returns>
    public async Task<Stream?> TryOpenAsync(ArchivePackage package, CancellationToken cancellationToken)
        => package.FileHash is null ? null
            : (await store.OpenAsync(PathOf(package), cancellationToken).ConfigureAwait(false))?.Content;

    /// <summary>Returns where the file of a package is, below the root.</summary>
    /// <param name="package">The package.</param>
    /// <returns>The path.</returns>
    public string PathOf(ArchivePackage package) => WithPlace(package).CachedFiles[package.Format].Path;
}
