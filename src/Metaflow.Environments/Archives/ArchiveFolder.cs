using System.Buffers;
using Metaflow.Environments.Packages;
using Metaflow.Environments.Records;
using Metaflow.Errors;

namespace Metaflow.Environments.Archives;

/// <summary>The files of packages of conda and of the Python package index on this machine, by their hashes.</summary>
/// <remarks>A file is written beside its place, compared with its hashes, flushed and then renamed: what has its name is whole.</remarks>
/// <param name="folder">The folder of this machine for environments.</param>
/// <param name="time">The clock.</param>
internal sealed class ArchiveFolder(string folder, TimeProvider time)
{
    // No download takes longer.
    private static readonly TimeSpan AgeOfUnfinished = TimeSpan.FromDays(1);

    private const string Unfinished = ".unfinished";
    private const int Buffer = 1 << 17;

    /// <summary>Gets the folder.</summary>
    public string Root { get; } = Path.Combine(folder, "archives");

    /// <summary>Returns where the file of a package is, or would be.</summary>
    /// <param name="package">The package, whose hash is known.</param>
    /// <returns>The absolute path.</returns>
    public string PathOf(ArchivePackage package) => Path.Combine(Root, package.Category, package.ContentKey, package.FullName);

    /// <summary>Returns the file of a package.</summary>
    /// <param name="package">The package.</param>
    /// <returns>The absolute path; <see langword="null"/> if it is not here.</returns>
    public string? Find(ArchivePackage package)
        => package.FileHash is not null && PathOf(package) is var path && File.Exists(path) ? path : null;

    /// <summary>Returns the file of a package, which is fetched from the first place that has the right one.</summary>
    /// <param name="package">The package.</param>
    /// <param name="places">The places, the nearest first.</param>
    /// <param name="fetched">Learns how many bytes were fetched.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The absolute path.</returns>
    /// <exception cref="EnvironmentException">MF7022: no place has it. MF7023: it was replaced. MF7025: it cannot be written.</exception>
    public async Task<string> GetAsync(
        ArchivePackage package, IReadOnlyList<ArchivePlace> places, Action<long> fetched, CancellationToken cancellationToken)
    {
        if (Find(package) is { } here)
        {
            FolderUse.Note(new FileInfo(here), time.GetUtcNow());
            return here;
        }

        var wrong = new List<string>();
        foreach (var place in places)
        {
            var source = await place.OpenAsync(package, cancellationToken).ConfigureAwait(false);
            if (source is null)
            {
                continue;
            }

            await using (source.ConfigureAwait(false))
            {
                var difference = await TryAddAsync(package, source, fetched, cancellationToken).ConfigureAwait(false);
                if (difference is null)
                {
                    return PathOf(package);
                }

                wrong.Add($"In '{place.Name}', {difference}");
            }
        }

        throw wrong.Count > 0 ? ArchiveErrors.Damaged(package, wrong)
            : ArchiveErrors.Missing(package, [Root, .. places.Select(static place => place.Name)]);
    }

    /// <summary>Adds the file of a package.</summary>
    /// <param name="package">The package, whose hash is known.</param>
    /// <param name="source">Its bytes.</param>
    /// <param name="fetched">Learns how many bytes were read.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What differs from the package that was locked; <see langword="null"/> if it is here now.</returns>
    /// <exception cref="EnvironmentException">MF7025: it cannot be written.</exception>
    public async Task<string?> TryAddAsync(
        ArchivePackage package, Stream source, Action<long> fetched, CancellationToken cancellationToken)
    {
        string? difference = null;
        await AddAsync(package, source, fetched, check => (difference = check.Difference()) is null ? package : null, cancellationToken)
            .ConfigureAwait(false);
        return difference;
    }

    /// <summary>Adds the file of a package whose hash nobody has said.</summary>
    /// <param name="package">The package.</param>
    /// <param name="source">Its bytes.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The package with its hashes and its length.</returns>
    /// <exception cref="EnvironmentException">MF7025: it cannot be written.</exception>
    public async Task<ArchivePackage> AddUnknownAsync(ArchivePackage package, Stream source, CancellationToken cancellationToken)
        => (await AddAsync(package, source, static _ => { }, static check => check.Known(), cancellationToken).ConfigureAwait(false))!;

