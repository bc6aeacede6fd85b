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

    private const int CopyBuffer = 1 << 20;

    /// <summary>Returns where a package is.</summary>
    /// <param name="sha256">The hash of its file.</param>
    /// <returns>The path below the root.</returns>
    public string PathOf(string sha256) => $"{folder}/{sha256[..2]}/{sha256}.nupkg";

    /// <summary>Stores packages that the store does not have. When the call returns, they are durable.</summary>
    /// <param name="packages">The packages.</param>
    /// <param name="fileOf">Returns the file of a package on this machine.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>How many were stored.</returns>
    /// <exception cref="Errors.StorageException">A write failed.</exception>
    public async Task<int> AddAsync(
        IReadOnlyList<NuGetPackage> packages, Func<NuGetPackage, CancellationToken, Task<string>> fileOf,
        CancellationToken cancellationToken)
    {
        var distinct = packages.DistinctBy(static package => package.Sha256).ToList();
        var states = await store.StateAsync(
            distinct.ConvertAll(package => PathOf(package.Sha256)), cancellationToken).ConfigureAwait(false);

        // A file of another length is damaged, and is replaced.
        var missing = distinct.Where((package, i) => states[i]?.Length != package.Length).ToList();
        if (missing.Count > 0)
        {
            var writes = new List<BlobWrite>();
            foreach (var package in missing)
            {
                writes.Add(Write(package, await fileOf(package, cancellationToken).ConfigureAwait(false)));
            }

            await store.SaveAsync(writes, overwrite: true, cancellationToken).ConfigureAwait(false);
        }

        return missing.Count;
    }

    /// <summary>Opens a package.</summary>
    /// <param name="package">The package.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Its bytes, which the caller checks and disposes; <see langword="null"/> if the store does not have it.</returns>
    public async Task<Stream?> TryOpenAsync(NuGetPackage package, CancellationToken cancellationToken)
        => (await store.OpenAsync(PathOf(package.Sha256), cancellationToken).ConfigureAwait(false))?.Content;

    private BlobWrite Write(NuGetPackage package, string file)
        => new(PathOf(package.Sha256), async (target, cancellation) =>
        {
            using var source = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true);
            await source.CopyToAsync(target, CopyBuffer, cancellation).ConfigureAwait(false);
        })
        { Length = package.Length };
}
