using Metaflow.Settings;

namespace Metaflow.ObjectStorage.Data;

/// <summary>How an <see cref="ObjectFolder"/> works.</summary>
public sealed record ObjectFolderOptions
{
    /// <summary>Gets the folder in which downloads get a folder of their own. The default is <c>METAFLOW_TEMPDIR</c>, else the system's
    /// folder for temporary files.</summary>
    public string? TemporaryFolder { get; init; }

    /// <summary>Gets a value indicating whether objects are stored with the SHA-256 of their content, and downloads compared with it. The
    /// default is <see langword="true"/>.</summary>
    public bool Checksums { get; init; } = true;

    /// <summary>Gets the settings, which say how stores are reached. The default is what this process's environment and settings files
    /// say.</summary>
    public MetaflowSettings? Settings { get; init; }
}
