using Metaflow.Cleanup;
using Metaflow.Errors;
using Metaflow.Platform;
using Metaflow.Runs;
using Metaflow.Storage;

namespace Metaflow.Verification;

/// <summary>Finds in a folder what killed processes left and no listing of a store shows: temporary files, runs whose removal was cut
/// off, and runs that never began. It follows no link.</summary>
/// <param name="root">The datastore's root.</param>
/// <param name="flow">The flow's name.</param>
/// <param name="cutoff">Younger ones may belong to a process that is at work.</param>
internal sealed class FolderLeftovers(string root, string flow, DateTimeOffset cutoff)
{
    private static readonly EnumerationOptions All = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = true,
    };

    /// <summary>Finds them.</summary>
    /// <param name="faults">Receives them.</param>
    public void Find(FaultList faults)
    {
        var flowFolder = Path.Combine(root, flow);
        try
        {
            foreach (var folder in Directory.GetDirectories(flowFolder).Where(IsRemoved))
            {
                faults.AddLeftover(PathOf(folder), "The removal of this run was cut off.", DatastoreRepair.FinishRemoval);
            }

            foreach (var id in RunBeginning.Claimed(flowFolder).Where(id => IsOld(new DirectoryInfo(Path.Combine(flowFolder, id)))))
            {
                faults.Add(new DatastoreFault(
                    ErrorCodes.DataUnreferenced, $"{flow}/{id}", "The scheduler of this run was killed before it recorded anything.",
                    "'gc --state dead --delete' removes it.")
                { IsLeftover = true });
            }

            foreach (var folder in (string[])[flowFolder, Path.Combine(root, BlobMarks.DataFolder, flow)])
            {
                FindTemporary(folder, faults);
            }
        }
        catch (DirectoryNotFoundException)
        {
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            faults.Add(flow, StorageErrors.Read(error, flowFolder));
        }
    }

    private void FindTemporary(string folder, FaultList faults)
    {
        if (!Directory.Exists(folder) || StoredFiles.IsLink(folder))
        {
            return;
        }

        foreach (var file in new DirectoryInfo(folder).EnumerateFiles(".*.tmp", All)
            .Where(file => StoredFiles.IsTemporary(file.Name) && !IsBelowRemoved(file.FullName) && IsOld(file)))
        {
            faults.AddLeftover(PathOf(file.FullName), "A process was killed while it wrote this file.", DatastoreRepair.Delete);
        }
    }

    private bool IsOld(FileSystemInfo entry) => entry.Exists && entry.LastWriteTimeUtc < cutoff.UtcDateTime;

    // An empty one says that other runs may need the own data of the run: nothing is wrong with that.
    private static bool IsRemoved(string path) => StoredFiles.IsRemovedRun(Path.GetFileName(path)) && !StoredFiles.IsLink(path)
        && Directory.EnumerateFileSystemEntries(path).Any();

    private bool IsBelowRemoved(string path) => PathOf(path).Split('/') is [_, var name, ..] && StoredFiles.IsRemovedRun(name);

    private string PathOf(string path) => Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '/');
}
