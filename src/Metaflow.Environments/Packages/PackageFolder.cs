using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using Metaflow.Environments.Records;
using Metaflow.Errors;
using Metaflow.Platform;
using Microsoft.Win32.SafeHandles;

namespace Metaflow.Environments.Packages;

/// <summary>The packages that are unpacked on this machine. All environments share them, and they never change.</summary>
/// <remarks>A package is unpacked beside its place and then renamed, so that what exists is complete, whatever was killed. A lock of the
/// operating system, which ends with its process, keeps two processes from unpacking the same package at once.</remarks>
/// <param name="folder">The folder of this machine for environments.</param>
/// <param name="time">The clock.</param>
internal sealed class PackageFolder(string folder, TimeProvider time)
{
    // Fixed files: a lock that is deleted could be held by one process while another one makes it anew.
    private const int Locks = 64;
    private const int HashLength = 12;
    private const string Unfinished = ".unfinished";
    private const string PackageExtension = ".nupkg";
    private static readonly SearchValues<char> HexadecimalDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>Gets how long to wait for another process that unpacks the same package. The default is an hour.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Gets the folder of all packages.</summary>
    public string Root { get; } = Path.Combine(folder, "packages");

    /// <summary>Returns where a package is, below <see cref="Root"/>.</summary>
    /// <param name="package">The package.</param>
    /// <returns>The path with <c>/</c>. Two feeds can have different packages of one name and version.</returns>
    public static string PathOf(NuGetPackage package)
        => $"{package.Id}/{package.Version}-{package.Sha256[..HashLength]}".ToLowerInvariant();

    /// <summary>Returns where a file of a package is.</summary>
    /// <param name="package">The package.</param>
    /// <param name="asset">The file.</param>
    /// <returns>The absolute path.</returns>
    public string FileOf(NuGetPackage package, NuGetAsset asset) => Path.Combine(Root, PathOf(package), PlaceOf(package, asset));

    /// <summary>Returns the installation of .NET that an unpacked package is.</summary>
    /// <param name="runtime">The package with the runtime.</param>
    /// <returns>The installation.</returns>
    public RuntimeInstallation InstallationOf(NuGetPackage runtime) => new(runtime, Path.Combine(Root, PathOf(runtime)));

    /// <summary>Returns the files of a package.</summary>
    /// <param name="package">The package.</param>
    /// <returns>The absolute paths.</returns>
    public IEnumerable<string> FilesOf(NuGetPackage package) => package.Assets.Select(asset => FileOf(package, asset));

    /// <summary>Returns true if a package is unpacked.</summary>
    /// <remarks>Every start of a run asks this, so no file is read: a file that was cut off is noticed by the length of all together, and
    /// one with other bytes of the same length by <see cref="VerifyAsync"/> alone.</remarks>
    /// <param name="package">The package.</param>
    /// <returns>Whether all its files are there, with the length that they had.</returns>
    public bool Has(NuGetPackage package)
    {
        var place = Path.Combine(Root, PathOf(package));
        var length = 0L;
        foreach (var asset in package.Assets)
        {
            var file = new FileInfo(Path.Combine(place, PlaceOf(package, asset)));
            if (!file.Exists)
            {
                return false;
            }

            length += file.Length;
        }

        // A record of another program may not say the length.
        return package.Assets.Count == 0 ? Directory.Exists(place) : package.UnpackedLength == 0 || length == package.UnpackedLength;
    }

    /// <summary>Unpacks a package if it is not there.</summary>
    /// <param name="package">The package.</param>
    /// <param name="sources">The places that may have the package's file, the nearest first.</param>
    /// <param name="fetched">Learns how many bytes of the package's file were fetched.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Whether this call unpacked it.</returns>
    /// <exception cref="EnvironmentException">MF7023: the bytes are not those that were locked. MF7025: there is no room, or the folder
    /// cannot be written.</exception>
    public async Task<bool> AddAsync(
        NuGetPackage package, IReadOnlyList<PackageSource> sources, Action<long> fetched, CancellationToken cancellationToken)
        => !Has(package) && await UnpackAsync(
            package, sources, fetched, (_, work) => work is null && Has(package), cancellationToken).ConfigureAwait(false);

    /// <summary>Compares an unpacked package with its file, and unpacks it again if a byte differs or it is not there.</summary>
    /// <param name="package">The package.</param>
    /// <param name="sources">The places that may have the package's file, the nearest first.</param>
    /// <param name="fetched">Learns how many bytes of the package's file were fetched.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Whether this call unpacked it.</returns>
    /// <exception cref="EnvironmentException">As of <see cref="AddAsync"/>.</exception>
    public Task<bool> VerifyAsync(
        NuGetPackage package, IReadOnlyList<PackageSource> sources, Action<long> fetched, CancellationToken cancellationToken)
        => UnpackAsync(package, sources, fetched, (place, work) => work is not null && AreSame(package, place, work), cancellationToken);

