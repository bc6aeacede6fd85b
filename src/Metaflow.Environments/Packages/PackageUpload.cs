using Metaflow.Environments.Records;
using Metaflow.Running;
using Metaflow.Storage;

namespace Metaflow.Environments.Packages;

/// <summary>Stores the files of packages in the datastore.</summary>
/// <param name="store">The store at the root for environments.</param>
/// <param name="reports">Tells how far storing is.</param>
internal sealed class PackageUpload(IBlobStore store, PackageReports reports)
{
    private const int CopyBuffer = 1 << 20;

    /// <summary>Stores the files that are not there, or have another length than was locked.</summary>
    /// <typeparam name="T">The kind of package.</typeparam>
    /// <param name="packages">The packages, each once.</param>
    /// <param name="pathOf">Returns where the file of a package is stored, below the root.</param>
    /// <param name="fileOf">Returns the file of a package on this machine.</param>
    /// <param name="replaces">Whether files that are there are stored again.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>How many were stored.</returns>
    /// <exception cref="Errors.StorageException">A file cannot be stored.</exception>
    public async Task<int> AddAsync<T>(
        IReadOnlyList<T> packages, Func<T, string> pathOf, Func<T, CancellationToken, Task<string>> fileOf, bool replaces,
        CancellationToken cancellationToken)
        where T : LockedPackage
    {
        var states = packages.Count == 0 ? [] : await store.StateAsync([.. packages.Select(pathOf)], cancellationToken)
            .ConfigureAwait(false);
        var missing = packages.Where((package, i) => replaces || !IsWhole(package, states[i])).ToList();
        if (missing.Count > 0)
        {
            using var tally = reports.Begin(PackagePhase.Storing, missing);
            var writes = new List<BlobWrite>();
            foreach (var package in missing)
            {
                var file = await fileOf(package, cancellationToken).ConfigureAwait(false);
                writes.Add(Write(package, pathOf(package), file, tally));
            }

            await store.SaveAsync(writes, overwrite: true, cancellationToken).ConfigureAwait(false);
        }

        return missing.Count;
    }

    // A file of another length is damaged. A record of another program may not say the length.
    private static bool IsWhole(LockedPackage package, BlobState? state)
        => state is not null && (package.Length == 0 || state.Length == package.Length);

    private static BlobWrite Write(LockedPackage package, string path, string file, PackageTally tally)
        => new(path, async (target, cancellation) =>
        {
            using var source = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true);
            var buffer = new byte[Math.Clamp(source.Length, 1, CopyBuffer)];
            for (int read; (read = await source.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0;)
            {
                await target.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
                tally.Note(package, source.Position);
            }

            tally.Finish(package);
        })
        { Length = package.Length > 0 ? package.Length : new FileInfo(file).Length };
}
