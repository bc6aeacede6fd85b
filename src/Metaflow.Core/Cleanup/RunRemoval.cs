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
    // The size is that of the run's own files, and a link may lead anywhere, to itself even.
    private static readonly EnumerationOptions OwnFiles = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
    };

    /// <summary>Returns how long the files of a run are.</summary>
    /// <param name="runId">The run's id.</param>
    /// <returns>The bytes.</returns>
    public long SizeOf(string runId)
    {
        var folder = new DirectoryInfo(Path.Combine(flowFolder, runId));
        try
        {
            return folder.Exists ? folder.EnumerateFiles("*", OwnFiles).Sum(static file => file.Length) : 0;
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            // It is only told to people, and files come and go while it is counted.
            return 0;
        }
    }

    /// <summary>Lists the folders that runs claimed and that their schedulers did not live to make a record in.</summary>
    /// <returns>The runs, the newest first, each with the time of its folder's last change.</returns>
    public IEnumerable<CollectedRun> Claimed()
        => RunBeginning.Claimed(flowFolder)
            .Select(id => new CollectedRun(id, RunState.Dead, Directory.GetLastWriteTimeUtc(Path.Combine(flowFolder, id)), SizeOf(id)));

    /// <summary>Returns true if a link stands where the folder of a run should be; what it leads to is not the store's to
    /// remove.</summary>
    /// <param name="runId">The run's id.</param>
    /// <returns>Whether the run's folder, or the flow's, is a link.</returns>
    public bool IsLinked(string runId) => StoredFiles.IsLink(flowFolder) || StoredFiles.IsLink(Path.Combine(flowFolder, runId));

    /// <summary>Returns what the scheduler of a run last recorded of its state.</summary>
    /// <param name="runId">The run's id.</param>
    /// <returns>The record; <see langword="null"/> when there is none, or one that is damaged or cannot be read.</returns>
    public RunStatus? RecordedOf(string runId)
    {
        var path = Path.Combine(Path.GetDirectoryName(flowFolder)!, RunStatus.PathOf(Path.GetFileName(flowFolder), runId));
        try
        {
            return Path.Exists(path) ? RunStatus.Parse(RegularFile.ReadAllBytes(path)) : null;
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            return null;
        }
    }

    /// <summary>Removes a run. Links inside its folder go, and what they lead to stays.</summary>
    /// <param name="runId">The run's id.</param>
    /// <param name="recorded">What was recorded of its state when it was chosen: a run that was continued since may have succeeded, and
    /// stays.</param>
    /// <param name="data">Deletes its own data.</param>
    /// <returns>Whether it is gone: not when a scheduler has it, or had it since.</returns>
    /// <exception cref="Errors.StorageException">The folder cannot be removed (MF4001, MF4003, MF4004).</exception>
    public async Task<bool> TryRemoveAsync(string runId, RunStatus? recorded, RunData data)
    {
        var folder = Path.Combine(flowFolder, runId);
        using var held = await RunLock.TryTakeAsync(
            new RunFolder(Path.Combine(folder, MetadataFiles.RecordFolder)), time).ConfigureAwait(false);
        if (held is null || RecordedOf(runId) != recorded)
        {
            return false;
        }

        var removed = Path.Combine(flowFolder, StoredFiles.NameOfRemoved(runId));
        try
        {
            Directory.Move(folder, removed);

            // Before any of its blobs go: after a power cut the run must not be back without them.
            DurableFile.FlushFolder(flowFolder);

            // Until these are gone, the folder says to later collections that they may go.
            var isGone = await data.DeleteAsync(runId, CancellationToken.None).ConfigureAwait(false);
            Delete(removed, isWhole: isGone);
            return true;
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Write(error, folder);
        }
    }

    /// <summary>Lists the removed runs of which something is left.</summary>
    /// <returns>Their ids.</returns>
    public IEnumerable<string> Removed()
        => FoldersOfRemoved().Select(static path => StoredFiles.RunOfRemoved(Path.GetFileName(path))).Where(id => !IsThere(id));

    /// <summary>Deletes what collections that were ended left over, and the own data that runs needed which are removed now.</summary>
    /// <param name="data">Deletes the runs' own data.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when it is gone, as far as it can be deleted.</returns>
    public async ValueTask FinishAsync(RunData data, CancellationToken cancellationToken)
    {
        foreach (var folder in FoldersOfRemoved())
        {
            var runId = StoredFiles.RunOfRemoved(Path.GetFileName(folder));
            try
            {
                Delete(folder, isWhole: IsThere(runId) || await data.DeleteAsync(runId, cancellationToken).ConfigureAwait(false));
            }
            catch (Exception error) when (FileFaults.IsFileError(error) || error is Errors.StorageException)
            {
                // Nobody sees it, and the next collection tries again.
            }
        }
    }

    private string[] FoldersOfRemoved()
        => [.. Directory.GetDirectories(flowFolder)
            .Where(static path => StoredFiles.IsRemovedRun(Path.GetFileName(path)) && !StoredFiles.IsLink(path))];

    /// <summary>Returns true if the run is there again, as whoever copies it brings it back: then its own data is that run's.</summary>
    private bool IsThere(string runId) => Path.Exists(Path.Combine(flowFolder, runId));

    /// <summary>Deletes the folder of a removed run, or what is in it: the name of the folder is enough to find the run's own data
    /// later.</summary>
    private static void Delete(string folder, bool isWhole)
    {
        if (isWhole)
        {
            Directory.Delete(folder, recursive: true);
            return;
        }

        foreach (var entry in new DirectoryInfo(folder).GetFileSystemInfos())
        {
            if (entry is DirectoryInfo inner)
            {
                // Of a link, this deletes the link alone.
                inner.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }
    }
}
