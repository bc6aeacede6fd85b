using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Metaflow.Environments.Archives;
using Metaflow.Environments.Checks;
using Metaflow.Environments.Packages;
using Metaflow.Environments.Prefixes;
using Metaflow.Environments.Programs;
using Metaflow.Environments.Records;
using Metaflow.Errors;
using Metaflow.Platform;
using Metaflow.Running;

namespace Metaflow.Environments.Creation;

/// <summary>The folder of this machine in which environments are created.</summary>
/// <remarks><c>packages</c> has the unpacked packages, which all environments share. <c>programs</c> has, for each program and environment,
/// the two files with which the runtime starts the program.</remarks>
/// <param name="folder">The absolute path.</param>
/// <param name="time">The clock.</param>
internal sealed class EnvironmentFolder(string folder, TimeProvider time)
{
    // A change of what the files say has to have a change of this number.
    private const string Form = "4";
    private const int Width = 4;
    private const string ChecksFile = "checks.json";
    private const int FolderLocks = 16;

    private static readonly SearchValues<char> OfName = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

    // Some systems want room for their own files.
    private const long Reserve = 4 << 20;

    /// <summary>Gets what tells how far unpacking packages is. The default tells nobody.</summary>
    public PackageReports Reports { get; init; } = PackageReports.None;

    /// <summary>Gets the packages of this machine.</summary>
    public PackageFolder Packages { get; } = new(folder, time);

    /// <summary>Gets the folders with packages of conda and of the Python package index.</summary>
    public PrefixFolder Prefixes => field ??= new PrefixFolder(folder, time) { Reports = Reports };

    /// <summary>Gets the folders with the files with which programs start.</summary>
    public UsedFolders Programs { get; } = new(Path.Combine(folder, "programs"), time);

    /// <summary>Returns the folder with the runtime's own assemblies, which a program of an environment loads.</summary>
    /// <param name="environment">The environment.</param>
    /// <returns>The absolute path: that of the runtime it asks for, or of this process.</returns>
    public string FrameworkOf(ResolvedEnvironment environment)
        => environment.Runtime is { } runtime ? Packages.InstallationOf(runtime).FrameworkFolder : RuntimeEnvironment.GetRuntimeDirectory();

    /// <summary>Returns true if a folder of <see cref="NamedFolder"/> can have a name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>Whether it can.</returns>
    public static bool IsName(string name)
        => name.Length is > 0 and < 200 && name[0] is not '.' && !name.AsSpan().ContainsAnyExcept(OfName);

    /// <summary>Returns the folder for the files of an environment that a user names.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The absolute path.</returns>
    public string NamedFolder(string name) => Path.Combine(folder, "named", name);

    /// <summary>Copies the files of an environment whose packages are here into one folder, as a build would.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="target">The absolute path of the folder.</param>
    /// <param name="isForced">Whether the folder may have files. Those of another environment are replaced.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when all files are there.</returns>
    /// <exception cref="EnvironmentException">The folder has files (MF7043), or cannot be written (MF7045).</exception>
    public async Task CopyAsync(ResolvedEnvironment environment, string target, bool isForced, CancellationToken cancellationToken)
    {
        target = Path.TrimEndingDirectorySeparator(target);
        var number = SHA256.HashData(Encoding.UTF8.GetBytes(target))[0] % FolderLocks;
        var file = Path.Combine(folder, "locks", string.Create(CultureInfo.InvariantCulture, $"folder{number:00}"));
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using var held = await FolderLock.AcquireAsync(file, Packages.Patience, time, cancellationToken).ConfigureAwait(false)
            ?? throw PackageErrors.FilesNotWritten(
                target, new IOException($"Another process has been writing there for {Packages.Patience.TotalMinutes:0} minutes."));
        if (!isForced)
        {
            FlatFolder.RequireFree(target);
        }

        new FlatFolder(target).Write(environment, Packages, cancellationToken);
    }

    /// <summary>Returns true if all packages of an environment are unpacked.</summary>
    /// <param name="environment">The environment.</param>
    /// <returns>Whether they are.</returns>
    public bool Has(ResolvedEnvironment environment)
        => environment.Packages.OfType<NuGetPackage>().All(Packages.Has) && (!environment.HasPrefix || Prefixes.Has(environment.Id));

    /// <summary>Returns the unpacked files that an environment consists of.</summary>
    /// <param name="environment">The environment.</param>
    /// <returns>The absolute paths.</returns>
    public IEnumerable<string> FilesOf(ResolvedEnvironment environment)
        => environment.Packages.OfType<NuGetPackage>().SelectMany(Packages.FilesOf)
            .Concat(environment.HasPrefix ? [Prefixes.MarkOf(environment.Id)] : []);

