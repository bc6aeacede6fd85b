using Metaflow.Errors;

namespace Metaflow.Python.Conda.Archives;

/// <summary>Unpacks the file of a package whose hashes are compared already.</summary>
internal static class PackageExtraction
{
    /// <summary>Unpacks a package.</summary>
    /// <param name="file">The package's file, from its beginning. A <c>.conda</c> must be able to seek.</param>
    /// <param name="fileName">Its name, which says the format.</param>
    /// <param name="target">The folder, which exists and is empty. After an error it holds a part of the package.</param>
    /// <param name="foldsCase">Whether the file system there takes <c>A</c> and <c>a</c> for one name; <see langword="null"/> to ask
    /// it.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What was unpacked, in the order of the paths.</returns>
    /// <exception cref="EnvironmentException">MF7060: the file is cut off or damaged. MF7061: an entry must not be unpacked.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static Task<IReadOnlyList<ContentEntry>> ExtractAsync(
        Stream file, string fileName, string target, bool? foldsCase, CancellationToken cancellationToken)
    {
        var format = CondaFileName.Parse(fileName).Format;

        // Decompressing takes the processor all the time: there is nothing to wait for.
        return Task.Run(() => Extract(file, (fileName, format), target, foldsCase ?? NameFolding.IsFolded(target), cancellationToken),
            cancellationToken);
    }

    private static IReadOnlyList<ContentEntry> Extract(
        Stream file, (string Name, CondaFormat Format) of, string target, bool foldsCase, CancellationToken cancellationToken)
    {
        try
        {
            using var extraction = new TarExtraction(of.Name, target, foldsCase);
            PackageArchive.Read(file, of.Format, tar => extraction.Extract(tar, cancellationToken));
            return extraction.Finish();
        }
        catch (InvalidDataException error)
        {
            throw ArchiveErrors.Unreadable(of.Name, $"Its file is cut off or damaged: {error.Message}", error);
        }
    }
}
