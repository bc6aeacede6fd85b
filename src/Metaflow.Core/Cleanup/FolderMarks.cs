using System.Text.Json;
using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Platform;
using Metaflow.Storage;

namespace Metaflow.Cleanup;

/// <summary>Marks what the runs of a flow refer to whose datastore is a folder.</summary>
/// <param name="datastore">The flow's datastore.</param>
internal sealed class FolderMarks(FlowDatastore datastore)
{
    private readonly BlobMarks _marks = new(datastore);

    /// <summary>Marks what all attempts of all tasks refer to, complete or not.</summary>
    /// <param name="exceptRuns">The ids of runs that do not count.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The blobs and included files.</returns>
    /// <exception cref="StorageException">A list of artifacts is unreadable (MF4009), or a file cannot be read (MF4004,
    /// MF4007).</exception>
    public async ValueTask<BlobMarks> MarkAsync(IReadOnlySet<string> exceptRuns, CancellationToken cancellationToken)
    {
        var flowFolder = Path.Combine(datastore.Blobs.Root, datastore.Flow);
        foreach (var run in Folders(flowFolder)
            .Where(run => Path.GetFileName(run) is var name && name != BlobMarks.DataFolder && !exceptRuns.Contains(name)))
        {
            foreach (var task in Folders(run).SelectMany(Folders))
            {
                cancellationToken.ThrowIfCancellationRequested();
                await MarkTaskAsync(task, cancellationToken).ConfigureAwait(false);
            }
        }

        return _marks;
    }

    private static IEnumerable<string> Folders(string folder)
    {
        try
        {
            return Directory.GetDirectories(folder)
                .Where(static path => Path.GetFileName(path) is var name && name != MetadataFiles.RecordFolder
                    && !DurableFileGroup.IsTemporary(name));
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Read(error, folder);
        }
    }

    private async Task MarkTaskAsync(string task, CancellationToken cancellationToken)
    {
        var step = Path.GetFileName(Path.GetDirectoryName(task))!;
        foreach (var path in Entries(task, "*" + BlobMarks.DataEnd))
        {
            var isComplete = Path.Exists(path[..^BlobMarks.DataEnd.Length] + BlobMarks.DoneEnd);
            var records = Read(path, static bytes => DataFile.FromJson(bytes));
            try
            {
                await _marks.AddAsync(records, step, isComplete, cancellationToken).ConfigureAwait(false);
            }
            catch (JsonException error)
            {
                throw StorageErrors.Unreadable(path, error);
            }
        }

        // After the lists: an attempt that ends meanwhile has its list before its mark.
        foreach (var done in Entries(task, "*" + BlobMarks.DoneEnd))
        {
            if (done[..^BlobMarks.DoneEnd.Length] + BlobMarks.DataEnd is var path && !Path.Exists(path))
            {
                throw StorageErrors.Unreadable(path, new JsonException("the file is missing although the attempt is complete"));
            }
        }

        foreach (var path in Entries(Path.Combine(task, MetadataFiles.RecordFolder), BlobMarks.CodePackage + "*"))
        {
            Read(path, bytes =>
            {
                _marks.AddPackage(bytes);
                return true;
            });
        }
    }

    // Folders and whatever else too: what has the name of a list names blobs, or is damaged.
    private static IEnumerable<string> Entries(string folder, string pattern)
    {
        try
        {
            return Directory.GetFileSystemEntries(folder, pattern)
                .Where(static path => !DurableFileGroup.IsTemporary(Path.GetFileName(path)));
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Read(error, folder);
        }
    }

    private static T Read<T>(string path, Func<ReadOnlyMemory<byte>, T> read)
    {
        if (RegularFile.WhyNot(path) is { } why)
        {
            throw StorageErrors.Unreadable(path, new IOException($"it {why}"));
        }

        try
        {
            return read(RegularFile.ReadAllBytes(path));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException
            || (FileFaults.IsFileError(error) && new FileInfo(path).LinkTarget is not null))
        {
            // A link that leads nowhere, or to itself.
            throw StorageErrors.Unreadable(path, error);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw StorageErrors.Unreadable(path, error);
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Read(error, path);
        }
    }
}
