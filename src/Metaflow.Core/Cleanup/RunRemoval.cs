using Metaflow.Metadata;
using Metaflow.Platform;
using Metaflow.Runs;
using Metaflow.Storage;

namespace Metaflow.Cleanup;

/// <summary>Removes the folders of runs: each vanishes in one step, then its files are deleted.</summary>
/// <param name="flowFolder">The absolute path of the flow's folder.</param>
/// <param name="time">The clock.</param>
internal sealed class RunRemoval(string flowFolder, TimeProvider time)
{
    // The name of a temporary file: no listing shows it, neither ours nor the reference's.
    private const string Start = ".removed-";
    private const string End = ".tmp";

    /// <summary>Returns how long the files of a run are.</summary>
    /// <param name="runId">The run's id.</param>
    /// <returns>The bytes.</returns>
    public long SizeOf(string runId)
    {
        var folder = new DirectoryInfo(Path.Combine(flowFolder, runId));
        try
        {
            return folder.Exists ? folder.EnumerateFiles("*", SearchOption.AllDirectories).Sum(static file => file.Length) : 0;
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            // It is only told to people, and files come and go while it is counted.
            return 0;
        }
    }

    /// <summary>Removes a run.</summary>
    /// <param name="runId">The run's id.</param>
    /// <returns>Whether it is gone: not when a scheduler has it.</returns>
    /// <exception cref="Errors.StorageException">The folder cannot be removed (MF4001, MF4003, MF4004).</exception>
    public async Task<bool> TryRemoveAsync(string runId)
    {
        var folder = Path.Combine(flowFolder, runId);
        using var held = await RunLock.TryTakeAsync(new RunFolder(Path.Combine(folder, MetadataFolders.RecordFolder)), time).ConfigureAwait(false);
        if (held is null)
        {
            return false;
        }

        var removed = Path.Combine(flowFolder, $"{Start}{runId}-{Guid.NewGuid():N}{End}");
        try
        {
            Directory.Move(folder, removed);

            // Before any of its blobs go: after a power cut the run must not be back without them.
            DurableFile.FlushFolder(flowFolder);
            Directory.Delete(removed, recursive: true);
            return true;
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Write(error, folder);
        }
    }

    /// <summary>Deletes what collections that were ended left over.</summary>
    public void Finish()
    {
        foreach (var folder in Directory.EnumerateDirectories(flowFolder, $"{Start}*{End}"))
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception error) when (FileFaults.IsFileError(error))
            {
                // Nobody sees it, and the next collection tries again.
            }
        }
    }
}
