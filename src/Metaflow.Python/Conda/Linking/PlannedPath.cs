using Metaflow.Python.Conda.Archives;

namespace Metaflow.Python.Conda.Linking;

/// <summary>A file that an environment gets.</summary>
/// <param name="Target">Its path in the environment, as its package writes it.</param>
/// <param name="Place">Where it lies once links above it are followed.</param>
internal sealed record PlannedPath(string Target, string Place)
{
    /// <summary>Gets the file of the package; <see langword="null"/> for a command's script.</summary>
    public PackagePath? Source { get; init; }

    /// <summary>Gets the bytes of a command's script. The default is <see langword="null"/>.</summary>
    public byte[]? Script { get; init; }

    /// <summary>Gets a value indicating whether another package's file is there instead. The default is <see langword="false"/>.</summary>
    public bool IsElsewhere { get; set; }

    /// <summary>Gets what it is.</summary>
    public EntryKind Kind => Source?.Entry.Kind ?? EntryKind.File;
}

/// <summary>A package of an environment that is to be made.</summary>
/// <param name="Source">The package.</param>
/// <param name="Metadata">What it says about itself.</param>
/// <param name="Contents">What was unpacked.</param>
internal sealed record PlannedPackage(PackageToLink Source, PackageMetadata Metadata, PackageContents Contents)
{
    /// <summary>Gets the files that it brings.</summary>
    public List<PlannedPath> Paths { get; } = [];

    /// <summary>Gets the package's file, for errors.</summary>
    public string FileName => Source.Package.FileName;

    /// <summary>Gets name, version and build.</summary>
    public string Stem => Source.Package.Stem;
}

/// <summary>An environment that is to be made.</summary>
/// <param name="Prefix">Its folder.</param>
/// <param name="Packages">Its packages in the order in which they are linked.</param>
internal sealed record LinkPlan(string Prefix, IReadOnlyList<PlannedPackage> Packages)
{
    /// <summary>Gets the paths that several packages have with the same bytes.</summary>
    public required IReadOnlyList<SharedPath> Shared { get; init; }

    /// <summary>Gets the paths of which only the later package's file will be there.</summary>
    public required IReadOnlyList<SharedPath> Replaced { get; init; }

    /// <summary>Gets the folders, those above others first.</summary>
    public required IReadOnlyList<string> Folders { get; init; }
}
