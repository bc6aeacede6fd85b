using Metaflow.Environments.Records;
using Metaflow.Platform;

namespace Metaflow.Environments.Packages;

/// <summary>Finds the files of packages: on this machine, then in the cache of the datastore, then at the feeds.</summary>
/// <param name="cache">The cache of the datastore; <see langword="null"/> if there is none.</param>
/// <param name="cacheName">Names the cache in messages.</param>
/// <param name="downloadAsync">Lets NuGet fetch a package into its folder; returns whether it could.</param>
internal sealed class PackageSources(
    PackageCache? cache, string cacheName, Func<NuGetPackage, CancellationToken, Task<bool>> downloadAsync)
{
    private readonly Dictionary<string, string> _files = new(StringComparer.Ordinal);

    /// <summary>Gets the folder in which NuGet keeps the packages that it fetched.</summary>
    public static string NuGetFolder => ProcessVariables.ValueOf("NUGET_PACKAGES") is { Length: > 0 } folder ? folder
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>Gets the places, the nearest first.</summary>
    public IReadOnlyList<PackageSource> All =>
    [
        new(NuGetFolder, (package, _) => Task.FromResult<Stream?>(FindFile(package) is { } file ? File.OpenRead(file) : null)),
        .. cache is null ? (PackageSource[])[] : [new(cacheName, cache.TryOpenAsync)],
        new("the feeds", DownloadAsync),
    ];

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
    /// <returns>The path; <see langword="null"/> if it is not here.</returns>
    public string? FindFile(NuGetPackage package)
    {
        if (_files.TryGetValue(package.Sha256, out var known) && File.Exists(known))
        {
            return known;
        }

        var (id, version) = (package.Id.ToLowerInvariant(), package.Version.ToLowerInvariant());
        var file = Path.Combine(NuGetFolder, id, version, $"{id}.{version}.nupkg");

        // A package of the same version from another feed has other bytes.
        return File.Exists(file) && new FileInfo(file).Length == package.Length && PackageBytes.Sha256(file) == package.Sha256
            ? file : null;
    }

    /// <summary>Finds the file of a package on this machine, or lets NuGet fetch it.</summary>
    /// <param name="package">The package.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The path.</returns>
    /// <exception cref="Errors.EnvironmentException">MF7022: the package is nowhere.</exception>
    public async Task<string> FindOrDownloadAsync(NuGetPackage package, CancellationToken cancellationToken)
        => FindFile(package)
            ?? (await downloadAsync(package, cancellationToken).ConfigureAwait(false) ? FindFile(package) : null)
            ?? throw PackageErrors.Missing(package, [NuGetFolder, "the feeds"]);

    private async Task<Stream?> DownloadAsync(NuGetPackage package, CancellationToken cancellationToken)
        => await downloadAsync(package, cancellationToken).ConfigureAwait(false) && FindFile(package) is { } file
            ? File.OpenRead(file) : null;
}
