namespace Metaflow.Python.PyPI.Resolving;

/// <summary>What pip shall find, and where.</summary>
internal sealed record PipRequest
{
    /// <summary>Gets the requirements (PEP 508). An address alone and an absolute path of a folder or of an archive are ones,
    /// too.</summary>
    public required IReadOnlyList<string> Requirements { get; init; }

    /// <summary>Gets requirements that limit the versions of packages that are needed. The default is none.</summary>
    public IReadOnlyList<string> Constraints { get; init; } = [];

    /// <summary>Gets where pip looks for packages. The default is pip's own.</summary>
    public PipSources Sources { get; init; } = new();

    /// <summary>Gets whether versions before a release are taken, too. The default is no.</summary>
    public bool AllowsPreReleases { get; init; }

    /// <summary>Gets the Python and the kind of machine. The default is <see langword="null"/>: those of the builder.</summary>
    public PipTarget? Target { get; init; }

    /// <summary>Gets whether what the builder has stays as it is, and is left out of what is found. The default is no: nothing that is
    /// installed counts.</summary>
    public bool KeepsInstalled { get; init; }

    /// <summary>Gets how packages are built that have no wheel.</summary>
    public PipBuildOptions Building { get; init; } = new();

    /// <summary>Gets further flags of pip without <c>--</c>, such as <c>prefer-binary</c> or <c>no-binary=numpy</c>. The default is
    /// none.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];
}
