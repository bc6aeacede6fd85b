namespace Metaflow.Environments.Packages;

/// <summary>The times at which folders and files of this machine were used, to the day: what nobody uses can be removed.</summary>
internal static class FolderUse
{
    /// <summary>Notes that a folder is used, once a day at most.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="now">The time.</param>
    public static void Note(string path, DateTimeOffset now) => Note(new DirectoryInfo(path), now);

    /// <summary>Notes that a file or a folder is used, once a day at most.</summary>
    /// <param name="used">The file or the folder.</param>
    /// <param name="now">The time.</param>
    public static void Note(FileSystemInfo used, DateTimeOffset now)
    {
        try
        {
            if (now - used.LastWriteTimeUtc > TimeSpan.FromDays(1))
            {
                used.LastWriteTimeUtc = now.UtcDateTime;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A folder that others may write and this user may not: only its age is not known.
        }
    }
}
