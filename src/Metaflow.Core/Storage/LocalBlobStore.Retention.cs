using Metaflow.Platform;

namespace Metaflow.Storage;

internal sealed partial class LocalBlobStore
{
    /// <summary>How old a blob may be before it is made as good as new when it is met again.</summary>
    internal static readonly TimeSpan RefreshAge = TimeSpan.FromMinutes(5);

    /// <summary>Gets how long a collection may keep others away; it does so for a hundred files at a time. The default is 5
    /// minutes.</summary>
    internal TimeSpan HoldPatience { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Returns the file whose lock keeps collections and those who count on existing blobs apart.</summary>
    /// <param name="root">The root.</param>
    /// <param name="flow">The flow's name.</param>
    /// <returns>The path; Python Metaflow takes no file of this folder for a record but those it knows by name.</returns>
    internal static string RetentionLockOf(string root, string flow) => Path.Combine(root, flow, "_meta", "blobs.lock");

    /// <inheritdoc/>
    IDisposable IBlobRetention.Hold(string flow)
    {
        var path = RetentionLockOf(Root, flow);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return FolderLock.AcquireShared(path, HoldPatience) ?? throw StorageErrors.Held(path, HoldPatience);
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Write(error, path);
        }
    }

    /// <inheritdoc/>
    bool IBlobRetention.TryRefresh(string path)
    {
        var full = FullPath(path);
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        try
        {
            if (!File.Exists(full))
            {
                return false;
            }

            if (now - File.GetLastWriteTimeUtc(full) > RefreshAge)
            {
                File.SetLastWriteTimeUtc(full, now);
            }

            return true;
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            // Another user's file: a copy of one's own takes its place.
            return false;
        }
    }
}
