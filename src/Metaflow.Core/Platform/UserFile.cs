using System.Diagnostics.CodeAnalysis;

namespace Metaflow.Platform;

/// <summary>Reads files that a user names. What is not a file, such as a named pipe or a device, is refused before it is opened: it would
/// be waited for, or read, forever.</summary>
/// <remarks>What the user hands over is read to its end: <c>/dev/stdin</c>, <c>/dev/fd/63</c> of a shell's <c>&lt;(…)</c>; and
/// <c>/dev/null</c> is empty. On macOS and Windows nothing is refused: there, the kind of a file is not asked for.</remarks>
internal static class UserFile
{
    private static readonly string[] Handed = ["/dev/stdin", "/dev/fd/", "/proc/self/fd/", "/proc/thread-self/fd/"];

    /// <summary>Says why a path is not read.</summary>
    /// <param name="path">The path.</param>
    /// <returns>The rest of a sentence that begins with the path, without its full stop; <see langword="null"/> when it can be read, or
    /// there is nothing.</returns>
    public static string? WhyNotRead(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var full = Path.GetFullPath(path);
        var isHanded = Handed.Any(start => full.StartsWith(start, StringComparison.Ordinal));
        return FileKind.Of(full) switch
        {
            { Format: FileKind.NamedPipe } when !isHanded =>
                "is a named pipe, and a reader waits until another process writes. Let that process write into "
                    + "'/dev/stdin', or into a file",
            { Format: FileKind.CharacterDevice, IsNull: false, IsTerminal: var isTerminal } when !(isHanded && isTerminal) =>
                "is a device rather than a file",
            { Format: FileKind.BlockDevice } => "is a device rather than a file",
            { Format: FileKind.Socket } => "is a socket rather than a file",
            _ => null,
        };
    }

    /// <summary>Says why a file could not be read.</summary>
    /// <param name="path">The path.</param>
    /// <param name="error">What reading it raised.</param>
    /// <returns>The rest of a sentence, without its full stop.</returns>
    public static string WhyNotOpened(string path, Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error switch
        {
            _ when Directory.Exists(path) => "it is a folder",
            FileNotFoundException or DirectoryNotFoundException => "it does not exist",
            _ when FileFaults.Of(error) == FileFault.NoPermission => "you may not read it (permission denied)",
            _ => error.Message.TrimEnd('.'),
        };
    }

    /// <summary>Opens a file for reading.</summary>
    /// <param name="path">The path.</param>
    /// <returns>The file.</returns>
    /// <exception cref="IOException">It cannot be read, or is not a file.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not read it, or it is a folder.</exception>
    public static FileStream Open(string path) => WhyNotRead(path) is { } why
        ? throw new IOException($"'{path}' {why}.")
        : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    /// <summary>Reads a file whole.</summary>
    /// <param name="path">The path.</param>
    /// <returns>The bytes.</returns>
    /// <exception cref="IOException">It cannot be read, is not a file, or is too large for an array or for the memory.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not read it, or it is a folder.</exception>
    [SuppressMessage("Reliability", "CA2000", Justification = "A stream in memory has nothing to dispose of.")]
    public static byte[] ReadAllBytes(string path)
    {
        using var file = Open(path);
        try
        {
            // What is handed over has no length, and may have no end.
            var content = new MemoryStream(file.CanSeek ? checked((int)Math.Min(file.Length, Array.MaxLength)) : 0);
            file.CopyTo(content);
            return content.Length == content.Capacity ? content.GetBuffer() : content.ToArray();
        }
        catch (Exception error) when (error is OutOfMemoryException || error is IOException { HResult: TooLong })
        {
            throw new IOException($"'{path}' is too large: it has more than {Array.MaxLength} bytes, or does not fit into memory.", error);
        }
    }

    /// <summary>Reads a text whole.</summary>
    /// <param name="path">The path.</param>
    /// <returns>The text: UTF-8, or what its byte order mark says.</returns>
    /// <exception cref="IOException">It cannot be read, is not a file, is too large, or is not text.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not read it, or it is a folder.</exception>
    public static string ReadAllText(string path)
    {
        try
        {
            return UserText.Of(ReadAllBytes(path));
        }
        catch (FormatException error)
        {
            throw new IOException($"'{path}' {error.Message}. Save it as UTF-8.", error);
        }
    }

    // A stream in memory says so when it would outgrow an array.
    private const int TooLong = unchecked((int)0x80131620);
}
