using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Metaflow.Environments.Archives;
using Metaflow.Environments.Packages;
using Metaflow.Environments.Records;
using Metaflow.Environments.Storage;
using Metaflow.Errors;
using Metaflow.Platform;
using Metaflow.Python.Conda.Archives;
using Metaflow.Python.Conda.Linking;
using Metaflow.Python.PyPI.Tags;
using Metaflow.Python.PyPI.Versions;
using Metaflow.Python.PyPI.Wheels;
using Metaflow.Running;
using PrefixLayout = Metaflow.Python.PyPI.Wheels.PrefixLayout;

namespace Metaflow.Environments.Prefixes;

/// <summary>The folders of this machine with packages of conda and of the Python package index, one for each environment.</summary>
/// <remarks>A folder is made in its place, because its files contain its path. A file that is written last says that it is complete; a
/// folder without it is deleted and made anew. A lock of the operating system keeps two processes from making one at once.</remarks>
/// <param name="folder">The folder of this machine for environments.</param>
/// <param name="time">The clock.</param>
internal sealed partial class PrefixFolder(string folder, TimeProvider time)
{
    // The name of the extension's file.
    private const string Mark = ".metaflowenv";
    private const int Locks = 64;
    private const string PythonPackage = "python";

    private readonly CondaLinker _linker = new(folder, time);

    /// <summary>Gets how long to wait for another process that makes the same folder. The default is an hour.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Gets what tells how far unpacking packages is. The default tells nobody.</summary>
    public PackageReports Reports { get; init; } = PackageReports.None;

    /// <summary>Gets the unpacked packages of conda, which prefixes are linked to.</summary>
    public CondaPackageFolder Packages { get; } = new(folder, time);

    /// <summary>Gets all folders, to remove those that nobody uses.</summary>
    public UsedFolders Folders { get; } = new(Path.Combine(folder, "prefixes"), time);

    /// <summary>Returns the folder of an environment.</summary>
    /// <param name="id">The environment.</param>
    /// <returns>The absolute path.</returns>
    public string PathOf(EnvironmentId id) => Folders.PathOf(id.FullId);

    /// <summary>Returns the file that says that the folder of an environment is complete.</summary>
    /// <param name="id">The environment.</param>
    /// <returns>The absolute path.</returns>
    public string MarkOf(EnvironmentId id) => Path.Combine(PathOf(id), Mark);

    /// <summary>Returns true if the folder of an environment is complete.</summary>
    /// <param name="id">The environment.</param>
    /// <returns>Whether it is. No other file is looked at.</returns>
    public bool Has(EnvironmentId id) => File.Exists(MarkOf(id));

    /// <summary>Makes the folder of an environment if it is not there.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="sources">Finds the files of packages.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>How many packages were put there.</returns>
    /// <exception cref="EnvironmentException">MF7022 to MF7025, MF706x, MF707x: a package is nowhere or damaged, two of them do not go
    /// together, or there is no room.</exception>
    public Task<int> CreateAsync(ResolvedEnvironment environment, ArchiveSources sources, CancellationToken cancellationToken)
        => Has(environment.Id) ? Task.FromResult(0)
            : MakeAsync(environment, PathOf(environment.Id), sources, () => Task.FromResult(Has(environment.Id)), cancellationToken);

    /// <summary>Compares all files of an environment's folder with its packages, and makes it anew if one differs or it is not
    /// there.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="sources">Finds the files of packages.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>How many packages were put there.</returns>
    /// <exception cref="EnvironmentException">As of <see cref="CreateAsync"/>.</exception>
    public Task<int> VerifyAsync(ResolvedEnvironment environment, ArchiveSources sources, CancellationToken cancellationToken)
        => MakeAsync(
            environment, PathOf(environment.Id), sources,
            async () => Has(environment.Id) && await PrefixCheck.IsUnchangedAsync(
                PathOf(environment.Id), LayoutOf(environment, PathOf(environment.Id)), cancellationToken).ConfigureAwait(false),
            cancellationToken);

    /// <summary>Makes an environment in a folder that a user names.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="prefix">The absolute path. The folder is empty or missing, or has this environment.</param>
    /// <param name="sources">Finds the files of packages.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>How many packages were put there.</returns>
    /// <exception cref="EnvironmentException">As of <see cref="CreateAsync"/>.</exception>
    public Task<int> CreateInAsync(
        ResolvedEnvironment environment, string prefix, ArchiveSources sources, CancellationToken cancellationToken)
        => MakeAsync(
            environment, prefix, sources, () => Task.FromResult(MarkIn(prefix) == TextOf(environment.Id)), cancellationToken);

    /// <summary>Notes that an environment is used, once a day at most: what nobody uses can be removed.</summary>
    /// <param name="id">The environment.</param>
    public void NoteUse(EnvironmentId id) => Folders.NoteUse(PathOf(id));

    /// <summary>Returns the variables that programs of an environment need.</summary>
    /// <param name="prefix">The absolute path of the folder.</param>
    /// <returns>The variables. That of the path is not among them.</returns>
    public static IReadOnlyDictionary<string, string> VariablesOf(string prefix)
        => CondaActivation.Read(prefix, OperatingSystem.IsWindows(), new Dictionary<string, string>()).Variables
            .Where(static pair => pair.Key != "PATH").ToDictionary(StringComparer.Ordinal);

    private static string TextOf(EnvironmentId id) => EnvironmentField.ToText(id);

    private static string? MarkIn(string prefix)
        => Path.Combine(prefix, Mark) is var mark && File.Exists(mark) ? File.ReadAllText(mark) : null;

