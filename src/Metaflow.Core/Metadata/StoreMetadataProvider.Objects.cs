using System.Globalization;
using System.Text.Json;
using Metaflow.Errors;
using Metaflow.Storage;

namespace Metaflow.Metadata;

public sealed partial class StoreMetadataProvider
{
    private const string TagLock = "tags.lock";
    private static readonly TimeSpan TagPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan TagPause = TimeSpan.FromMilliseconds(50);

    /// <inheritdoc/>
    /// <exception cref="MetadataException">The run does not exist (MF5004), a tag breaks a rule (MF5006, MF5007, MF5008), or another
    /// process keeps the tags locked (MF5009).</exception>
    public async ValueTask<RunRecord> ChangeTagsAsync(
        string flow, string runId, IReadOnlyCollection<string> add, IReadOnlyCollection<string> remove, CancellationToken cancellationToken)
    {
        if (await FindRunAsync(flow, runId, cancellationToken).ConfigureAwait(false) is null)
        {
            throw MetadataErrors.NoRun(flow, runId, Location);
        }

        var path = $"{PathOf(flow, runId)}/{MetadataFolders.RecordFolder}/{TagLock}";
        await LockTagsAsync(path, cancellationToken).ConfigureAwait(false);
        try
        {
            var run = await FindRunAsync(flow, runId, cancellationToken).ConfigureAwait(false) ?? throw MetadataErrors.NoRun(flow, runId, Location);
            var changed = RunTags.Change(run, add, remove);
            if (changed != run)
            {
                await blobs.SaveAsync([new BlobWrite(SelfOf(flow, runId), MetadataRecordJson.Run(changed))], overwrite: true, cancellationToken).ConfigureAwait(false);
            }

            return changed;
        }
        finally
        {
            await blobs.DeleteAsync([path], CancellationToken.None).ConfigureAwait(false);
        }
    }

    // Who creates the object may change the tags, which takes some requests. One that is as old as a whole wait was left by a process that is gone.
    private async ValueTask LockTagsAsync(string path, CancellationToken cancellationToken)
    {
        for (var start = time.GetTimestamp(); time.GetElapsedTime(start) < TagPatience;)
        {
            var mine = new BlobWrite(path, Guid.NewGuid().ToByteArray());
            if ((await blobs.SaveAsync([mine], overwrite: false, cancellationToken).ConfigureAwait(false))[0])
            {
                return;
            }

            await Task.Delay(TagPause, time, cancellationToken).ConfigureAwait(false);
            if ((await blobs.StateAsync([path], cancellationToken).ConfigureAwait(false))[0] is { } held && time.GetUtcNow() - held.ChangedAt > TagPatience)
            {
                await blobs.DeleteAsync([path], cancellationToken).ConfigureAwait(false);
            }
        }

        throw new MetadataException(
            ErrorCodes.TagsLocked,
            "The tags of the run could not be changed.",
            $"Other processes have held '{Location}/{path}' for {TagPatience.TotalSeconds} seconds.",
            "Try again; if it persists, find the processes that change the tags of the run.")
        { IsTransient = true };
    }

    private async ValueTask<T?> FindAsync<T>(string path, Func<JsonElement, T> read, CancellationToken cancellationToken)
        where T : class
        => await blobs.ReadAsync(path, cancellationToken).ConfigureAwait(false) is { } json ? Parse(path, json, read) : null;

    private async ValueTask<IReadOnlyList<T>> ReadAsync<T>(List<string> paths, Func<JsonElement, T> read, CancellationToken cancellationToken)
        where T : class
    {
        var contents = await blobs.ReadAsync(paths, cancellationToken).ConfigureAwait(false);
        return [.. contents.Select((json, i) => json is null ? null : Parse(paths[i], json, read)).OfType<T>()];
    }

    // A folder that is not an object (yet) is left out.
    private async ValueTask<IReadOnlyList<T>> ChildrenAsync<T>(
        string folder, Func<JsonElement, string, T> read, CancellationToken cancellationToken, Func<string, MetadataException, T>? unreadable = null)
        where T : class
    {
        var entries = await blobs.ListAsync(folder, cancellationToken).ConfigureAwait(false);
        var names = entries.Where(static entry => entry.IsFolder && entry.Name != MetadataFolders.RecordFolder).Select(static entry => entry.Name).ToList();
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
        return [.. entries.Where(static entry => !entry.IsFolder && entry.Name.EndsWith(".json", StringComparison.Ordinal)).Select(static entry => entry.Name).Order(StringComparer.Ordinal)];
    }

    private async ValueTask<int?> LastDoneAttemptAsync(string folder, List<string> names, CancellationToken cancellationToken)
    {
        var last = names.FindLast(static name => name.StartsWith($"{MetadataFolders.DatumStart}{DoneField}_", StringComparison.Ordinal));
        var datum = last is null ? null : await FindAsync($"{folder}/{last}", MetadataRecordJson.ReadDatum, cancellationToken).ConfigureAwait(false);
        return datum is not null && int.TryParse(datum.Text, CultureInfo.InvariantCulture, out var attempt) ? attempt : null;
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
}
