using System.Net;
using Metaflow.Environments.Packages;
using Metaflow.Environments.Records;
using Metaflow.Errors;

namespace Metaflow.Environments.Archives;

/// <summary>Finds the files of packages of conda and of the Python package index: on this machine, then in the datastore, then where they
/// came from.</summary>
/// <param name="folder">The files on this machine.</param>
/// <param name="store">Those in the datastore; <see langword="null"/> if there are none.</param>
/// <param name="storeName">Names the datastore in messages.</param>
/// <param name="client">Reaches channels and indexes.</param>
internal sealed class ArchiveSources(ArchiveFolder folder, ArchiveStore? store, string storeName, Func<HttpClient> client)
{
    private const int Attempts = 3;
    private const int Width = 4;

    /// <summary>Gets the files on this machine.</summary>
    public ArchiveFolder Folder => folder;

    /// <summary>Gets those in the datastore; <see langword="null"/> if there are none.</summary>
    public ArchiveStore? Store => store;

    private IReadOnlyList<ArchivePlace> Places =>
    [
        .. store is null ? (ArchivePlace[])[] : [new(storeName, store.TryOpenAsync)],
        new("the address that the package came from", OpenAddressAsync),
    ];

    /// <summary>Returns the file of a package on this machine, which is fetched if it is not there.</summary>
    /// <param name="package">The package.</param>
    /// <param name="fetched">Learns how many bytes were fetched.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The absolute path.</returns>
    /// <exception cref="EnvironmentException">MF7022 to MF7025: it is nowhere or damaged, or there is no room.</exception>
    public async Task<string> GetAsync(ArchivePackage package, Action<long> fetched, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await folder.GetAsync(package, Places, fetched, cancellationToken).ConfigureAwait(false);
            }
            catch (HttpIOException error)
            {
                // A connection broke off in the middle of the file.
                if (attempt == Attempts)
                {
                    throw Unreachable(package, error);
                }
            }
            catch (HttpRequestException error)
            {
                throw Unreachable(package, error);
            }
        }
    }

    /// <summary>Returns the file of a package on this machine, all of whose bytes are those that were locked. One that was damaged here is
    /// fetched anew.</summary>
    /// <param name="package">The package.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The absolute path.</returns>
    /// <exception cref="EnvironmentException">As of <see cref="GetAsync"/>.</exception>
    public async Task<string> GetVerifiedAsync(ArchivePackage package, CancellationToken cancellationToken)
    {
        await folder.RemoveDamagedAsync(package, cancellationToken).ConfigureAwait(false);
        return await GetAsync(package, static _ => { }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Fetches the files of packages, several at once.</summary>
    /// <param name="packages">The packages.</param>
    /// <param name="tally">Counts them.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The absolute paths by <see cref="LockedPackage.ContentKey"/>.</returns>
    /// <exception cref="EnvironmentException">As of <see cref="GetAsync"/>.</exception>
    public async Task<IReadOnlyDictionary<string, string>> GetAllAsync(
        IReadOnlyCollection<ArchivePackage> packages, PackageTally tally, CancellationToken cancellationToken)
    {
        var files = new System.Collections.Concurrent.ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            packages.DistinctBy(static package => package.ContentKey),
            new ParallelOptions { MaxDegreeOfParallelism = Width, CancellationToken = cancellationToken },
            async (package, cancellation) =>
            {
                files[package.ContentKey] = await GetAsync(package, bytes => tally.Note(package, bytes), cancellation)
                    .ConfigureAwait(false);
                tally.Finish(package);
            }).ConfigureAwait(false);
        return files;
    }

    /// <summary>Returns a package with its hash. The file is fetched if nobody says the hash.</summary>
    /// <param name="package">The package.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The package.</returns>
    /// <exception cref="EnvironmentException">As of <see cref="GetAsync"/>.</exception>
    public async Task<ArchivePackage> LockAsync(ArchivePackage package, CancellationToken cancellationToken)
    {
        if (package.FileHash is not null)
        {
            return package;
        }

        try
        {
            using var source = await OpenAddressAsync(package, cancellationToken).ConfigureAwait(false)
                ?? throw ArchiveErrors.Missing(package, ["the address that it is said to have"]);
            var known = await folder.AddUnknownAsync(package, source, cancellationToken).ConfigureAwait(false);
            return package.Sha256 is null || package.Sha256 == known.Sha256 ? known : throw ArchiveErrors.Damaged(
                package, [$"at the address that it came from, its SHA-256 is {known.Sha256}, not {package.Sha256}"]);
        }
        catch (Exception error) when (error is HttpRequestException or HttpIOException)
        {
            throw Unreachable(package, error);
        }
    }

    private async Task<Stream?> OpenAddressAsync(ArchivePackage package, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(package.Url, UriKind.Absolute, out var address))
        {
            return null;
        }

        if (!ArchivePath.LeadsToFile(package, address))
        {
            return null;
        }

        if (address.IsFile)
        {
            return File.Exists(address.LocalPath) ? File.OpenRead(address.LocalPath) : null;
        }

        var response = await client().GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
        {
            response.Dispose();
            return null;
        }

        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
    }

    private static EnvironmentException Unreachable(ArchivePackage package, Exception error) => new(
        ErrorCodes.PackageMissing,
        $"The package '{package.FullName}' cannot be fetched.",
        $"{Requirements.SourceAddress.WithoutCredentials(package.Url)}: {error.Message}",
        "Check the connection and the credentials (METAFLOW_CONDA_SRCS_AUTH_INFO), or run the flow with the datastore in which the "
            + "environment was resolved.",
        error);
}
