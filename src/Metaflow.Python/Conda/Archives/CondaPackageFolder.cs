using System.Globalization;
using Metaflow.Errors;
using Metaflow.Platform;

namespace Metaflow.Python.Conda.Archives;

/// <summary>The conda packages that are unpacked on this machine. All environments share them, and they never change.</summary>
/// <remarks>A package is unpacked beside its place and then renamed, so that what exists is complete, whatever was killed. A lock of the
/// operating system, which ends with its process, keeps two processes from unpacking the same package at once.</remarks>
/// <param name="folder">The folder of this machine for environments.</param>
/// <param name="time">The clock.</param>
internal sealed class CondaPackageFolder(string folder, TimeProvider time)
{
    // Fixed files: a lock that is deleted could be held by one process while another one makes it anew.
    private const int Locks = 64;
    private const int HashLength = 12;
    private const string Unfinished = ".unfinished";

    /// <summary>Gets how long to wait for another process that unpacks the same package. The default is an hour.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Gets whether the file system takes <c>A</c> and <c>a</c> for one name. The default is to ask it.</summary>
    public bool? FoldsCase { get; init; }

    /// <summary>Gets the folder of all packages.</summary>
    public string Root { get; } = Path.Combine(folder, "conda");

    /// <summary>Returns where a package is once it is unpacked.</summary>
    /// <param name="package">The package. A hash must be known: two channels can have different packages of one name.</param>
    /// <returns>The unpacked package, which need not exist.</returns>
    /// <exception cref="EnvironmentException">MF7060: the name is not that of a conda package.</exception>
    public ExtractedPackage Locate(ExpectedPackage package)
        => new(package.FileName, Path.Combine(Root, $"{CondaFileName.Parse(package.FileName).Stem}-{HashOf(package)}"));

    /// <summary>Returns true if a package is unpacked.</summary>
    /// <param name="package">The package.</param>
    /// <returns>Whether it is. No file is compared; see <see cref="VerifyAsync"/>.</returns>
    public bool Has(ExpectedPackage package) => Locate(package).Exists;

