namespace Metaflow.Python.PyPI.Resolving;

/// <summary>In which form a package was found.</summary>
internal enum PipPackageKind
{
    /// <summary>A wheel, which is installed as it is.</summary>
    Wheel,

    /// <summary>An archive of sources.</summary>
    SourceArchive,

    /// <summary>A folder of this machine.</summary>
    Folder,

    /// <summary>A commit of a repository.</summary>
    Repository,
}
