using Metaflow.Environments.Packages;

namespace Metaflow.Environments.Creation;

/// <summary>The folders of this machine with the files with which the runtime starts programs in environments: one for each build of a
/// program and each environment.</summary>
/// <param name="folder">The absolute path of all of them.</param>
/// <param name="time">The clock.</param>
internal sealed class ProgramFolders(string folder, TimeProvider time)
{
    private const string Unfinished = ".unfinished";

    /// <summary>Returns the folder of a program in an environment.</summary>
    /// <param name="key">The key of both.</param>
    /// <returns>The absolute path.</returns>
    public string PathOf(string key) => Path.Combine(folder, key);

    /// <summary>Notes that a program is started, once a day at most: what nobody starts can be removed.</summary>
    /// <param name="path">The folder.</param>
    public void NoteUse(string path) => FolderUse.Note(path, time.GetUtcNow());

    /// <summary>Lists the folders of programs that nobody has started for a time.</summary>
    /// <param name="limit">The time of the last start, to the day.</param>
    /// <returns>The folders.</returns>
    public IReadOnlyList<ProgramFolder> OlderThan(DateTimeOffset limit)
        => !Directory.Exists(folder) ? []
            : [
                .. new DirectoryInfo(folder).EnumerateDirectories()
                    .Where(program => program.Name == Unfinished || program.LastWriteTimeUtc < limit)
                    .Select(static program => new ProgramFolder(
                        program.FullName, program.EnumerateFiles("*", SearchOption.AllDirectories).Sum(static file => file.Length),
                        program.LastWriteTimeUtc)),
            ];

    /// <summary>Removes folders, unless they were used since they were listed. Nobody sees a part of one.</summary>
    /// <param name="programs">The folders.</param>
    /// <returns>Those that are gone.</returns>
    /// <exception cref="Errors.EnvironmentException">MF7025: the folder cannot be written.</exception>
    public IReadOnlyList<ProgramFolder> Remove(IReadOnlyList<ProgramFolder> programs)
    {
        try
        {
            return [.. programs.Where(Remove)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw PackageErrors.NotRemoved("The folder of a program", folder, error);
        }
    }

    private bool Remove(ProgramFolder program)
    {
        var work = Path.Combine(folder, Unfinished);
        if (program.Path != work)
        {
            if (!Directory.Exists(program.Path) || Directory.GetLastWriteTimeUtc(program.Path) > program.UsedAt)
            {
                return false;
            }

            Directory.CreateDirectory(work);
            Directory.Move(program.Path, Path.Combine(work, $"{Guid.NewGuid():N}"));
        }

        if (Directory.Exists(work))
        {
            Directory.Delete(work, recursive: true);
        }

        return true;
    }
}

/// <summary>A folder with the files with which a program starts in an environment.</summary>
/// <param name="Path">The absolute path.</param>
/// <param name="Length">The length of its files in bytes.</param>
/// <param name="UsedAt">When the program was started last, to the day.</param>
internal sealed record ProgramFolder(string Path, long Length, DateTimeOffset UsedAt);
