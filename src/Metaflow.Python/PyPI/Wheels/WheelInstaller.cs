using System.Security.Cryptography;
using Metaflow.Errors;

namespace Metaflow.Python.PyPI.Wheels;

/// <summary>Installs wheels into a folder with a Python of its own. Nothing of a wheel is run, and no Python is needed.</summary>
/// <remarks>The list of installed files, <c>RECORD</c>, is written last: a package without it was not installed to the end, and is
/// installed over. An error or a cancellation removes what was written. Two callers may install different packages into one folder at
/// once. Files are not flushed to the disk: who marks an environment as complete does that for all of it.</remarks>
/// <param name="layout">The folder.</param>
internal sealed class WheelInstaller(PrefixLayout layout)
{
    /// <summary>Compares every file of a wheel with the wheel's list of files, and writes nothing.</summary>
    /// <param name="path">The wheel.</param>
    /// <param name="options">How it would be installed.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>What the package says of itself.</returns>
    /// <exception cref="EnvironmentException">As of <see cref="InstallAsync"/>, but for the folder.</exception>
    public async Task<DistributionMetadata> VerifyAsync(string path, WheelInstallOptions options, CancellationToken cancellationToken)
    {
        using var wheel = await OpenAsync(path, options, cancellationToken).ConfigureAwait(false);
        try
        {
            var files = InstallPlan.Make(wheel, layout, options, isCaseSensitive: true);
            await new WheelWriter(wheel, layout).VerifyAsync(files, options.Writers, cancellationToken).ConfigureAwait(false);
            return wheel.Metadata;
        }
        catch (Exception error) when (WheelArchive.IsDamage(error))
        {
            throw WheelErrors.Malformed(wheel.FileName, Sentence.Of(error.Message), error);
        }
    }