    /// <summary>Unpacks a package if it is not there.</summary>
    /// <param name="package">The package.</param>
    /// <param name="sources">The places that may have the package's file, the nearest first.</param>
    /// <param name="fetched">Learns how many bytes of the package's file were read.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The package, and whether this call unpacked it.</returns>
    /// <exception cref="EnvironmentException">MF7022: no place has it. MF7023: the bytes are not those that were locked. MF7025: there is
    /// no room, or the folder cannot be written. MF7060: the file is no package. MF7061: the package must not be unpacked.</exception>
    public async Task<(ExtractedPackage Package, bool IsNew)> AddAsync(
        ExpectedPackage package, IReadOnlyList<ArchiveSource> sources, Action<long>? fetched, CancellationToken cancellationToken)
    {
        var place = Locate(package);
        return (place, !place.Exists && await UnpackAsync(
            package, place, new Fetching(sources, fetched), static found => found.Exists, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Compares an unpacked package with what was unpacked, byte by byte, and unpacks it again if a byte differs or it is not
    /// there.</summary>
    /// <param name="package">The package.</param>
    /// <param name="sources">The places that may have the package's file, the nearest first.</param>
    /// <param name="fetched">Learns how many bytes of the package's file were read.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Whether this call unpacked it.</returns>
    /// <exception cref="EnvironmentException">As of <see cref="AddAsync"/>.</exception>
    public Task<bool> VerifyAsync(
        ExpectedPackage package, IReadOnlyList<ArchiveSource> sources, Action<long>? fetched, CancellationToken cancellationToken)
        => UnpackAsync(
            package, Locate(package), new Fetching(sources, fetched), found => found.FindDifferences(cancellationToken).Count == 0,
            cancellationToken);

    /// <summary>Notes that packages are used, once a day at most: what nobody uses can be removed.</summary>
    /// <param name="packages">The packages.</param>
    public void NoteUse(IEnumerable<ExtractedPackage> packages)
    {
        var now = time.GetUtcNow();
        foreach (var package in packages)
        {
            try
            {
                if (now - Directory.GetLastWriteTimeUtc(package.Place) > TimeSpan.FromDays(1))
                {
                    Directory.SetLastWriteTimeUtc(package.Place, now.UtcDateTime);
                }
            }
            catch (Exception error) when (FileFaults.IsFileError(error))
            {
                // A folder that others may write and this user may not: only its age is not known.
            }
        }
    }

    /// <summary>Lists the unpacked packages.</summary>
    /// <returns>The name of each folder below <see cref="Root"/>, the length of its files, and when it was used last, to the day.</returns>
    public IReadOnlyList<(string Name, long Length, DateTimeOffset UsedAt)> List()
        => !Directory.Exists(Root) ? []
            : [
                .. new DirectoryInfo(Root).EnumerateDirectories().Where(static place => NumberOf(place.Name) is not null)
                    .OrderBy(static place => place.Name, StringComparer.Ordinal)
                    .Select(static place => (
                        place.Name, place.EnumerateFiles("*", SearchOption.AllDirectories).Where(static file => file.LinkTarget is null)
                            .Sum(static file => file.Length),
                        new DateTimeOffset(place.LastWriteTimeUtc))),
            ];

    /// <summary>Removes an unpacked package unless it was used since it was listed. Nobody sees a part of it.</summary>
    /// <param name="name">The name of its folder.</param>
    /// <param name="usedAt">When it was used last, as it was listed.</param>
    /// <param name="cancellationToken">Ends the wait for other processes.</param>
    /// <returns>Whether this call removed it.</returns>
    /// <exception cref="EnvironmentException">MF7025: the folder cannot be written.</exception>
    public async Task<bool> RemoveAsync(string name, DateTimeOffset usedAt, CancellationToken cancellationToken)
    {
        try
        {
            using var held = NumberOf(name) is null ? null : await LockAsync(name, cancellationToken).ConfigureAwait(false);
            var place = Path.Combine(Root, name);
            if (held is null || !Directory.Exists(place) || new DateTimeOffset(Directory.GetLastWriteTimeUtc(place)) > usedAt)
            {
                return false;
            }

            var work = WorkOf(name);
            DeleteFolder(work);
            Directory.CreateDirectory(Path.GetDirectoryName(work)!);
            Directory.Move(place, work);
            DeleteFolder(work);
            return true;
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw ArchiveErrors.NotWritten(name, folder, error);
        }
    }

    /// <summary>Removes what killed processes left that nobody has unpacked anew.</summary>
    public void RemoveUnfinished()
    {
        var work = Path.Combine(Root, Unfinished);
        foreach (var path in Directory.Exists(work) ? Directory.EnumerateDirectories(work).ToList() : [])
        {
            if (NumberOf(Path.GetFileName(path)) is { } number && FolderLock.TryAcquire(LockOf(number), out var held))
            {
                using (held)
                {
                    DeleteFolder(path);
                }
            }
        }
    }

    private static string HashOf(ExpectedPackage package) => (package.Sha256 ?? package.Md5) is { Length: >= HashLength } hash
        && hash.All(char.IsAsciiHexDigit)
        ? hash[..HashLength].ToLowerInvariant()
        : throw new ArgumentException($"No hash of the package '{package.FileName}' is known.", nameof(package));

    // The folder's name ends with the beginning of the hash.
    private static int? NumberOf(string name) => name.LastIndexOf('-') is var dash and >= 0 && name.Length - dash - 1 == HashLength
        && int.TryParse(name.AsSpan(dash + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
        ? number % Locks : null;

    private string LockOf(int number) => Path.Combine(folder, "locks", string.Create(CultureInfo.InvariantCulture, $"conda{number:00}"));

    private string WorkOf(string name) => Path.Combine(Root, Unfinished, name);

    private async Task<IDisposable> LockAsync(string name, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.Combine(folder, "locks"));
        return await FolderLock.AcquireAsync(LockOf(NumberOf(name)!.Value), Patience, time, cancellationToken).ConfigureAwait(false)
            ?? throw new IOException($"Another process has been unpacking the package for {Patience.TotalMinutes:0} minutes.");
    }

    private async Task<bool> UnpackAsync(
        ExpectedPackage package, ExtractedPackage place, Fetching fetching, Func<ExtractedPackage, bool> isGood,
        CancellationToken cancellationToken)
    {
        try
        {
            var name = Path.GetFileName(place.Place);
            using var held = await LockAsync(name, cancellationToken).ConfigureAwait(false);
            if (isGood(place))
            {
                return false;
            }

            // One name for each package: under its lock, what a killed process left there belongs to nobody.
            var work = WorkOf(name);
            DeleteFolder(work);
            Directory.CreateDirectory(work);
            try
            {
                await UnpackHeldAsync(package, place with { Place = work }, fetching, cancellationToken).ConfigureAwait(false);

                // One that lacks files, or whose files were changed.
                DeleteFolder(place.Place);
                Directory.Move(work, place.Place);
                DurableFile.FlushFolder(Root);
                return true;
            }
            finally
            {
                DeleteFolder(work);
            }
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw ArchiveErrors.NotWritten(package.FileName, folder, error);
        }
    }

    private async Task UnpackHeldAsync(
        ExpectedPackage package, ExtractedPackage work, Fetching fetching, CancellationToken cancellationToken)
    {
        var copy = Path.Combine(work.Place, "file");
        var (file, hashes) = await fetching.OpenAsync(package, copy, cancellationToken).ConfigureAwait(false);
        using (file)
        {
            Directory.CreateDirectory(work.Folder);
            var entries = await PackageExtraction.ExtractAsync(file, package.FileName, work.Folder, FoldsCase, cancellationToken)
                .ConfigureAwait(false);
            new PackageContents(hashes, entries).Write(Path.Combine(work.Place, ExtractedPackage.ContentsFile));
        }

        File.Delete(copy);
        DurableFile.FlushFolder(work.Place);
    }

    private static void DeleteFolder(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }
}
