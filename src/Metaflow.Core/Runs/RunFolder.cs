using Metaflow.Metadata;
using Metaflow.Platform;
using Metaflow.Storage;

namespace Metaflow.Runs;

/// <summary>The folder of a run's own files, <c>F/R/_meta</c>; Python Metaflow's provider ignores their names.</summary>
/// <param name="Path">The absolute path.</param>
internal sealed record RunFolder(string Path)
{
    /// <summary>Gets the file that the scheduler holds locked for as long as it lives; its time is the last sign of life.</summary>
    public string Lock => System.IO.Path.Combine(Path, "lock");

    /// <summary>Gets the file with everything that the scheduler was told.</summary>
    public string Journal => System.IO.Path.Combine(Path, "journal");

    /// <summary>Returns the folder of a run.</summary>
    /// <param name="blobs">The datastore.</param>
    /// <param name="flow">The flow's name.</param>
    /// <param name="runId">The run's id.</param>
    /// <returns>The folder.</returns>
    public static RunFolder Of(LocalBlobStore blobs, string flow, string runId)
    {
        ArgumentNullException.ThrowIfNull(blobs);
        MetadataFiles.CheckNames(flow, runId);
        return new RunFolder(System.IO.Path.Combine(blobs.Root, flow, runId, MetadataFiles.RecordFolder));
    }

    /// <summary>Returns the path of the journal relative to the datastore's root.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <param name="runId">The run's id.</param>
    /// <returns>The path.</returns>
    public static string JournalPathOf(string flow, string runId) => $"{flow}/{runId}/{MetadataFiles.RecordFolder}/journal";

    /// <summary>Returns when the scheduler last gave a sign of life.</summary>
    /// <returns>The time, or <see langword="null"/> when there never was one.</returns>
    public DateTimeOffset? LastSeen()
    {
        try
        {
            return File.Exists(Lock) ? new DateTimeOffset(File.GetLastWriteTimeUtc(Lock)) : null;
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            return null;
        }
    }

    internal bool IsLocked()
    {
        try
        {
            return FolderLock.IsHeld(Lock);
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            // Who may not look cannot say; the sign of life is all there is.
            return false;
        }
    }
}
