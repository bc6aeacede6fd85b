using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Metaflow.Errors;
using Metaflow.Platform;
using Metaflow.Python.Conda.Archives;

namespace Metaflow.Python.Conda.Linking;

/// <summary>Makes conda environments from unpacked packages. Nothing that a package brings is executed.</summary>
/// <remarks>An environment is made in its final place, under a lock of the operating system, which ends with its process. What was
/// interrupted is recognized, deleted and made again. The same packages give the same files, but for the time in the history.</remarks>
/// <param name="folder">The folder of this machine for environments, which has the locks.</param>
/// <param name="time">The clock.</param>
internal sealed class CondaLinker(string folder, TimeProvider time)
{
    // A change of what environments look like has to have a change of this number.
    private const string Form = "1";
    private const int Locks = 64;

    private static readonly string[] Occasions = ["pre-link", "post-link", "pre-unlink"];

    /// <summary>Gets how long to wait for another process that makes the same environment. The default is an hour.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Returns what tells an environment from those of other packages, other paths or another version of this program.</summary>
    /// <param name="packages">Its packages in the order in which they are linked. All are unpacked.</param>
    /// <param name="prefix">The environment's folder.</param>
    /// <param name="options">How it is made.</param>
    /// <returns>A SHA-256 in hexadecimal digits.</returns>
    /// <exception cref="EnvironmentException">MF7060: a package is not unpacked.</exception>
    public static string IdentityOf(IReadOnlyList<PackageToLink> packages, string prefix, LinkOptions options)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Form}\n{NormalPath(prefix)}\n{options.Subdir}\n{options.Clashes}\n");
        foreach (var package in packages)
        {
            text.Append(CultureInfo.InvariantCulture, $"{package.Package.FileName} {package.Package.ReadDigest()}\n");
            text.Append(CultureInfo.InvariantCulture, $"{package.Channel} {package.Url} {string.Join(", ", package.RequestedSpecs)}\n");
            text.Append(package.Record?.ToJsonString()).Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>Returns true if an environment is complete. Only the file that is written last is read.</summary>
    /// <param name="prefix">The environment's folder.</param>
    /// <param name="identity">What <see cref="IdentityOf"/> returned when it was made; <see langword="null"/> for any.</param>
    /// <returns>Whether it is. No file is compared; see <see cref="CondaPrefixCheck"/>.</returns>
    public static bool IsComplete(string prefix, string? identity = null)
        => new PrefixState(NormalPath(prefix)).ReadIdentity() is { } found && (identity is null || identity == found);

    /// <summary>Makes an environment if it is not there.</summary>
    /// <param name="packages">Its packages in the order in which they are linked. All are unpacked.</param>
    /// <param name="prefix">The absolute path of the environment's folder, which is empty, missing, or has an environment that was
    /// interrupted. Files hold this path: it cannot be moved.</param>
    /// <param name="options">How it is made.</param>
    /// <param name="cancellationToken">Cancels the operation; what was written is deleted.</param>
    /// <returns>What was done.</returns>
    /// <exception cref="EnvironmentException">MF7043: the folder has other files. MF7045: it cannot be written. MF7060 or MF7062: a package
    /// is damaged. MF7061: a package has a path that no package may have. MF7063: the path is too long. MF7064: two packages have different
    /// files of one path. MF7065: there is no Python. MF7066: a command needs a program for Windows. MF7067: a file cannot be signed.
    /// MF7068: the path cannot be that of an environment.</exception>
    public async Task<LinkReport> LinkAsync(
        IReadOnlyList<PackageToLink> packages, string prefix, LinkOptions options, CancellationToken cancellationToken)
    {
        prefix = RequireUsable(prefix);
        try
        {
            var parent = Path.GetDirectoryName(prefix)!;
            Directory.CreateDirectory(parent);
            Directory.CreateDirectory(Path.Combine(folder, "locks"));
            var identity = IdentityOf(packages, prefix, options);
            var plan = await Task.Run(
                () => new LinkPlanner(prefix, options, options.FoldsCase ?? NameFolding.IsFolded(parent)).Plan(packages), cancellationToken)
                .ConfigureAwait(false);
            using var held = await FolderLock.AcquireAsync(LockOf(prefix), Patience, time, cancellationToken).ConfigureAwait(false)
                ?? throw new IOException($"Another process has been making the environment for {Patience.TotalMinutes:0} minutes.");
            var state = new PrefixState(prefix);
            var report = new LinkReport(prefix, identity)
            {
                Packages = [.. plan.Packages.Select(static package => package.Stem)],
                Shared = plan.Shared,
                Replaced = plan.Replaced,
                Scripts = [.. plan.Packages.SelectMany(package => FindScripts(package, options))],
            };
            return state.ReadIdentity() == identity ? report with { WasThere = true }
                : await MakeAsync(plan, options, state, report, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw LinkErrors.NotWritten(prefix, error);
        }
    }

    private static string NormalPath(string prefix) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(prefix));

    private static string RequireUsable(string prefix)
    {
        if (!Path.IsPathFullyQualified(prefix) || prefix.Any(char.IsControl))
        {
            throw LinkErrors.PrefixUnusable(prefix, "The path is not an absolute one, or has characters such as a line end.");
        }

        var normal = NormalPath(prefix);
        var isSplit = !OperatingSystem.IsWindows() && normal.Contains(Path.PathSeparator, StringComparison.Ordinal);
        return Path.GetDirectoryName(normal) is null || isSplit
            ? throw LinkErrors.PrefixUnusable(
                prefix, $"It is the root of the file system, or has the character '{Path.PathSeparator}', which separates folders in PATH.")
            : normal;
    }

    private static IEnumerable<PackageScript> FindScripts(PlannedPackage package, LinkOptions options)
    {
        var (folder, extension) = options.IsForWindows ? ("Scripts", ".bat") : ("bin", ".sh");
        foreach (var path in package.Paths.Where(static path => path.Kind != EntryKind.Folder))
        {
            var occasion = Occasions.FirstOrDefault(one => path.Target == $"{folder}/.{package.Metadata.Name}-{one}{extension}")
                ?? (path.Target.StartsWith(CondaActivation.ScriptFolder + "/", StringComparison.Ordinal) ? "activate"
                    : path.Target.StartsWith(CondaActivation.EndScriptFolder + "/", StringComparison.Ordinal) ? "deactivate" : null);
            if (occasion is not null)
            {
                yield return new PackageScript(package.Stem, path.Target, occasion);
            }
        }
    }

    private string LockOf(string prefix)
    {
        var number = SHA256.HashData(Encoding.UTF8.GetBytes(prefix))[0] % Locks;
        return Path.Combine(folder, "locks", string.Create(CultureInfo.InvariantCulture, $"prefix{number:00}"));
    }

    private async Task<LinkReport> MakeAsync(
        LinkPlan plan, LinkOptions options, PrefixState state, LinkReport report, CancellationToken cancellationToken)
    {
        state.Begin();
        var isMade = false;
        try
        {
            var execution = new LinkExecution(plan, options);
            var placed = await execution.RunAsync(cancellationToken).ConfigureAwait(false);
            var records = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var (package, paths) in plan.Packages.Zip(placed))
            {
                WriteMeta(plan, records, $"{package.Stem}.json", CondaMetaRecord.Write(package, paths, options.Subdir));
            }

            WriteMeta(plan, records, PrefixState.HistoryFile, CondaHistory.Write(plan, options, time.GetUtcNow()));
            state.End(report.Identity, records);
            isMade = true;
            return report with { Counts = execution.Counts, Unsigned = execution.Unsigned };
        }
        finally
        {
            if (!isMade)
            {
                state.Remove();
            }
        }
    }

    private static void WriteMeta(LinkPlan plan, SortedDictionary<string, string> records, string name, byte[] content)
    {
        using var file = new FileStream(
            Path.Combine(plan.Prefix, PrefixState.MetaFolder, name), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        file.Write(content);
        DurableFile.FlushAll([file.SafeFileHandle]);
        records.Add(name, Convert.ToHexStringLower(SHA256.HashData(content)));
    }
}
