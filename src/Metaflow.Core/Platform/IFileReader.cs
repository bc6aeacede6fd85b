namespace Metaflow.Platform;

/// <summary>Reads files and folders; the seam at which tests count and change what is read.</summary>
internal interface IFileReader
{
    /// <summary>Opens a file.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The file, or <see langword="null"/> if there is none.</returns>
    Stream? Open(string path);

    /// <summary>Returns the length of a file, and when it was last changed.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>Both, or <see langword="null"/> when there is no such file.</returns>
    FileState? State(string path);

    /// <summary>Lists the entries directly below a folder.</summary>
    /// <param name="folder">The absolute path.</param>
    /// <returns>The names with whether they are folders; nothing when there is no such folder. Temporary files are left out.</returns>
    IReadOnlyList<(string Name, bool IsFolder)> List(string folder);
}

/// <summary>What is known of a file without reading it.</summary>
/// <param name="Length">The length in bytes.</param>
/// <param name="ChangedAt">When it was last changed.</param>
internal sealed record FileState(long Length, DateTimeOffset ChangedAt);
