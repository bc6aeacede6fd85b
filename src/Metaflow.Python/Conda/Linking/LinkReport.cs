namespace Metaflow.Python.Conda.Linking;

/// <summary>What was done to make an environment.</summary>
/// <param name="Prefix">The environment's folder.</param>
/// <param name="Identity">What tells it from environments of other packages, other paths or another version of this program.</param>
internal sealed record LinkReport(string Prefix, string Identity)
{
    /// <summary>Gets a value indicating whether the environment was there, so that nothing was done. The default is
    /// <see langword="false"/>.</summary>
    public bool WasThere { get; init; }

    /// <summary>Gets the names of the packages, with version and build, in the order in which they were linked. The default is
    /// none.</summary>
    public IReadOnlyList<string> Packages { get; init; } = [];

    /// <summary>Gets the paths that several packages have with the same bytes. The default is none.</summary>
    public IReadOnlyList<SharedPath> Shared { get; init; } = [];

    /// <summary>Gets the paths of which only the later package's file is there; see <see cref="PathClashes.LaterWins"/>. The default is
    /// none.</summary>
    public IReadOnlyList<SharedPath> Replaced { get; init; } = [];

    /// <summary>Gets the scripts of packages. None of them was run. The default is none.</summary>
    public IReadOnlyList<PackageScript> Scripts { get; init; } = [];

    /// <summary>Gets the changed programs for macOS that have no signature, so that macOS does not start them. The default is
    /// none.</summary>
    public IReadOnlyList<string> Unsigned { get; init; } = [];

    /// <summary>Gets how many files of each kind were made; none if the environment was there. The default is none.</summary>
    public LinkCounts Counts { get; init; }
}

/// <summary>How many files of each kind an environment got.</summary>
/// <param name="HardLinked">Other names of files of packages.</param>
/// <param name="Cloned">Clones.</param>
/// <param name="Copied">Copies.</param>
/// <param name="Rewritten">Files into which the environment's path was written.</param>
/// <param name="Links">Symbolic links.</param>
/// <param name="Commands">Scripts that start a function of a module.</param>
internal readonly record struct LinkCounts(int HardLinked, int Cloned, int Copied, int Rewritten, int Links, int Commands);

/// <summary>A path that several packages have.</summary>
/// <param name="Path">The path in the environment.</param>
/// <param name="Packages">The packages in the order in which they were linked.</param>
internal sealed record SharedPath(string Path, IReadOnlyList<string> Packages);

/// <summary>A script that a package wants to be run.</summary>
/// <param name="Package">The package.</param>
/// <param name="Path">The path in the environment.</param>
/// <param name="Occasion">When conda would run it, such as <c>post-link</c> or <c>activate</c>.</param>
internal sealed record PackageScript(string Package, string Path, string Occasion);
