namespace Metaflow.Python.Conda.Archives;

/// <summary>What an entry of a package is.</summary>
internal enum EntryKind
{
    /// <summary>A file.</summary>
    File,

    /// <summary>A symbolic link.</summary>
    Link,

    /// <summary>A folder that the package names; those that only lie above files are not listed.</summary>
    Folder,
}

/// <summary>An entry of an unpacked package.</summary>
/// <param name="Path">The path below the package's folder, with <c>/</c>.</param>
/// <param name="Kind">What it is.</param>
internal sealed record ContentEntry(string Path, EntryKind Kind)
{
    /// <summary>Gets the length of a file in bytes. The default is 0.</summary>
    public long Length { get; init; }

    /// <summary>Gets the SHA-256 of a file in hexadecimal digits. The default is empty.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>Gets the permissions of a file. The default is none.</summary>
    public UnixFileMode Mode { get; init; }

    /// <summary>Gets when a file was changed, in seconds since 1970. The default is 0.</summary>
    public long ModifiedAt { get; init; }

    /// <summary>Gets what a symbolic link points to, or the path of the file that this is another name of. The default is
    /// <see langword="null"/>.</summary>
    public string? Target { get; init; }
}
