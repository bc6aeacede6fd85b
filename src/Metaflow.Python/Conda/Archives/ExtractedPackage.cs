using System.Security.Cryptography;

namespace Metaflow.Python.Conda.Archives;

/// <summary>A package that is unpacked on this machine. It never changes.</summary>
/// <param name="FileName">The name of its file, such as <c>hello-0.1-0.conda</c>.</param>
/// <param name="Place">The folder with the unpacked files and the list of them.</param>
internal sealed record ExtractedPackage(string FileName, string Place)
{
    /// <summary>The name of the list, which is written last.</summary>
    public const string ContentsFile = "contents";

    /// <summary>Gets name, version and build, such as <c>hello-0.1-0</c>.</summary>
    public string Stem { get; } = CondaFileName.Parse(FileName).Stem;

    /// <summary>Gets the folder with the unpacked files alone.</summary>
    public string Folder => Path.Combine(Place, Stem);

    /// <summary>Gets a value indicating whether the package is there. No file is compared.</summary>
    public bool Exists => File.Exists(Path.Combine(Place, ContentsFile));

    /// <summary>Reads what was unpacked.</summary>
    /// <returns>The list.</returns>
    /// <exception cref="Errors.EnvironmentException">MF7060: it is not there, or was changed.</exception>
    public PackageContents ReadContents() => PackageContents.TryRead(Path.Combine(Place, ContentsFile)) ?? throw ArchiveErrors.Unreadable(
        FileName, $"The list of its files in '{Place}' is missing or damaged: delete that folder.");

    /// <summary>Reads what stands for every byte of the package. The list itself is not read.</summary>
    /// <returns>A SHA-256 in hexadecimal digits.</returns>
    /// <exception cref="Errors.EnvironmentException">MF7060: the package is not there.</exception>
    public string ReadDigest() => SealedFile.TryReadDigest(Path.Combine(Place, ContentsFile)) ?? throw ArchiveErrors.Unreadable(
        FileName, $"The list of its files in '{Place}' is missing or damaged: delete that folder.");

    /// <summary>Compares every file with the one that was unpacked.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The paths that differ, or that are missing, in order; that of the list alone if it differs.</returns>
    public IReadOnlyList<string> FindDifferences(CancellationToken cancellationToken)
    {
        if (PackageContents.TryRead(Path.Combine(Place, ContentsFile)) is not { } contents)
        {
            return [ContentsFile];
        }

        return [.. contents.Entries.AsParallel().AsOrdered().WithCancellation(cancellationToken)
            .Where(entry => !IsSame(entry, Path.Combine(Folder, entry.Path))).Select(static entry => entry.Path)];
    }

    private static bool IsSame(ContentEntry entry, string path)
    {
        var file = new FileInfo(path);
        if (entry.Kind == EntryKind.Link)
        {
            return file.LinkTarget == entry.Target;
        }

        if (entry.Kind == EntryKind.Folder)
        {
            return Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null;
        }

        if (!file.Exists || file.LinkTarget is not null || file.Length != entry.Length
            || (!OperatingSystem.IsWindows() && file.UnixFileMode != entry.Mode))
        {
            return false;
        }

        using var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        return Convert.ToHexStringLower(SHA256.HashData(content)) == entry.Sha256;
    }
}
