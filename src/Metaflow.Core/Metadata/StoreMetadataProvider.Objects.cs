using System.Globalization;
using System.Text.Json;
using Metaflow.Errors;
using Metaflow.Storage;

namespace Metaflow.Metadata;

internal sealed partial class StoreMetadataProvider
{
    private const string TagFolder = MetadataFiles.RecordFolder + "/tags";
    private const int MostTagChanges = 1000;

    /// <inheritdoc/>
    /// <remarks>Each change creates the next of some numbered records, so that of two at once one is made after the other: nothing is
    /// locked, and nothing replaced that counts. The record of the run is written again for those who read it alone.</remarks>
    /// <exception cref="MetadataException">The run does not exist (MF5004), a tag breaks a rule (MF5006, MF5007, MF5008), or others
    /// change the tags all the time (MF5009).</exception>
    public async ValueTask<RunRecord> ChangeTagsAsync(
        string flow, string runId, IReadOnlyCollection<string> add, IReadOnlyCollection<string> remove, CancellationToken cancellationToken)
    {
        var folder = $"{PathOf(flow, runId)}/{TagFolder}";
        for (var tries = 0; tries < MostTagChanges; tries++)
        {
            var found = await FindAsync(
                SelfOf(flow, runId), json => new StoredRun(json, flow, runId), cancellationToken).ConfigureAwait(false)
                ?? throw MetadataErrors.NoRun(flow, runId, Location);
            var last = found.HasTagsElsewhere ? await NumberedObjects.LastAsync(blobs, folder, cancellationToken).ConfigureAwait(false) : 0;
            var run = last == 0 ? found.Record : await ReadTagsAsync(found.Record, folder, last, cancellationToken).ConfigureAwait(false);
            var changed = RunTags.Change(run, add, remove);
            if (changed == run)
            {
                return run;
            }

            if (!found.HasTagsElsewhere)
            {
                // Before the first change: whoever reads the run's record must know where its tags are.
                await SaveRunAsync(run, cancellationToken).ConfigureAwait(false);
            }

            BlobWrite next = new(NumberedObjects.PathOf(folder, last + 1), MetadataRecordJson.Run(changed));
            if ((await blobs.SaveAsync([next], overwrite: false, cancellationToken).ConfigureAwait(false))[0])
            {
                await SaveRunAsync(changed, cancellationToken).ConfigureAwait(false);
                return changed;
            }
        }

        throw new MetadataException(
            ErrorCodes.TagsLocked,
            "The tags of the run could not be changed.",
            $"Other processes changed them {MostTagChanges} times in the meantime.",
            "Try again. If the error persists, find the processes that change the tags of the run.")
        { IsTransient = true };
    }

    private async ValueTask SaveRunAsync(RunRecord run, CancellationToken cancellationToken)
        => await blobs.SaveAsync(
            [new BlobWrite(SelfOf(run.Flow, run.RunId), MetadataRecordJson.Run(run, hasTagsElsewhere: true))], overwrite: true,
            cancellationToken).ConfigureAwait(false);

    /// <summary>Returns a run with the tags that it has now.</summary>
    private async ValueTask<RunRecord> WithTagsAsync(StoredRun run, CancellationToken cancellationToken)
    {
        if (!run.HasTagsElsewhere)
        {
            return run.Record;
        }

        var folder = $"{PathOf(run.Record.Flow, run.Record.RunId)}/{TagFolder}";
        var last = await NumberedObjects.LastAsync(blobs, folder, cancellationToken).ConfigureAwait(false);
        return last == 0 ? run.Record : await ReadTagsAsync(run.Record, folder, last, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<RunRecord> ReadTagsAsync(RunRecord run, string folder, int number, CancellationToken cancellationToken)
        => await FindAsync(
            NumberedObjects.PathOf(folder, number), json => MetadataRecordJson.ReadRun(json, run.Flow, run.RunId), cancellationToken)
            .ConfigureAwait(false) is { } tags ? run with { Tags = tags.Tags } : run;

    private async ValueTask<T?> FindAsync<T>(string path, Func<JsonElement, T> read, CancellationToken cancellationToken)
        where T : class
        => await blobs.ReadAsync(path, cancellationToken).ConfigureAwait(false) is { } json ? Parse(path, json, read) : null;

    private async ValueTask<IReadOnlyList<T>> ReadAsync<T>(
        List<string> paths, Func<JsonElement, T> read, CancellationToken cancellationToken)
        where T : class
    {
        var contents = await blobs.ReadAsync(paths, cancellationToken).ConfigureAwait(false);
        return [.. contents.Select((json, i) => json is null ? null : Parse(paths[i], json, read)).OfType<T>()];
    }

    // A folder that is not an object (yet) is left out.
    private async ValueTask<IReadOnlyList<T>> ChildrenAsync<T>(
        string folder, Func<JsonElement, string, T> read, CancellationToken cancellationToken,
        Func<string, MetadataException, T>? unreadable = null)
        where T : class
    {
        var entries = await blobs.ListAsync(folder, cancellationToken).ConfigureAwait(false);
        var names = entries.Where(static entry => entry.IsFolder && entry.Name != MetadataFiles.RecordFolder)
            .Select(static entry => entry.Name).ToList();
        var paths = names.ConvertAll(name => folder.Length == 0 ? $"{name}/{Self}" : $"{folder}/{name}/{Self}");
        var contents = await blobs.ReadAsync(paths, cancellationToken).ConfigureAwait(false);
        var children = new List<T>(names.Count);
        for (var i = 0; i < names.Count; i++)
        {
            if (contents[i] is not { } json)
            {
                continue;
            }

            try
            {
                children.Add(Parse(paths[i], json, element => read(element, names[i])));
            }
            catch (MetadataException error) when (unreadable is not null)
            {
                children.Add(unreadable(names[i], error));
            }
        }

        return children;
    }

    private async ValueTask<List<string>> NamesAsync(string folder, CancellationToken cancellationToken)
    {
        var entries = await blobs.ListAsync(folder, cancellationToken).ConfigureAwait(false);
        return
        [
            .. entries.Where(static entry => !entry.IsFolder && entry.Name.EndsWith(".json", StringComparison.Ordinal))
                .Select(static entry => entry.Name).Order(StringComparer.Ordinal),
        ];
    }

    private async ValueTask<int?> LastDoneAttemptAsync(string folder, List<string> names, CancellationToken cancellationToken)
    {
        var last = names.FindLast(MetadataFiles.IsDone);
        var datum = last is null
            ? null
            : await FindAsync($"{folder}/{last}", MetadataRecordJson.ReadDatum, cancellationToken).ConfigureAwait(false);
        return MetadataFiles.AttemptOf(datum);
    }

    private T Parse<T>(string path, byte[] json, Func<JsonElement, T> read)
        where T : class
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return read(document.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentOutOfRangeException)
        {
            throw MetadataErrors.Unreadable($"{Location}/{path}", error);
        }
    }

    /// <summary>The record of a run, and whether its tags are in records of their own.</summary>
    private sealed record StoredRun(RunRecord Record, bool HasTagsElsewhere)
    {
        public StoredRun(JsonElement json, string flow, string runId)
            : this(MetadataRecordJson.ReadRun(json, flow, runId), MetadataRecordJson.HasTagsElsewhere(json))
        {
        }
    }
}
