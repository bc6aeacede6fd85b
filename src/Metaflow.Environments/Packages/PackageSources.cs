using Metaflow.Environments.Records;

namespace Metaflow.Environments.Packages;

/// <summary>Finds the files of packages: on this machine, then in the cache of the datastore.</summary>
/// <param name="cache">The cache of the datastore; <see langword="null"/> if there is none.</param>
/// <param name="cacheName">Names the cache in messages.</param>
internal sealed class PackageSources(PackageCache? cache, string cacheName)
{
    private readonly Dictionary<string, string> _files = new(StringComparer.Ordinal);

    /// <summary>Gets the folder in which NuGet keeps the packages that it fetched.</summary>
    public static string NuGetFolder => Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder ? folder
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>Remembers files of packages that were found just now.</summary>
    /// <param name="files">The files by SHA-256.</param>
    public void Add(IReadOnlyDictionary<string, string> files)
    {
        foreach (var (sha256, file) in files)
        {
            _files[sha256] = file;
        }
    }

    /// <summary>Finds the file of a package on this machine.</summary>
    /// <param name="package">The package.</param>
    /// <returns>The path; <see langword="null"/> if it is not here. Nobody has compared its bytes unless it was found just now.</returns>
    public string? FindFile(NuGetPackage package)
    {
        if (_files.TryGetValue(package.Sha256, out var known))
        {
            return known;
        }

        var (id, version) = (package.Id.ToLowerInvariant(), package.Version.ToLowerInvariant());
        var file = Path.Combine(NuGetFolder, id, version, $"{id}.{version}.nupkg");

        // A package of the same version from another feed has other bytes.
        return File.Exists(file) && new FileInfo(file).Length == package.Length && PackageBytes.Sha256(file) == package.Sha256 ? file : null;
    }

    /// <summary>Opens the file of a package.</summary>
    /// <param name="package">The package.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Its bytes, which the caller checks and disposes.</returns>
    /// <exception cref="Errors.EnvironmentException">MF7022: the package is nowhere.</exception>
    public async Task<Stream> OpenAsync(NuGetPackage package, CancellationToken cancellationToken)
    {
        if (FindFile(package) is { } file)
        {
            return File.OpenRead(file);
        }

        return cache is not null && await cache.TryOpenAsync(package, cancellationToken).ConfigureAwait(false) is { } stored
            ? stored : throw PackageErrors.Missing(package, [NuGetFolder, cacheName]);
    }
}
