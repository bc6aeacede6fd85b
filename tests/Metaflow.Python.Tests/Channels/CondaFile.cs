using System.Text;

namespace Metaflow.Python.Tests.Channels;

/// <summary>A file or a symbolic link of a conda package.</summary>
internal sealed record CondaFile
{
    private CondaFile(string path) => Path = path;

    /// <summary>The path in the environment, with slashes.</summary>
    public string Path { get; }

    /// <summary>Where the link points to, or <see langword="null"/> for a file.</summary>
    public string? LinkTarget { get; private init; }

    /// <summary>Whether the file may be run.</summary>
    public bool Executable { get; init; }

    /// <summary>Whether the file must be copied into an environment rather than linked.</summary>
    public bool NoLink { get; init; }

    /// <summary>The bytes, or <see langword="null"/> when another file holds them.</summary>
    private byte[]? Bytes { get; init; }

    /// <summary>The file that holds the bytes.</summary>
    private string? Source { get; init; }

    /// <summary>A file of text.</summary>
    public static CondaFile Text(string path, string text) => new(path) { Bytes = Encoding.UTF8.GetBytes(text) };

    /// <summary>A file of text that may be run.</summary>
    public static CondaFile Script(string path, string text) => new(path) { Bytes = Encoding.UTF8.GetBytes(text), Executable = true };

    /// <summary>A file of bytes.</summary>
    public static CondaFile Binary(string path, byte[] bytes) => new(path) { Bytes = bytes };

    /// <summary>A symbolic link.</summary>
    public static CondaFile Link(string path, string target) => new(path) { LinkTarget = target };

    /// <summary>A file with the bytes of another file, read when the package is written.</summary>
    public static CondaFile From(string path, string source)
        => new(path)
        {
            Source = source,
            Executable = !OperatingSystem.IsWindows() && File.GetUnixFileMode(source).HasFlag(UnixFileMode.UserExecute),
        };

    /// <summary>All files and links in a folder, in a fixed order.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="under">The folder of the package where they go, or nothing for its root.</param>
    public static IEnumerable<CondaFile> FromFolder(string folder, string under = "")
    {
        var entries = new DirectoryInfo(folder).EnumerateFileSystemInfos();
        foreach (var entry in entries.OrderBy(static entry => entry.Name, StringComparer.Ordinal))
        {
            var path = under.Length == 0 ? entry.Name : $"{under}/{entry.Name}";
            if (entry.LinkTarget is { } target)
            {
                yield return Link(path, target);
            }
            else if (entry is DirectoryInfo)
            {
                foreach (var file in FromFolder(entry.FullName, path))
                {
                    yield return file;
                }
            }
            else
            {
                yield return From(path, entry.FullName);
            }
        }
    }

    /// <summary>The bytes of a file.</summary>
    public byte[] Read() => Bytes ?? File.ReadAllBytes(Source!);
}
