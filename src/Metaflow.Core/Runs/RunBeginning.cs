using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Platform;
using Metaflow.Storage;

namespace Metaflow.Runs;

/// <summary>Recognises what is left of a run whose scheduler was killed before it had recorded what the run was asked for: an id, and
/// little more.</summary>
internal static class RunBeginning
{
    /// <summary>The tag that distinguishes a C# run from a Python run, which has no journal either.</summary>
    private const string TagOfOurs = "dotnet_version:";

    /// <summary>The note of a process that leads a resume of several: it has to be started again, as its run is known to it
    /// alone.</summary>
    private const string LeaderFile = "_resume_leader";

    /// <summary>Returns true if a run is the beginning of one: no task of it can have run.</summary>
    /// <param name="blobs">The datastore.</param>
    /// <param name="home">Where the run is kept.</param>
    /// <param name="run">The run's record, or one that has only its flow and its id.</param>
    /// <param name="isRegistered">Whether there is such a record.</param>
    /// <returns>Whether it can begin again without losing anything; <see langword="false"/> when it has a journal, when there is nothing
    /// of it, and for runs of Python Metaflow and of early versions.</returns>
    /// <exception cref="Errors.StorageException">The datastore cannot be read (MF4004, MF4007).</exception>
    public static async ValueTask<bool> IsLeftByAsync(IBlobStore blobs, IRunHome home, RunRecord run, bool isRegistered)
    {
        ArgumentNullException.ThrowIfNull(blobs);
        ArgumentNullException.ThrowIfNull(home);
        ArgumentNullException.ThrowIfNull(run);
        if ((isRegistered && !run.SystemTags.Any(static tag => tag.StartsWith(TagOfOurs, StringComparison.Ordinal)))
            || await home.HasJournalAsync(run.Flow, run.RunId, default).ConfigureAwait(false))
        {
            return false;
        }

        var folder = $"{run.Flow}/{run.RunId}";
        var signs = await home.SignsAsync(run.Flow, run.RunId, default).ConfigureAwait(false);
        var others = await blobs.ListAsync(folder, default).ConfigureAwait(false);
        return others switch
        {
            [] => isRegistered || signs.IsThere,

            // An early version stored the parameters before its journal, and held the run before both.
            [{ Name: TaskPath.ParametersStep }] => isRegistered && signs.LastSeen is not null
                && await blobs.SizeAsync($"{folder}/{TaskPath.ParametersStep}/0/{LeaderFile}", default).ConfigureAwait(false) is null,
            _ => false,
        };
    }

    /// <summary>Lists the folders that runs claimed, and that their schedulers did not live to make a record in.</summary>
    /// <param name="flowFolder">The absolute path of the flow's folder.</param>
    /// <returns>The ids, the newest first. A folder with anything in it that no beginning has is left out, and so is a link.</returns>
    /// <exception cref="Errors.StorageException">The folder cannot be read (MF4004, MF4007).</exception>
    internal static IReadOnlyList<string> Claimed(string flowFolder)
    {
        try
        {
            return [.. Directory.GetDirectories(flowFolder).Where(IsClaim).Select(static path => Path.GetFileName(path))
                .OrderByDescending(static id => id.Length).ThenByDescending(static id => id, StringComparer.Ordinal)];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Read(error, flowFolder);
        }
    }

    // The ids that runs claim are numbers.
    private static bool IsClaim(string path)
    {
        var folder = new RunFolder(Path.Combine(path, MetadataFiles.RecordFolder));
        return Path.GetFileName(path).All(char.IsAsciiDigit)
            && new DirectoryInfo(path).LinkTarget is null
            && Names(path).All(static name => name == MetadataFiles.RecordFolder)
            && new DirectoryInfo(folder.Path).LinkTarget is null
            && (!Directory.Exists(folder.Path) || Directory.EnumerateFileSystemEntries(folder.Path)
                .All(entry => entry == folder.Lock || DurableFileGroup.IsTemporary(Path.GetFileName(entry))));
    }

    private static IEnumerable<string> Names(string folder)
        => Directory.EnumerateFileSystemEntries(folder).Select(static path => Path.GetFileName(path))
            .Where(static name => !DurableFileGroup.IsTemporary(name));
}
