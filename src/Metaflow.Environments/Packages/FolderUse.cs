namespace Metaflow.Environments.Packages;

/// <summary>The times at which folders of this machine were used, to the day: what nobody uses can be removed.</summary>
internal static class FolderUse
{
    /// <summary>Notes that a folder is used, once a day at most.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="now">The time.</param>
    public static void Note(string path, DateTimeOffset now)
    {
        try
        {
            if (now - Directory.GetLastWriteTimeUtc(path) > TimeSpan.FromDays(1))
            {
                Directory.SetLastWriteTimeUtc(path, now.UtcDateTime);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A folder that others may write and this user may not: only its age is not known.
        }
    }
}
