namespace Metaflow.Platform;

/// <summary>Opens files that the framework itself keeps. What is not a file, such as a named pipe, a device or a folder that took the
/// place of one, is refused before it is opened: it would be waited for, or read, forever.</summary>
/// <remarks>On macOS and Windows only folders are refused: there, the kind of a file is not asked for.</remarks>
internal static class RegularFile
{
    /// <summary>Says why a path is not a file. Links are followed.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The rest of a sentence that begins with the path, without its full stop; <see langword="null"/> when it is a file, or
    /// there is nothing.</returns>
    public static string? WhyNot(string path) => FileKind.Of(path) switch
    {
        null when OperatingSystem.IsLinux() || !Directory.Exists(path) => null,
        { Format: FileKind.Regular } => null,
        null or { Format: FileKind.Folder } => "is a folder rather than a file",
        { Format: FileKind.NamedPipe } => "is a named pipe rather than a file",
        { Format: FileKind.Socket } => "is a socket rather than a file",
        _ => "is a device rather than a file",
    };

    /// <summary>Refuses what is not a file.</summary>
    /// <param name="path">The absolute path.</param>
    /// <exception cref="IOException">It is not a regular file.</exception>
    public static void Require(string path)
    {
        if (WhyNot(path) is { } why)
        {
            throw new IOException($"'{path}' {why}.");
        }
    }

    /// <summary>Opens a file for reading; others may write, rename and delete it meanwhile.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The file, which is not buffered.</returns>
    /// <exception cref="IOException">It cannot be opened, or is not a file.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not read it.</exception>
    public static FileStream Open(string path)
    {
        Require(path);
        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
    }

    /// <summary>Reads a file whole.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The bytes.</returns>
    /// <exception cref="IOException">It cannot be read, or is not a file.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not read it.</exception>
    public static byte[] ReadAllBytes(string path)
    {
        using var file = Open(path);
        using var bytes = new MemoryStream();
        file.CopyTo(bytes);
        return bytes.ToArray();
    }
}
