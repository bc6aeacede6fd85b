using Metaflow.Python.PyPI.Versions;

namespace Metaflow.Python.PyPI.Resolving;

/// <summary>A package that pip chose.</summary>
/// <param name="Name">The name as the package writes it.</param>
/// <param name="Version">The version as the package writes it.</param>
/// <param name="Kind">Its form.</param>
/// <param name="Url">Its address, without credentials: of the archive, the folder or the repository.</param>
internal sealed record PipPackage(string Name, string Version, PipPackageKind Kind, string Url)
{
    /// <summary>Gets the one form of the name.</summary>
    public string NormalizedName => PythonName.Normalize(Name);

    /// <summary>Gets the SHA-256 of the archive; <see langword="null"/>, the default, if pip does not say it.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Gets whether the requirement named the address itself. The default is no: an index has it.</summary>
    public bool IsDirect { get; init; }

    /// <summary>Gets whether it was asked for, and not only needed by another. The default is no.</summary>
    public bool IsRequested { get; init; }

    /// <summary>Gets whether its author withdrew it. The default is no.</summary>
    public bool IsYanked { get; init; }

    /// <summary>Gets the extras that were asked for.</summary>
    public IReadOnlyList<string> Extras { get; init; } = [];

    /// <summary>Gets its requirements as it writes them (PEP 508).</summary>
    public IReadOnlyList<string> RequiresDist { get; init; } = [];

    /// <summary>Gets the constraint on Python's version. The default is <see langword="null"/>: none.</summary>
    public string? RequiresPython { get; init; }

    /// <summary>Gets the kind of version control, such as <c>git</c>. The default is <see langword="null"/>: none.</summary>
    public string? VersionControl { get; init; }

    /// <summary>Gets the commit of a repository. The default is <see langword="null"/>.</summary>
    public string? Commit { get; init; }

    /// <summary>Gets the branch, tag or commit that was asked for. The default is <see langword="null"/>.</summary>
    public string? RequestedRevision { get; init; }

    /// <summary>Gets the folder of the package in its source. The default is <see langword="null"/>: the top.</summary>
    public string? Subdirectory { get; init; }

    /// <summary>Gets the name of the archive's file; the last part of the address for others.</summary>
    public string FileName => Uri.UnescapeDataString(Url.Split('#')[0].TrimEnd('/').Split('/')[^1]);
}