    /// <summary>Installs a wheel in place of another version of its package, or of the same. The wheel is verified before anything is
    /// removed.</summary>
    /// <param name="path">The wheel.</param>
    /// <param name="options">How it is installed.</param>
    /// <param name="cancellationToken">Cancels the installation.</param>
    /// <returns>The package as it is installed.</returns>
    /// <exception cref="EnvironmentException">As of <see cref="InstallAsync"/>. MF7079: the other version cannot be removed.</exception>
    public async Task<InstalledDistribution> ReplaceAsync(string path, WheelInstallOptions options, CancellationToken cancellationToken)
    {
        var metadata = await VerifyAsync(path, options, cancellationToken).ConfigureAwait(false);
        foreach (var installed in InstalledDistributions.Find(layout, metadata.Name))
        {
            new DistributionRemoval(layout).Remove(installed, cancellationToken);
        }

        return await InstallAsync(path, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Installs a wheel.</summary>
    /// <param name="path">The wheel.</param>
    /// <param name="options">How it is installed.</param>
    /// <param name="cancellationToken">Cancels the installation.</param>
    /// <returns>The package as it is installed.</returns>
    /// <exception cref="EnvironmentException">MF7023: the wheel has another hash than was locked. MF7045: the folder cannot be written.
    /// MF7071: the wheel is malformed, or a file is not the one in its list. MF7072: it is made for another Python or kind of machine.
    /// MF7073: a version of the package is there already, or another package has one of its files with other content.</exception>
    public async Task<InstalledDistribution> InstallAsync(string path, WheelInstallOptions options, CancellationToken cancellationToken)
    {
        using var wheel = await OpenAsync(path, options, cancellationToken).ConfigureAwait(false);
        try
        {
            return await InstallOpenAsync(wheel, options, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (WheelArchive.IsDamage(error))
        {
            throw WheelErrors.Malformed(wheel.FileName, Sentence.Of(error.Message), error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw WheelErrors.NotWritten($"The wheel '{wheel.FileName}' cannot be installed.", layout.Prefix, error.Message, error);
        }
    }

    private static async Task<WheelArchive> OpenAsync(string path, WheelInstallOptions options, CancellationToken cancellationToken)
    {
        WheelArchive wheel;
        try
        {
            wheel = await WheelArchive.OpenAsync(path, options.Sha256, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw WheelErrors.Malformed(Path.GetFileName(path), Sentence.Of(error.Message), error);
        }

        if (options.Tags is { } tags && tags.RankOf(wheel.Name) is null)
        {
            wheel.Dispose();
            throw WheelErrors.Unsuitable(wheel.FileName, tags.Items[0].ToString());
        }

        return wheel;
    }

    private async Task<InstalledDistribution> InstallOpenAsync(
        WheelArchive wheel, WheelInstallOptions options, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(layout.SitePackagesPath);
        var files = InstallPlan.Make(wheel, layout, options, SafeFolder.IsCaseSensitive(layout.SitePackagesPath));
        RequireNotInstalled(wheel);
        var folders = new InstallFolders(layout);
        var writer = new WheelWriter(wheel, layout);
        try
        {
            var existing = FindExisting(wheel, files, folders, options);
            var written = await writer.WriteAsync(files, existing, options.Writers, cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < files.Count; i++)
            {
                if (written[i].Waiting is { } waiting)
                {
                    File.Move(waiting, layout.PathOf(files[i].Target), overwrite: true);
                }
            }

            WriteRecord(wheel, written);
        }
        catch
        {
            Undo(writer, folders);
            throw;
        }

        return new InstalledDistribution(wheel.Metadata, $"{layout.SitePackages}/{wheel.InfoFolder}")
        {
            Installer = options.Installer,
            IsRequested = options.IsRequested,
            DirectUrl = options.DirectUrl,
            HasRecord = true,
        };
    }

    private void RequireNotInstalled(WheelArchive wheel)
    {
        var others = InstalledDistributions.Find(layout, wheel.Metadata.Name);
        if (others.FirstOrDefault(static item => item.HasRecord || item.IsEgg) is { } other)
        {
            throw WheelErrors.Installed(other.Metadata.Name, other.Metadata.Version);
        }
    }

    // Which files are there already, and whether they are the same.
    private Dictionary<string, bool> FindExisting(
        WheelArchive wheel, IReadOnlyList<PlannedFile> files, InstallFolders folders, WheelInstallOptions options)
    {
        var existing = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            var path = layout.PathOf(file.Target);
            if (!folders.Make(file.Target))
            {
                continue;
            }

            var found = new FileInfo(path);
            if (found.Exists || found.LinkTarget is not null)
            {
                existing.Add(file.Target, found.LinkTarget is null && IsSame(file, found));
            }
            else if (Directory.Exists(path))
            {
                throw new IOException($"'{path}' is a folder.");
            }
        }

        var differing = existing.Where(static item => !item.Value).Select(static item => item.Key).ToHashSet(StringComparer.Ordinal);
        if (differing.Count > 0 && !options.ReplacesFilesOfOthers)
        {
            var owners = FileOwners.Find(layout, differing, $"{layout.SitePackages}/{wheel.InfoFolder}");
            var taken = differing.Select(path => (Path: path, Owner: owners.GetValueOrDefault(path) ?? options.OwnerOf(path)))
                .Where(static item => item.Owner is not null).OrderBy(static item => item.Path, StringComparer.Ordinal)
                .Select(static item => (item.Path, item.Owner!)).ToList();
            if (taken.Count > 0)
            {
                throw WheelErrors.FilesTaken($"{wheel.Metadata.Name} {wheel.Metadata.Version}", taken);
            }
        }

        return existing;
    }

    private static bool IsSame(PlannedFile file, FileInfo found)
    {
        if (file.Content is { } content)
        {
            return found.Length == content.Length && File.ReadAllBytes(found.FullName).AsSpan().SequenceEqual(content);
        }

        // What its program becomes is known when it is written.
        if (file.IsScript || found.Length != file.Entry!.Length)
        {
            return false;
        }

        using var stream = found.OpenRead();
        return file.Entry.Record!.HasHash(CryptographicOperations.HashData(file.Entry.Record.Algorithm!.Value, stream));
    }

    private void WriteRecord(WheelArchive wheel, WrittenFile[] written)
    {
        var name = $"{wheel.InfoFolder}/{RecordFile.Name}";
        var path = Path.Combine(layout.SitePackagesPath, wheel.InfoFolder, RecordFile.Name);
        File.WriteAllBytes(
            path + ".new", RecordFile.ToBytes([.. written.Select(static file => file.Record), new RecordEntry(name, "", null)]));
        File.Move(path + ".new", path, overwrite: true);
    }

    private static void Undo(WheelWriter writer, InstallFolders folders)
    {
        try
        {
            writer.Undo();
            folders.Undo();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // What is left has no list of files, and the next installation replaces it.
        }
    }
}
