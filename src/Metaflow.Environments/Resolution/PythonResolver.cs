using Metaflow.Environments.Archives;
using Metaflow.Environments.Prefixes;
using Metaflow.Environments.Records;
using Metaflow.Environments.Requirements;
using Metaflow.Environments.Settings;
using Metaflow.Python.Conda.Matching;
using Metaflow.Python.PyPI.Resolving;
using Metaflow.Python.PyPI.Tags;
using Metaflow.Python.PyPI.Versions;
using Metaflow.Python.PyPI.Wheels;

namespace Metaflow.Environments.Resolution;

/// <summary>Finds the packages of conda and of the Python package index that an environment asks for. Packages of conda are found by the
/// solver, and then those of the index by pip, which runs in an environment with the former.</summary>
/// <param name="conda">Finds packages of conda.</param>
/// <param name="prefixes">Makes the environment in which pip runs.</param>
/// <param name="sources">Finds and keeps the files of packages.</param>
/// <param name="settings">The settings.</param>
/// <param name="time">The clock.</param>
internal sealed class PythonResolver(
    CondaResolver conda, PrefixFolder prefixes, ArchiveSources sources, PythonSettings settings, TimeProvider time)
{
    /// <summary>The kind of environments with packages of conda alone.</summary>
    public const string CondaKind = "conda-only";

    /// <summary>The kind of environments with packages of the Python package index, and of conda only what these need.</summary>
    public const string PyPIKind = "pypi-only";

    private const string Python = "python";
    private const string Pip = "pip";
    private const string Equality = "==";

    // pip builds with the newest tools unless it is told otherwise; from this version on, old packages cannot be built.
    private static readonly PipBuildOptions Building = new() { Constraints = ["setuptools<82"] };

    /// <summary>Finds the packages of an environment.</summary>
    /// <param name="wanted">The environment.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The packages in the order of installation, and the kind of environment that they are.</returns>
    /// <exception cref="Errors.EnvironmentException">MF705x, MF707x: there are none, or a source cannot be reached.</exception>
    public async Task<(IReadOnlyList<ArchivePackage> Packages, string Kind)> ResolveAsync(
        WantedEnvironment wanted, CancellationToken cancellationToken)
    {
        if (wanted.Locked is { } locked)
        {
            return await TakeAsync(wanted, locked, cancellationToken).ConfigureAwait(false);
        }

        var ofConda = ValuesOf(wanted, Categories.Conda);
        var ofIndex = ValuesOf(wanted, Categories.PyPI);
        List<MatchSpec> specs = [.. ofConda.Concat(ValuesOf(wanted, Categories.CondaWithoutPython)).Select(CondaSpecs.Of)];
        if (ofIndex.Count > 0)
        {
            specs.AddRange(new[] { Python, Pip }.Except(specs.Select(static spec => spec.Name)).Select(MatchSpec.Parse));
        }

        var records = await conda.SolveAsync(specs, wanted, cancellationToken).ConfigureAwait(false);
        var packages = new List<ArchivePackage>();
        foreach (var record in records)
        {
            packages.Add(await sources.LockAsync(CondaResolver.PackageOf(record), cancellationToken).ConfigureAwait(false));
        }

        if (ofIndex.Count == 0)
        {
            return (packages, CondaKind);
        }

        packages.AddRange(await FindWheelsAsync(wanted, ofIndex, records, packages, cancellationToken).ConfigureAwait(false));
        return (packages, ofConda.TrueForAll(value => IsNeededByPython(value, wanted.Start)) ? PyPIKind : EnvironmentJson.Mixed);
    }

    // What an environment of the index begins with has packages of conda that nobody asked for.
    private static bool IsNeededByPython(string value, ResolvedEnvironment? start)
        => value.Split(Equality)[0] is var name && (name == Python
            || (start?.Kind == PyPIKind && start.Packages.OfType<CondaPackage>().Any(package => package.Name == name)));

    // Only the Python is looked for, if the lock file has none.
    private async Task<(IReadOnlyList<ArchivePackage> Packages, string Kind)> TakeAsync(
        WantedEnvironment wanted, LockedContent locked, CancellationToken cancellationToken)
    {
        List<MatchSpec> specs = [.. ValuesOf(wanted, Categories.Conda).Select(CondaSpecs.Of)];
        specs = specs.Count == 0 ? [MatchSpec.Parse(Python)] : specs;
        IReadOnlyList<CondaPackage> ofConda = locked.Conda
            ?? [.. (await conda.SolveAsync(specs, wanted, cancellationToken).ConfigureAwait(false)).Select(CondaResolver.PackageOf)];
        var packages = new List<ArchivePackage>();
        foreach (var package in ofConda)
        {
            packages.Add(await sources.LockAsync(package, cancellationToken).ConfigureAwait(false));
        }

        if (ofConda.FirstOrDefault(static package => package.Name == Python) is not { } interpreter)
        {
            return (packages, CondaKind);
        }

        var python = PythonVersion.Parse(interpreter.Version);
        var chosen = locked.Choose(python, PlatformOf(wanted));
        var pip = chosen.All(static package => package.Kind == PipPackageKind.Wheel) ? null : PipOf(
            await MakeVanillaBuilderAsync(wanted, python, cancellationToken).ConfigureAwait(false), python);
        foreach (var package in chosen)
        {
            packages.Add(pip is null ? await LockWheelAsync(package, cancellationToken).ConfigureAwait(false)
                : await LockAsync(package, pip, wanted, cancellationToken).ConfigureAwait(false));
        }

        return (packages, chosen.Count == 0 ? CondaKind : locked.Conda is null ? PyPIKind : EnvironmentJson.Mixed);
    }

    private PipBuilderPrefix PipOf(string folder, PythonVersion python)
    {
        var layout = PrefixLayout.Of(folder, python, SystemOf(MachineKinds.OfThisMachine));
        return new PipBuilderPrefix(layout.PathOf(layout.Interpreter), time);
    }

    private Task<ArchivePackage> LockWheelAsync(PipPackage package, CancellationToken cancellationToken)
    {
        var format = ArchivePackage.FormatOf(package.FileName);
        return sources.LockAsync(
            new PyPIPackage(package.FileName[..^format.Length], package.Url.Split('#')[0])
            {
                UrlFormat = format,
                Hashes = package.Sha256 is { } known ? new Dictionary<string, string> { [format] = known }
                    : new Dictionary<string, string>(),
            },
            cancellationToken);
    }

    private static List<string> ValuesOf(WantedEnvironment wanted, string category)
        => [.. wanted.Request.Requirements.Where(text => text.Category == category).Select(static text => text.Value)];

    private async Task<IReadOnlyList<ArchivePackage>> FindWheelsAsync(
        WantedEnvironment wanted, List<string> asked, IReadOnlyList<CondaRecord> records, IReadOnlyList<ArchivePackage> packages,
        CancellationToken cancellationToken)
    {
        var isForThisMachine = wanted.Architecture == MachineKinds.OfThisMachine;
        var python = PythonVersion.Parse(records.First(static record => record.Name == Python).Version.Text);
        var builder = isForThisMachine ? await MakeBuilderAsync(packages, cancellationToken).ConfigureAwait(false)
            : await MakeVanillaBuilderAsync(wanted, python, cancellationToken).ConfigureAwait(false);
        var layout = PrefixLayout.Of(builder, python, SystemOf(MachineKinds.OfThisMachine));
        var pip = new PipBuilderPrefix(layout.PathOf(layout.Interpreter), time);
        var installed = isForThisMachine ? PinsOf(layout) : PinsOf(records);
        var kept = await KeptAsync(wanted.Start, cancellationToken).ConfigureAwait(false);
        var result = await new PipResolver(pip).ResolveAsync(
            new PipRequest
            {
                Requirements = asked.ConvertAll(value => kept.TryGetValue(value, out var own)
                    ? $"{own.Package.Name} @ {own.Address}" : PipTexts.Requirement(value)),
                Constraints = [.. installed.Select(static pin => $"{pin.Key}=={pin.Value}")],
                Sources = PipTexts.SourcesOf(wanted, settings),
                AllowsPreReleases = PipTexts.AllowsPreReleases(wanted),
                Flags = PipTexts.OtherFlags(wanted),
                KeepsInstalled = isForThisMachine,
                Building = Building,
                Target = isForThisMachine ? null : new PipTarget(python, PlatformOf(wanted)),
            },
            cancellationToken).ConfigureAwait(false);
        var wheels = new List<ArchivePackage>();
        foreach (var package in result.Packages.Where(package => !installed.ContainsKey(package.NormalizedName)))
        {
            wheels.Add(kept.Values.FirstOrDefault(own => own.Address == package.Url.Split('#')[0])?.Package
                ?? await LockAsync(package, pip, wanted, cancellationToken).ConfigureAwait(false));
        }

        return wheels;
    }

    // By what asks for exactly them. No index has what was built of a folder or a repository, and another one may have other bytes.
    private async Task<Dictionary<string, KeptWheel>> KeptAsync(ResolvedEnvironment? start, CancellationToken cancellationToken)
    {
        var kept = new Dictionary<string, KeptWheel>(StringComparer.Ordinal);
        foreach (var package in start?.Packages.OfType<PyPIPackage>() ?? [])
        {
            var path = await sources.GetAsync(package, static _ => { }, cancellationToken).ConfigureAwait(false);
            var version = PythonVersionText.Canonicalize(package.Version);
            kept[$"{package.Name}{Equality}{version}"] = new KeptWheel(package, new Uri(path).AbsoluteUri);
        }

        return kept;
    }

    private async Task<ArchivePackage> LockAsync(
        PipPackage package, PipBuilderPrefix pip, WantedEnvironment wanted, CancellationToken cancellationToken)
    {
        if (package.Kind == PipPackageKind.Wheel)
        {
            return await LockWheelAsync(package, cancellationToken).ConfigureAwait(false);
        }

        var folder = Path.Combine(sources.Folder.Root, ".builds", $"{Guid.NewGuid():N}");
        try
        {
            var built = await new PipBuilder(pip).BuildWheelAsync(
                WheelSource.Of(package), folder, PipTexts.SourcesOf(wanted, settings), Building, cancellationToken).ConfigureAwait(false);
            var name = Path.GetFileNameWithoutExtension(built.Path);
            var wheel = new PyPIPackage(name, AddressOf(package, built)) { UrlFormat = Path.GetExtension(built.Path) };
            using var source = File.OpenRead(built.Path);
            return await sources.Folder.AddUnknownAsync(wheel, source, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    // What tells the sources apart from all others. No address but that of an archive leads to a file.
    private static string AddressOf(PipPackage package, BuiltWheel built)
    {
        if (package.Kind == PipPackageKind.Folder)
        {
            return $"file://{ArchivePath.WithoutAddress}/{ArchivePath.LocalHost}{built.Sha256}/{Path.GetFileName(built.Path)}";
        }

        var address = SourceAddress.WithoutCredentials(package.Url.Split('#')[0]);
        if (package.Kind == PipPackageKind.SourceArchive)
        {
            return address;
        }

        var path = address[(address.IndexOf("://", StringComparison.Ordinal) + 3)..].Trim('/');

        // The extension looks for wheels of a commit below this address: the files have to be where it expects them.
        string[] parts = [path, package.Commit ?? "", package.Subdirectory ?? ""];
        return $"https://{ArchivePath.WithoutAddress}/{string.Join('/', parts.Where(static part => part.Length > 0))}";
    }

    private async Task<string> MakeBuilderAsync(IReadOnlyList<ArchivePackage> packages, CancellationToken cancellationToken)
    {
        var machine = MachineKinds.OfThisMachine;
        var environment = new ResolvedEnvironment
        {
            Id = new EnvironmentId("builder", EnvironmentHash.OfPackages(packages, machine), machine),
            Packages = [.. packages],
            ResolvedOn = time.GetUtcNow(),
            ResolvedBy = "",
            Kind = CondaKind,
        };
        await prefixes.CreateAsync(environment, sources, cancellationToken).ConfigureAwait(false);
        prefixes.NoteUse(environment.Id);
        return prefixes.PathOf(environment.Id);
    }

    // For another kind of machine, any Python of the same version serves.
    private async Task<string> MakeVanillaBuilderAsync(
        WantedEnvironment wanted, PythonVersion python, CancellationToken cancellationToken)
    {
        var own = wanted with
        {
            Architecture = MachineKinds.OfThisMachine,
            Request = wanted.Request with
            {
                Requirements = [.. wanted.Request.Requirements.Where(static text => text.Category != Categories.System)],
            },
        };
        var records = await conda.SolveAsync(
            [MatchSpec.Parse($"{Python} {python.MajorAndMinor}.*"), MatchSpec.Parse(Pip)], own, cancellationToken)
            .ConfigureAwait(false);
        return await MakeBuilderAsync([.. records.Select(CondaResolver.PackageOf)], cancellationToken).ConfigureAwait(false);
    }

    private static Dictionary<string, string> PinsOf(PrefixLayout layout)
        => InstalledDistributions.List(layout).DistinctBy(static one => one.Metadata.NormalizedName)
            .ToDictionary(static one => one.Metadata.NormalizedName, static one => one.Metadata.Version, StringComparer.Ordinal);

    // What packages of conda are called on the index is known only where they are unpacked. Most have the same name.
    private static Dictionary<string, string> PinsOf(IReadOnlyList<CondaRecord> records)
        => records.Where(static record => record.Depends.Any(static spec => spec.Split(' ')[0] == Python))
            .ToDictionary(static record => PythonName.Normalize(record.Name), static record => record.Version.Text, StringComparer.Ordinal);

    private sealed record KeptWheel(PyPIPackage Package, string Address);

    private static PythonSystem SystemOf(string architecture)
        => PythonPlatform.FromSubdirectory(architecture)?.System ?? PythonSystem.Linux;

    private static PythonPlatform PlatformOf(WantedEnvironment wanted)
    {
        var platform = PythonPlatform.FromSubdirectory(wanted.Architecture)
            ?? new PythonPlatform(PythonSystem.Linux, wanted.Architecture);
        var glibc = wanted.Request.Requirements.Where(static text => text.Category == Categories.System)
            .Select(static text => CondaSpecs.Property(text.Value)).FirstOrDefault(static property => property.Name == "__glibc").Version;
        return platform.System == PythonSystem.Linux && LibraryVersion.TryParse(glibc, out var version)
            ? platform with { Glibc = version } : platform;
    }
}
