namespace Metaflow.Environments.Packages;

/// <summary>Folders of this machine that can be made again, such as those with the files with which programs start: those that nobody uses
/// any more can be removed.</summary>
/// <param name="folder">The absolute path of all of them.</param>
/// <param name="time">The clock.</param>
internal sealed class UsedFolders(string folder, TimeProvider time)
{
    private const string Unfinished = ".unfinished";

    // The files that the folder of a link has are somebody else's.
    private static readonly EnumerationOptions OwnFiles = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
    };

    /// <summary>Gets the absolute path of all folders.</summary>
    public string Root => folder;

    /// <summary>Returns one of the folders.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The absolute path.</returns>
    public string PathOf(string name) => Path.Combine(folder, name);

    /// <summary>Notes that a folder is used, once a day at most.</summary>
    /// <param name="path">The folder.</param>
    public void NoteUse(string path) => FolderUse.Note(path, time.GetUtcNow());

    /// <summary>Lists the folders that nobody has used for a time, and what killed processes left of removed ones.</summary>
    /// <param name="limit">The time of the last use, to the day.</param>
    /// <returns>The folders.</returns>
    public IReadOnlyList<UsedFolder> OlderThan(DateTimeOffset limit)
        => !Directory.Exists(folder) ? []
            : [
                .. new DirectoryInfo(folder).EnumerateDirectories()
                    .Where(used => used.Name == Unfinished || used.LastWriteTimeUtc < limit)
                    .Select(static used => new UsedFolder(used.FullName, LengthOf(used), used.LastWriteTimeUtc)),
            ];

    /// <summary>Removes folders, unless they were used since they were listed. Nobody sees a part of one.</summary>
    /// <param name="folders">The folders.</param>
    /// <returns>Those that are gone.</returns>
    /// <exception cref="Errors.EnvironmentException">MF7025: the folder cannot be written.</exception>
    public IReadOnlyList<UsedFolder> Remove(IReadOnlyList<UsedFolder> folders)
    {
        try
        {
            return [.. folders.Where(Remove)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw PackageErrors.NotRemoved("A folder that nobody uses", folder, error);
        }
    }

    /// <summary>Returns the length of the files of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The length in bytes. Files that links lead to do not count.</returns>
    public static long LengthOf(DirectoryInfo folder)
        => folder.EnumerateFiles("*", OwnFiles).Sum(static file => file.Length);

    private bool Remove(UsedFolder used)
    {
        var work = Path.Combine(folder, Unfinished);
        if (used.Path != work)
        {
            if (!Directory.Exists(used.Path) || Directory.GetLastWriteTimeUtc(used.Path) > used.UsedAt)
            {
                return false;
            }

            Directory.CreateDirectory(work);
            Directory.Move(used.Path, Path.Combine(work, $"{Guid.NewGuid():N}"));
        }

        if (Directory.Exists(work))
        {
            Directory.Delete(work, recursive: true);
        }

        return true;
    }
}

/// <summary>A folder that can be made again.</summary>
/// <param name="Path">The absolute path.</param>
/// <param name="Length">The length of its files in bytes.</param>
/// <param name="UsedAt">When it was used last, to the day.</param>
internal sealed record UsedFolder(string Path, long Length, DateTimeOffset UsedAt);