    /// <summary>Unpacks the packages of an environment that are not here yet.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="sources">The places that may have the files of packages of NuGet, the nearest first.</param>
    /// <param name="archives">Finds the files of packages of conda and of the Python package index.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>How many packages were unpacked.</returns>
    /// <exception cref="EnvironmentException">MF7022 to MF7025: a package is nowhere or damaged, or there is no room.</exception>
    public async Task<int> CreateAsync(
        ResolvedEnvironment environment, IReadOnlyList<PackageSource> sources, ArchiveSources archives,
        CancellationToken cancellationToken)
    {
        var linked = 0;
        if (environment.HasPrefix)
        {
            linked = await Prefixes.CreateAsync(environment, archives, cancellationToken).ConfigureAwait(false);
            Prefixes.NoteUse(environment.Id);
        }

        var packages = environment.Packages.OfType<NuGetPackage>().ToList();
        var missing = packages.FindAll(package => !Packages.Has(package));
        Packages.NoteUse(packages.Except(missing));
        if (missing.Count == 0)
        {
            return linked;
        }

        RequireRoom(missing);
        return linked + await UnpackAsync(PackagePhase.Unpacking, missing, sources, Packages.AddAsync, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Compares all unpacked packages of an environment with their files, byte by byte, and unpacks those again that differ or are
    /// not here.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="sources">The places that may have the files of packages of NuGet, the nearest first.</param>
    /// <param name="archives">Finds the files of packages of conda and of the Python package index.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>How many packages were unpacked.</returns>
    /// <exception cref="EnvironmentException">As of <see cref="CreateAsync"/>.</exception>
    public async Task<int> VerifyAsync(
        ResolvedEnvironment environment, IReadOnlyList<PackageSource> sources, ArchiveSources archives,
        CancellationToken cancellationToken)
    {
        var linked = environment.HasPrefix
            ? await Prefixes.VerifyAsync(environment, archives, cancellationToken).ConfigureAwait(false) : 0;
        var packages = environment.Packages.OfType<NuGetPackage>().ToList();
        if (packages.Count == 0)
        {
            return linked;
        }

        if (environment.Runtime is { } runtime)
        {
            // The next start puts it there anew.
            Packages.InstallationOf(runtime).RemoveDotnet();
        }

        RequireRoom(packages);
        return linked + await UnpackAsync(PackagePhase.Comparing, packages, sources, Packages.VerifyAsync, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Returns how a program is started with an environment whose packages are here.</summary>
    /// <param name="program">The program.</param>
    /// <param name="environment">The environment.</param>
    /// <returns>The executable and its arguments, and what is known to go wrong. It is found out once and kept.</returns>
    /// <exception cref="EnvironmentException">MF7025: the files cannot be written.</exception>
    public ProgramStart Start(CompiledProgram program, ResolvedEnvironment environment)
    {
        var dependencies = File.ReadAllBytes(program.DependenciesFile);
        var runtimeConfig = File.ReadAllBytes(program.RuntimeConfigFile);
        var own = OwnOf(program, dependencies);
        var place = Programs.PathOf(KeyOf(program, own, environment.Id, dependencies, runtimeConfig));
        var name = Path.GetFileNameWithoutExtension(program.AssemblyFile);
        var dependenciesFile = Path.Combine(place, $"{name}.deps.json");
        var runtimeConfigFile = Path.Combine(place, $"{name}.runtimeconfig.json");
        var dotnet = environment.Runtime is { } runtime ? Packages.InstallationOf(runtime).AddDotnet(program.Dotnet) : program.Dotnet;

        var checks = TryReadChecks(dependenciesFile, runtimeConfigFile);
        if (checks is null)
        {
            Write(program, own, environment, (dependencies, dependenciesFile), (runtimeConfig, runtimeConfigFile));
            checks = TryReadChecks(dependenciesFile, runtimeConfigFile)
                ?? throw PackageErrors.FilesNotWritten(place, new IOException("What was written there cannot be read."));
        }

        Programs.NoteUse(place);
        return new ProgramStart(
            dotnet,
            [
                "exec", "--depsfile", dependenciesFile, "--runtimeconfig", runtimeConfigFile,
                "--additionalprobingpath", Packages.Root, "--additionalprobingpath", Path.GetDirectoryName(program.Folder) ?? "/",
                program.AssemblyFile,
            ])
        { Checks = checks, Files = [dotnet, dependenciesFile, runtimeConfigFile, ChecksFileOf(dependenciesFile), .. own] };
    }

    /// <summary>Reads what is known of a program if its files are as they were written. Somebody may have tidied up.</summary>
    private static ProgramChecks? TryReadChecks(string dependenciesFile, string runtimeConfigFile)
    {
        try
        {
            var checks = ProgramChecks.Read(File.ReadAllBytes(ChecksFileOf(dependenciesFile)));
            return checks.Files == HashOf(File.ReadAllBytes(dependenciesFile), File.ReadAllBytes(runtimeConfigFile)) ? checks : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException
            or InvalidOperationException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    private static string ChecksFileOf(string dependenciesFile) => Path.Combine(Path.GetDirectoryName(dependenciesFile)!, ChecksFile);

    private static string HashOf(byte[] dependencies, byte[] runtimeConfig)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(dependencies);
        hash.AppendData(runtimeConfig);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static IReadOnlyList<string> OwnOf(CompiledProgram program, byte[] dependencies)
    {
        using var document = JsonDocument.Parse(dependencies);
        return OwnAssemblies.Of(program, document.RootElement);
    }

    private static string KeyOf(
        CompiledProgram program, IReadOnlyList<string> own, EnvironmentId environment, byte[] dependencies, byte[] runtimeConfig)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var builds = own.Select(static file => $"{file} {AssemblyVersions.BuildOf(file)}");
        hash.AppendData(Encoding.UTF8.GetBytes(
            string.Join('\n', [Form, program.AssemblyFile, .. builds, $"{environment}", environment.Architecture])));
        hash.AppendData(dependencies);
        hash.AppendData(runtimeConfig);
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..32];
    }

    private void Write(
        CompiledProgram program, IReadOnlyList<string> own, ResolvedEnvironment environment, (byte[] Own, string File) dependencies,
        (byte[] Own, string File) runtimeConfig)
    {
        var packages = environment.Libraries.ToList();
        using var ownDependencies = JsonDocument.Parse(dependencies.Own);
        using var ownConfig = JsonDocument.Parse(runtimeConfig.Own);
        var properties = new Dictionary<string, string>
        {
            [RuntimeConfigWriter.EnvironmentProperty] =
                $"[\"{environment.Id.RequestId}\", \"{environment.Id.FullId}\", \"{environment.Id.Architecture}\"]",
            [RuntimeConfigWriter.FolderProperty] = program.Folder + Path.DirectorySeparatorChar,
        };
        if (environment.HasPrefix)
        {
            var prefix = Prefixes.PathOf(environment.Id);
            properties[RuntimeConfigWriter.PrefixProperty] = prefix;
            properties[RuntimeConfigWriter.ActivationProperty] = JsonSerializer.Serialize(PrefixFolder.VariablesOf(prefix));
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(dependencies.File)!);
            var newDependencies = new DependenciesWriter(program, PackageFolder.PathOf).Write(ownDependencies.RootElement, packages);
            var frameworks = packages.SelectMany(static package => package.Frameworks).Distinct().ToList();
            var newConfig = RuntimeConfigWriter.Write(ownConfig.RootElement, properties, frameworks, environment.Runtime?.Version);
            WholeFile.Write(dependencies.File, newDependencies);
            WholeFile.Write(runtimeConfig.File, newConfig);
            var checks = ProgramChecks.Of(
                program.AssemblyFile, own, packages, Packages.FileOf, [FrameworkOf(environment)]) with
            { Files = HashOf(newDependencies, newConfig) };
            WholeFile.Write(ChecksFileOf(dependencies.File), checks.ToJson());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw PackageErrors.FilesNotWritten(Path.GetDirectoryName(dependencies.File)!, error);
        }
    }

    private async Task<int> UnpackAsync(
        PackagePhase phase, List<NuGetPackage> packages, IReadOnlyList<PackageSource> sources,
        Func<NuGetPackage, IReadOnlyList<PackageSource>, Action<long>, CancellationToken, Task<bool>> unpackAsync,
        CancellationToken cancellationToken)
    {
        var unpacked = 0;
        using var tally = Reports.Begin(phase, packages);
        await Parallel.ForEachAsync(
            packages,
            new ParallelOptions { MaxDegreeOfParallelism = Width, CancellationToken = cancellationToken },
            async (package, cancellation) =>
            {
                if (await unpackAsync(package, sources, bytes => tally.Note(package, bytes), cancellation).ConfigureAwait(false))
                {
                    Interlocked.Increment(ref unpacked);
                }

                tally.Finish(package);
            }).ConfigureAwait(false);
        return unpacked;
    }

    private void RequireRoom(List<NuGetPackage> packages)
    {
        var needed = packages.Sum(static package => package.Length + package.UnpackedLength) + Reserve;
        long free;
        try
        {
            Directory.CreateDirectory(folder);
            free = new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw PackageErrors.NotWritten(packages[0], folder, error);
        }

        if (free < needed)
        {
            throw PackageErrors.NoRoom(folder, needed, free);
        }
    }
}
