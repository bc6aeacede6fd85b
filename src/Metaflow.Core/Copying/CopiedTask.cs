using System.Globalization;
using System.Text.Json;
using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Serialization;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Copying;

/// <summary>A task as it is in the source: its objects, and what they refer to.</summary>
/// <param name="Path">The task.</param>
/// <param name="Objects">Its objects, without the marks of complete attempts.</param>
/// <param name="Marks">The marks of complete attempts.</param>
/// <param name="Keyed">The blobs and included files that it refers to.</param>
/// <param name="Known">What the metadata provider knows of it.</param>
internal sealed record CopiedTask(
    TaskPath Path, IReadOnlyList<PlainObject> Objects, IReadOnlyList<PlainObject> Marks, IReadOnlyList<KeyedObject> Keyed,
    KnownTask Known);

/// <summary>Reads the tasks of a run that is copied.</summary>
/// <param name="source">The source.</param>
/// <param name="datastore">The flow's datastore in the source.</param>
/// <param name="plain">Finds objects.</param>
/// <param name="tally">Notes what is missing or damaged.</param>
internal sealed class CopiedTaskReader(RunStores source, FlowDatastore datastore, PlainTransfer plain, CopyTally tally)
{
    private const string DoneEnd = "." + AttemptFiles.Done;
    private const string DataEnd = "." + AttemptFiles.Data;

    // Of Python Metaflow: a task on another machine leaves its local records as a blob.
    private const string RecordsEnd = ".local_metadata";

    /// <summary>Reads a task.</summary>
    /// <param name="task">The task.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The task.</returns>
    /// <exception cref="MetaflowException">A store failed.</exception>
    public async Task<CopiedTask> ReadAsync(TaskPath task, CancellationToken cancellationToken)
    {
        var entries = await source.Blobs.ListAsync(task.ToString(), cancellationToken).ConfigureAwait(false);
        var objects = await plain.FindAsync(
            [.. entries.Where(static entry => !entry.IsFolder).Select(entry => $"{task}/{entry.Name}")],
            cancellationToken).ConfigureAwait(false);
        var known = await KnownAsync(task, objects, cancellationToken).ConfigureAwait(false);
        var keyed = new Dictionary<string, KeyedObject>(StringComparer.Ordinal);
        foreach (var key in known.Artifacts.Select(static artifact => artifact.Artifact.Key)
            .Concat(known.Data.Select(CopiedPlace.PackageOf).OfType<string>()))
        {
            AddBlob(keyed, key, $"{task}/{MetadataFiles.RecordFolder}");
        }

        foreach (var item in objects)
        {
            await AddAsync(keyed, task, item.Path, cancellationToken).ConfigureAwait(false);
        }

        RequireLists(objects);
        return new CopiedTask(
            task, [.. objects.Where(static item => !IsMark(item))], [.. objects.Where(IsMark)], [.. keyed.Values], known);
    }

    private static bool IsMark(PlainObject item) => item.Path.EndsWith(DoneEnd, StringComparison.Ordinal);

    private void AddBlob(Dictionary<string, KeyedObject> keyed, string key, string record)
    {
        if (!BlobContent.IsKey(key))
        {
            tally.AddProblem(record, StorageErrors.NoKey(key, $"{source.Blobs.Root}/{record}"));
            return;
        }

        var path = datastore.Content.PathOf(key);
        keyed.TryAdd(path, new KeyedObject(path, key, IsBlob: true));
    }

    private async Task<KnownTask> KnownAsync(TaskPath task, IReadOnlyList<PlainObject> objects, CancellationToken cancellationToken)
    {
        var data = await source.Metadata.ListMetadataAsync(task, cancellationToken).ConfigureAwait(false);
        var attempts = objects.Select(static item => NumberOf(item.Path)).Concat(data.Select(static datum => datum.Field == "attempt"
            && int.TryParse(datum.Text, CultureInfo.InvariantCulture, out var number) ? number : -1))
            .Append(0).Where(static attempt => attempt is >= 0 and < AttemptFiles.MaxAttempts).Distinct();
        var artifacts = new List<RegisteredArtifact>();
        foreach (var attempt in attempts)
        {
            artifacts.AddRange(
                await source.Metadata.ListArtifactsAsync(task, attempt, cancellationToken).ConfigureAwait(false));
        }

        return new KnownTask(data, artifacts);
    }

    private static int NumberOf(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        return name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot
            && int.TryParse(name.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
    }

    private async Task AddAsync(Dictionary<string, KeyedObject> keyed, TaskPath task, string path, CancellationToken cancellationToken)
    {
        var isList = path.EndsWith(DataEnd, StringComparison.Ordinal);
        if (!isList && !path.EndsWith(RecordsEnd, StringComparison.Ordinal))
        {
            return;
        }

        try
        {
            if (await source.Blobs.ReadAsync(path, cancellationToken).ConfigureAwait(false) is not { } json)
            {
                return;
            }

            if (!isList)
            {
                using var document = JsonDocument.Parse(json);
                AddBlob(keyed, document.RootElement.GetString() ?? "", path);
                return;
            }

            foreach (var record in DataFile.FromJson(json).Values)
            {
                AddBlob(keyed, record.Key, path);
                await AddFileAsync(keyed, task, record, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            tally.AddProblem(path, StorageErrors.Unreadable($"{source.Blobs.Root}/{path}", error));
        }
        catch (StorageException error) when (SourceFaults.IsOfOneObject(error, source.Blobs))
        {
            tally.AddProblem(path, error);
        }
    }

    private async Task AddFileAsync(
        Dictionary<string, KeyedObject> keyed, TaskPath task, ArtifactRecord record, CancellationToken cancellationToken)
    {
        if (!(IncludedContent.Is(record) ?? task.Step == TaskPath.ParametersStep))
        {
            return;
        }

        byte[] payload;
        try
        {
            payload = await datastore.Content.LoadAsync(record.Key, cancellationToken).ConfigureAwait(false);
        }
        catch (StorageException error) when (SourceFaults.IsOfOneObject(error, source.Blobs))
        {
            // Copying the blob says so.
            return;
        }

        if (IncludedContent.Descriptor(ArtifactSerializer.DeserializePlain(payload, record.Encoding))
            is { SubType: not IncludedContent.ExternalFile } file)
        {
            var key = file.Url[(file.Url.LastIndexOf('/') + 1)..];
            var path = datastore.IncludedPath(key);
            keyed.TryAdd(path, new KeyedObject(path, key, IsBlob: false)
            {
                OpenElsewhereAsync = token => datastore.OpenElsewhereAsync(file.Url, token),
            });
        }
    }

    private void RequireLists(IReadOnlyList<PlainObject> objects)
    {
        var paths = objects.Select(static item => item.Path).ToHashSet(StringComparer.Ordinal);
        foreach (var mark in objects.Where(IsMark))
        {
            if (mark.Path[..^DoneEnd.Length] + DataEnd is var list && !paths.Contains(list))
            {
                tally.AddProblem(list, StorageErrors.Unreadable(
                    $"{source.Blobs.Root}/{list}", new JsonException("the object is missing although the attempt is complete")));
            }
        }
    }
}
