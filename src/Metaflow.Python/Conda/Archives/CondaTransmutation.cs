using Metaflow.Errors;
using Metaflow.Platform;
using Microsoft.Win32.SafeHandles;

namespace Metaflow.Python.Conda.Archives;

/// <summary>Writes a package in the other format, or in its own one anew. The same package gives the same bytes each time.</summary>
/// <param name="options">How to write it.</param>
internal sealed class CondaTransmutation(TransmutationOptions options)
{
    /// <summary>Writes a package's file anew.</summary>
    /// <param name="package">The package. Its bytes are compared with what is known of them before anything is read.</param>
    /// <param name="source">The place that has it.</param>
    /// <param name="target">The absolute path of the new file, whose name says the format. A file that is there is replaced.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The hashes of the new file.</returns>
    /// <exception cref="EnvironmentException">MF7022: the place lacks the package. MF7023: the bytes are not those that were locked.
    /// MF7025: there is no room, or the folder cannot be written. MF7060: one of the files is no package. MF7061: the package must not be
    /// unpacked.</exception>
    public async Task<PackageHashes> ConvertAsync(
        ExpectedPackage package, ArchiveSource source, string target, CancellationToken cancellationToken)
    {
        var name = CondaFileName.Parse(Path.GetFileName(target));
        var parent = Path.GetDirectoryName(target)!;
        var work = Path.Combine(parent, $".{Guid.NewGuid():N}.tmp");
        try
        {
            Directory.CreateDirectory(work);
            try
            {
                return await ConvertAsync(package, new Fetching([source], null), (target, name), work, cancellationToken)
                    .ConfigureAwait(false);
            }
            finally
            {
                Directory.Delete(work, recursive: true);
            }
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw ArchiveErrors.NotWritten(Path.GetFileName(target), parent, error);
        }
    }

    private async Task<PackageHashes> ConvertAsync(
        ExpectedPackage package, Fetching fetching, (string Path, CondaFileName Name) target, string work,
        CancellationToken cancellationToken)
    {
        var folder = Path.Combine(work, "files");
        Directory.CreateDirectory(folder);
        var (file, _) = await fetching.OpenAsync(package, Path.Combine(work, "fetched"), cancellationToken).ConfigureAwait(false);
        IReadOnlyList<ContentEntry> entries;
        using (file)
        {
            entries = await PackageExtraction.ExtractAsync(file, package.FileName, folder, null, cancellationToken).ConfigureAwait(false);
        }

        var written = Path.Combine(work, "written");
        PackageHashes hashes;
        using (var content = new FileStream(written, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
        {
            var writer = new PackageWriter(folder, entries, options);
            await Task.Run(() => writer.Write(content, target.Name, cancellationToken), cancellationToken).ConfigureAwait(false);
            content.Flush();
            content.Position = 0;
            hashes = await PackageHashes.OfAsync(content, null, null, cancellationToken).ConfigureAwait(false);
            DurableFile.FlushAll(new List<SafeFileHandle> { content.SafeFileHandle });
        }

        File.Move(written, target.Path, overwrite: true);
        DurableFile.FlushFolder(Path.GetDirectoryName(target.Path)!);
        return hashes;
    }
}
