namespace Metaflow.Environments.Records;

/// <summary>A resolved environment: what was asked for, and the exact packages that were found. It never changes.</summary>
internal sealed record ResolvedEnvironment
{
    /// <summary>Gets the identity.</summary>
    public required EnvironmentId Id { get; init; }

    /// <summary>Gets the requirements, such as <c>nuget::newtonsoft.json==[12.0.3]</c>, sorted.</summary>
    public IReadOnlyList<TypedText> Requirements { get; init; } = [];

    /// <summary>Gets the sources asked for, sorted.</summary>
    public IReadOnlyList<TypedText> Sources { get; init; } = [];

    /// <summary>Gets the flags for resolvers, sorted.</summary>
    public IReadOnlyList<TypedText> Extras { get; init; } = [];

    /// <summary>Gets the packages in the order of installation.</summary>
    public IReadOnlyList<LockedPackage> Packages { get; init; } = [];

    /// <summary>Gets the packages of NuGet whose assemblies programs load.</summary>
    public IEnumerable<NuGetPackage> Libraries => Packages.OfType<NuGetPackage>().Where(static package => !package.IsRuntime);

    /// <summary>Gets the packages of conda and of the Python package index, in the order of installation.</summary>
    public IEnumerable<ArchivePackage> Archives => Packages.OfType<ArchivePackage>();

    /// <summary>Gets a value indicating whether the environment is, or has, a folder with packages of conda and of the Python package
    /// index.</summary>
    public bool HasPrefix => Packages.Any(static package => package is ArchivePackage);

    /// <summary>Gets the package with the runtime on which programs run; <see langword="null"/> if it is the machine's own.</summary>
    public NuGetPackage? Runtime => Packages.OfType<NuGetPackage>().FirstOrDefault(static package => package.IsRuntime);

    /// <summary>Gets when it was resolved.</summary>
    public required DateTimeOffset ResolvedOn { get; init; }

    /// <summary>Gets who resolved it.</summary>
    public required string ResolvedBy { get; init; }

    /// <summary>Gets the kinds of machines that were resolved together, so that they share a <see cref="EnvironmentId.FullId"/>.</summary>
    public IReadOnlyList<string> Architectures { get; init; } = [];

    /// <summary>Gets the kind of environment as the extension's records name it; <c>nuget-only</c> if it has packages of NuGet
    /// alone.</summary>
    public required string Kind { get; init; }

    /// <summary>Gets a value indicating whether the requirements are those that the packages were resolved from. The default is
    /// <see langword="true"/>.</summary>
    public bool IsAccurateSource { get; init; } = true;

    /// <summary>Gets what else counts for the identity, such as the hash of a lock file; none by default.</summary>
    public IReadOnlyDictionary<string, string> UniqueKeys { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the members of its record that this version does not know, to be written again.</summary>
    internal OtherMembers Others { get; init; } = OtherMembers.None;
}