    /// <summary>Removes the file of a package if its bytes are not those that were locked.</summary>
    /// <param name="package">The package.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when what is here, if anything, is right.</returns>
    /// <exception cref="EnvironmentException">MF7025: it cannot be removed.</exception>
    public async Task RemoveDamagedAsync(ArchivePackage package, CancellationToken cancellationToken)
    {
        if (Find(package) is not { } path)
        {
            return;
        }

        try
        {
            using var check = new ArchiveCheck(package);
            using (var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true))
            {
                await CopyAsync(source, Stream.Null, check, static _ => { }, cancellationToken).ConfigureAwait(false);
            }

            if (check.Difference() is not null)
            {
                File.Delete(path);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw PackageErrors.NotRemoved($"The damaged file of the package '{package.FullName}'", Root, error);
        }
    }

    /// <summary>Lists the files that nobody has used for a time.</summary>
    /// <param name="limit">The time of the last use, to the day.</param>
    /// <returns>The files.</returns>
    public IReadOnlyList<ArchiveFile> OlderThan(DateTimeOffset limit)
        => !Directory.Exists(Root) ? []
            : [
                .. new DirectoryInfo(Root).EnumerateDirectories().Where(static category => category.Name != Unfinished)
                    .SelectMany(static category => category.EnumerateDirectories())
                    .SelectMany(static hash => hash.EnumerateFiles().Select(file => new ArchiveFile(
                        file.FullName, hash.Name, file.Length, file.LastWriteTimeUtc)))
                    .Where(file => file.UsedAt < limit),
            ];

    /// <summary>Removes files unless they were used since they were listed, and what killed processes left.</summary>
    /// <param name="files">The files.</param>
    /// <returns>Those that are gone.</returns>
    /// <exception cref="EnvironmentException">MF7025: the folder cannot be written.</exception>
    public IReadOnlyList<ArchiveFile> Remove(IReadOnlyList<ArchiveFile> files)
    {
        try
        {
            var limit = time.GetUtcNow() - AgeOfUnfinished;
            var work = new DirectoryInfo(Path.Combine(Root, Unfinished));
            foreach (var file in work.Exists ? work.GetFiles().Where(file => file.LastWriteTimeUtc < limit) : [])
            {
                file.Delete();
            }

            return [.. files.Where(Remove)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw PackageErrors.NotRemoved("A package that nobody uses", Root, error);
        }
    }

    private static bool Remove(ArchiveFile file)
    {
        var found = new FileInfo(file.Path);
        if (!found.Exists || found.LastWriteTimeUtc > file.UsedAt)
        {
            return false;
        }

        // Its folder stays: another process may be about to put the file there again.
        found.Delete();
        return true;
    }

    // Keeps the file if it is wanted: under the hash that the package then has.
    private async Task<ArchivePackage?> AddAsync(
        ArchivePackage package, Stream source, Action<long> fetched, Func<ArchiveCheck, ArchivePackage?> judge,
        CancellationToken cancellationToken)
    {
        var work = Path.Combine(Root, Unfinished, $"{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(work)!);
            using var check = new ArchiveCheck(package);
            using (var target = new FileStream(
                work, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true))
            {
                await CopyAsync(source, target, check, fetched, cancellationToken).ConfigureAwait(false);
                target.Flush(flushToDisk: true);
            }

            var kept = judge(check);
            if (kept is not null)
            {
                var path = PathOf(kept);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.Move(work, path, overwrite: true);
            }

            return kept;
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException and not HttpIOException)
        {
            throw ArchiveErrors.NotWritten(package, Root, error);
        }
        finally
        {
            TryDelete(work);
        }
    }

    private static async Task CopyAsync(
        Stream source, Stream target, ArchiveCheck check, Action<long> fetched, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Buffer);
        try
        {
            var length = 0L;
            for (int read; (read = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
            {
                check.Add(buffer.AsSpan(0, read));
                await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                fetched(length += read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It only takes room, and 'environment gc' removes it.
        }
    }
}

/// <summary>The file of a package on this machine.</summary>
/// <param name="Path">The absolute path.</param>
/// <param name="ContentKey">The hash of its bytes.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="UsedAt">When it was used last, to the day.</param>
internal sealed record ArchiveFile(string Path, string ContentKey, long Length, DateTimeOffset UsedAt);