    private async Task<int> MakeAsync(
        ResolvedEnvironment environment, string prefix, ArchiveSources sources, Func<Task<bool>> isGood,
        CancellationToken cancellationToken)
    {
        var packages = environment.Archives.ToList();
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "locks"));
            using var held = await FolderLock.AcquireAsync(LockOf(prefix), Patience, time, cancellationToken).ConfigureAwait(false)
                ?? throw new IOException($"Another process has been making the environment for {Patience.TotalMinutes:0} minutes.");
            if (await isGood().ConfigureAwait(false))
            {
                return 0;
            }

            await FillAsync(environment, packages, prefix, sources, cancellationToken).ConfigureAwait(false);
            return packages.Count;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Archives.ArchiveErrors.NotWritten(packages[0], folder, error);
        }
    }

    private async Task FillAsync(
        ResolvedEnvironment environment, List<ArchivePackage> packages, string prefix, ArchiveSources sources,
        CancellationToken cancellationToken)
    {
        using var tally = Reports.Begin(PackagePhase.Unpacking, packages);
        var files = await sources.GetAllAsync(packages, tally, cancellationToken).ConfigureAwait(false);

        // What a killed process left, or what differs. Its mark goes first: a part of it must not pass for the whole.
        if (MayBeDeleted(prefix))
        {
            File.Delete(Path.Combine(prefix, Mark));
            Directory.Delete(prefix, recursive: true);
        }

        var conda = new List<PackageToLink>();
        foreach (var package in packages.OfType<CondaPackage>())
        {
            var (unpacked, _) = await Packages.AddAsync(
                new ExpectedPackage(package.FullName) { Md5 = package.Hash, Sha256 = package.Sha256 },
                [ArchiveSource.OfFile(files[package.ContentKey]), Anew(package, sources)], null, cancellationToken)
                .ConfigureAwait(false);
            conda.Add(new PackageToLink(unpacked)
            {
                Url = Requirements.SourceAddress.WithoutCredentials(package.Url),
                Channel = ChannelOf(package.Url),
                ArchivePath = files[package.ContentKey],
            });
        }

        await _linker.LinkAsync(
            conda, prefix, new LinkOptions(environment.Id.Architecture) { Clashes = PathClashes.LaterWins }, cancellationToken)
            .ConfigureAwait(false);
        Packages.NoteUse(conda.Select(static package => package.Package));
        await InstallAsync(environment, sources, files, prefix, cancellationToken).ConfigureAwait(false);
        WholeFile.Write(Path.Combine(prefix, Mark), Encoding.UTF8.GetBytes(TextOf(environment.Id)));
    }

    // The file on this machine can have been damaged since it was fetched.
    private static ArchiveSource Anew(ArchivePackage package, ArchiveSources sources) => new(
        "the place that it was fetched from", async (_, cancellation) => File.OpenRead(
            await sources.GetVerifiedAsync(package, cancellation).ConfigureAwait(false)));

    private static async Task InstallAsync(
        ResolvedEnvironment environment, ArchiveSources sources, IReadOnlyDictionary<string, string> files, string prefix,
        CancellationToken cancellationToken)
    {
        var wheels = environment.Packages.OfType<PyPIPackage>().ToList();
        if (wheels.Count == 0 || LayoutOf(environment, prefix) is not { } layout)
        {
            return;
        }

        var installer = new WheelInstaller(layout);
        foreach (var wheel in wheels)
        {
            var options = new WheelInstallOptions { Sha256 = wheel.FileHash, ReplacesFilesOfOthers = true };
            try
            {
                await installer.ReplaceAsync(files[wheel.ContentKey], options, cancellationToken).ConfigureAwait(false);
            }
            catch (EnvironmentException error) when (error.Code == ErrorCodes.PackageDamaged)
            {
                await installer.ReplaceAsync(
                    await sources.GetVerifiedAsync(wheel, cancellationToken).ConfigureAwait(false), options, cancellationToken)
                    .ConfigureAwait(false);
            }
        }
    }

    private static PrefixLayout? LayoutOf(ResolvedEnvironment environment, string prefix)
    {
        var python = environment.Packages.OfType<CondaPackage>().FirstOrDefault(static package => package.Name == PythonPackage);
        return python is null ? null : PrefixLayout.Of(
            prefix, PythonVersion.Parse(python.Version),
            PythonPlatform.FromSubdirectory(environment.Id.Architecture)?.System ?? PythonSystem.Linux,
            FreeThreaded().IsMatch(python.Build));
    }

    // As conda-forge names the builds without the global lock.
    [GeneratedRegex(@"_cp\d+t$")]
    private static partial Regex FreeThreaded();

    // A folder that a user names and that has other files is for the linker to refuse.
    private bool MayBeDeleted(string prefix)
        => Directory.Exists(prefix)
            && (Path.GetDirectoryName(prefix) == Folders.Root || Directory.Exists(Path.Combine(prefix, "conda-meta")));

    private string LockOf(string prefix)
        => Path.Combine(folder, "locks", string.Create(CultureInfo.InvariantCulture, $"environment{NumberOf(prefix):00}"));

    private static int NumberOf(string prefix)
        => System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(Path.TrimEndingDirectorySeparator(prefix)))[0] % Locks;

    // The address without the kind of machine and the file.
    private static string ChannelOf(string url)
        => Requirements.SourceAddress.WithoutCredentials(url) is var address && address.Split('/') is [.. var channel, _, _]
            ? string.Join('/', channel) : "";
}