    /// <summary>Notes that packages are used, once a day at most: what nobody uses can be removed.</summary>
    /// <param name="packages">The packages.</param>
    public void NoteUse(IEnumerable<NuGetPackage> packages)
    {
        var now = time.GetUtcNow();
        foreach (var package in packages)
        {
            FolderUse.Note(Path.Combine(Root, PathOf(package)), now);
        }
    }

    /// <summary>Lists the unpacked packages.</summary>
    /// <returns>The packages.</returns>
    public IReadOnlyList<UnpackedPackage> List()
        => !Directory.Exists(Root) ? []
            : [
                .. Directory.EnumerateDirectories(Root).Where(static package => Path.GetFileName(package) != Unfinished)
                    .SelectMany(static package => new DirectoryInfo(package).EnumerateDirectories())
                    .Where(static version => HashOf(version.Name) is not null)
                    .Select(static version => new UnpackedPackage(
                        $"{version.Parent!.Name}/{version.Name}", UsedFolders.LengthOf(version), version.LastWriteTimeUtc)),
            ];

    /// <summary>Removes an unpacked package unless it was used since it was listed. Nobody sees a part of it.</summary>
    /// <param name="package">The package.</param>
    /// <param name="cancellationToken">Ends the wait for other processes.</param>
    /// <returns>Whether this call removed it.</returns>
    /// <exception cref="EnvironmentException">MF7025: the folder cannot be written.</exception>
    public async Task<bool> RemoveAsync(UnpackedPackage package, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "locks"));
            using var held = await FolderLock.AcquireAsync(
                LockOf(HashOf(package.Path)!), Patience, time, cancellationToken).ConfigureAwait(false);
            var place = Path.Combine(Root, package.Path);

            // Somebody may have begun to use it since it was listed.
            if (held is null || !Directory.Exists(place) || Directory.GetLastWriteTimeUtc(place) > package.UsedAt)
            {
                return false;
            }

            var work = Path.Combine(Root, Unfinished, package.Path.Replace('/', '.'));
            DeleteFolder(work);
            Directory.CreateDirectory(Path.GetDirectoryName(work)!);
            Directory.Move(place, work);
            DeleteFolder(work);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw PackageErrors.NotRemoved($"The unpacked package '{package.Path}'", Root, error);
        }
    }

    /// <summary>Removes what killed processes left that nobody has unpacked anew.</summary>
    public void RemoveUnfinished()
    {
        var work = Path.Combine(Root, Unfinished);
        foreach (var path in Directory.Exists(work) ? Directory.EnumerateFileSystemEntries(work).ToList() : [])
        {
            var name = Path.GetFileName(path);
            var hash = HashOf(name.EndsWith(PackageExtension, StringComparison.Ordinal) ? name[..^PackageExtension.Length] : name);
            if (hash is null || !FolderLock.TryAcquire(LockOf(hash), out var held))
            {
                continue;
            }

            using (held)
            {
                DeleteFolder(path);
                File.Delete(path);
            }
        }
    }

    // The folder's name ends with the beginning of the hash.
    private static string? HashOf(string path)
        => path.LastIndexOf('-') is var dash and >= 0 && path.Length - dash - 1 == HashLength
            && !path.AsSpan(dash + 1).ContainsAnyExcept(HexadecimalDigits) ? path[(dash + 1)..] : null;

    private string LockOf(string sha256)
    {
        var number = int.Parse(sha256.AsSpan(0, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) % Locks;
        return Path.Combine(folder, "locks", number.ToString("00", CultureInfo.InvariantCulture));
    }

    /// <summary>Unpacks a package unless it is good as it is: that is asked before its file is fetched, without a folder to compare it
    /// with, and again with the folder in which it was unpacked.</summary>
    private async Task<bool> UnpackAsync(
        NuGetPackage package, IReadOnlyList<PackageSource> sources, Action<long> fetched, Func<string, string?, bool> isGood,
        CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "locks"));
            using var held = await FolderLock.AcquireAsync(LockOf(package.Sha256), Patience, time, cancellationToken).ConfigureAwait(false)
                ?? throw new IOException($"Another process has been unpacking the package for {Patience.TotalMinutes:0} minutes.");
            return !isGood(Path.Combine(Root, PathOf(package)), null)
                && await UnpackHeldAsync(package, sources, fetched, isGood, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw PackageErrors.NotWritten(package, folder, error);
        }
    }

    private async Task<bool> UnpackHeldAsync(
        NuGetPackage package, IReadOnlyList<PackageSource> sources, Action<long> fetched, Func<string, string?, bool> isGood,
        CancellationToken cancellationToken)
    {
        var relative = PathOf(package);

        // One name for each package: under its lock, what a killed process left there belongs to nobody.
        var work = Path.Combine(Root, Unfinished, relative.Replace('/', '.'));
        DeleteFolder(work);
        Directory.CreateDirectory(work);
        try
        {
            var file = work + PackageExtension;
            await FetchAsync(package, file, sources, fetched, cancellationToken).ConfigureAwait(false);
            Unpack(package, file, work);
            File.Delete(file);
            var place = Path.Combine(Root, relative);
            if (isGood(place, work))
            {
                DeleteFolder(work);
                return false;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(place)!);

            // One that lacks files, or whose files were changed.
            DeleteFolder(place);
            Directory.Move(work, place);
            DurableFile.FlushFolder(Path.GetDirectoryName(place)!);
            return true;
        }
        catch
        {
            DeleteFolder(work);
            throw;
        }
    }

    // A place whose copy is damaged is passed over; it is named if no other has the package.
    private static async Task FetchAsync(
        NuGetPackage package, string file, IReadOnlyList<PackageSource> sources, Action<long> fetched,
        CancellationToken cancellationToken)
    {
        Exception? damage = null;
        foreach (var source in sources)
        {
            using var content = await source.OpenAsync(package, cancellationToken).ConfigureAwait(false);
            if (content is null)
            {
                continue;
            }

            using var target = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            var sha256 = await PackageBytes.CopyAsync(content, target, fetched, cancellationToken).ConfigureAwait(false);
            if (sha256 == package.Sha256)
            {
                return;
            }

            damage ??= PackageErrors.Damaged(package, source.Name, sha256);
        }

        throw damage ?? PackageErrors.Missing(package, sources.Select(static source => source.Name));
    }

    private static void Unpack(NuGetPackage package, string file, string target)
    {
        using var archive = ZipFile.OpenRead(file);
        var entries = new Dictionary<string, ZipArchiveEntry>(StringComparer.Ordinal);
        foreach (var entry in archive.Entries)
        {
            // Names in packages are written as in addresses: a space is %20.
            entries[Uri.UnescapeDataString(entry.FullName).Replace('\\', '/')] = entry;
        }

        var open = new List<SafeFileHandle>();
        var folders = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            foreach (var asset in package.Assets)
            {
                if (!entries.TryGetValue(asset.Path, out var entry))
                {
                    throw PackageErrors.Lacks(package, asset.Path);
                }

                var path = SafePlaceOf(package, asset, target);
                folders.Add(Path.GetDirectoryName(Directory.CreateDirectory(Path.GetDirectoryName(path)!).FullName)!);
                folders.Add(Path.GetDirectoryName(path)!);
                open.Add(Extract(entry, path));
            }

            DurableFile.FlushAll(open);
        }
        finally
        {
            open.ForEach(static handle => handle.Dispose());
        }

        foreach (var written in folders)
        {
            DurableFile.FlushFolder(written);
        }
    }

    // Below the folder of the package.
    private static string PlaceOf(NuGetPackage package, NuGetAsset asset)
        => asset.Kind == NuGetAssetKind.Runtime ? RuntimeInstallation.PlaceOf(package, asset.Path) : asset.Path;

    private static bool AreSame(NuGetPackage package, string place, string other) => package.Assets.All(asset =>
    {
        var path = PlaceOf(package, asset);
        var (one, two) = (new FileInfo(Path.Combine(place, path)), new FileInfo(Path.Combine(other, path)));
        return one.Exists && one.Length == two.Length && PackageBytes.Sha256(one.FullName) == PackageBytes.Sha256(two.FullName);
    });

    // A record can be anybody's: it names no file outside the package's folder.
    private static string SafePlaceOf(NuGetPackage package, NuGetAsset asset, string target)
    {
        var path = Path.GetFullPath(Path.Combine(target, PlaceOf(package, asset)));
        return path.StartsWith(target + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path : throw PackageErrors.Lacks(package, asset.Path);
    }

    private static SafeFileHandle Extract(ZipArchiveEntry entry, string path)
    {
        using var content = entry.Open();
        var handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, preallocationSize: entry.Length);
        var buffer = new byte[64 << 10];
        var position = 0L;
        for (int read; (read = content.Read(buffer)) > 0; position += read)
        {
            RandomAccess.Write(handle, buffer.AsSpan(0, read), position);
        }

        return handle;
    }

    private static void DeleteFolder(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }
}

/// <summary>A package that is unpacked on this machine.</summary>
/// <param name="Path">Where it is, below <see cref="PackageFolder.Root"/>, with <c>/</c>.</param>
/// <param name="Length">The length of its files in bytes.</param>
/// <param name="UsedAt">When it was used last, to the day.</param>
internal sealed record UnpackedPackage(string Path, long Length, DateTimeOffset UsedAt);
