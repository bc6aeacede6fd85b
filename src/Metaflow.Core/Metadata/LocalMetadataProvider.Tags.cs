using Metaflow.Errors;
using Metaflow.Platform;

namespace Metaflow.Metadata;

internal sealed partial class LocalMetadataProvider
{
    // Python Metaflow takes no file of this folder for a record but those it knows by name.
    private const string TagLock = "tags.lock";
    private static readonly TimeSpan TagPatience = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    /// <exception cref="MetadataException">The run does not exist (MF5004), a tag breaks a rule (MF5006, MF5007, MF5008), or another
    /// process keeps the tags locked (MF5009).</exception>
    public async ValueTask<RunRecord> ChangeTagsAsync(
        string flow, string runId, IReadOnlyCollection<string> add, IReadOnlyCollection<string> remove, CancellationToken cancellationToken)
    {
        var folder = _folders.FolderOf(flow, runId);
        if (Find(flow, runId) is null)
        {
            throw MetadataErrors.NoRun(flow, runId, Location);
        }

        using var held = await LockTagsAsync(folder, cancellationToken).ConfigureAwait(false);
        var run = Find(flow, runId) ?? throw MetadataErrors.NoRun(flow, runId, Location);
        var changed = RunTags.Change(run, add, remove);
        if (changed != run)
        {
            await SaveAsync(
                [new PendingFile(MetadataFolders.SelfOf(folder), MetadataRecordJson.Run(changed))],
                cancellationToken).ConfigureAwait(false);
        }

        return changed;
    }

    private async ValueTask<IDisposable> LockTagsAsync(string folder, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, MetadataFiles.RecordFolder, TagLock);
        try
        {
            return await FolderLock.AcquireAsync(path, TagPatience, _time, cancellationToken).ConfigureAwait(false)
                ?? throw new MetadataException(
                    ErrorCodes.TagsLocked,
                    "The tags of the run could not be changed.",
                    $"Another process has held '{path}' for {TagPatience.TotalSeconds} seconds.",
                    "Try again. If the error persists, find the process that holds the file, and end it.")
                { IsTransient = true };
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw MetadataErrors.Write(error, path);
        }
    }
}
