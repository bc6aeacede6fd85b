using System.Text.Json;
using Metaflow.Artifacts;
using Metaflow.Metadata;
using Metaflow.Storage;

namespace Metaflow.Cleanup;

/// <summary>Marks what the runs of a flow refer to whose datastore is not a folder.</summary>
/// <param name="datastore">The flow's datastore.</param>
internal sealed class ObjectMarks(FlowDatastore datastore)
{
    private const int StepsAtOnce = 16;

    private readonly ObjectTree _tree = new(datastore.Blobs);
    private readonly BlobMarks _marks = new(datastore);

    /// <summary>Marks what all attempts of all tasks refer to, complete or not.</summary>
    /// <param name="exceptRuns">The ids of runs that do not count.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The blobs and included files.</returns>
    /// <exception cref="Errors.StorageException">A list of artifacts is unreadable (MF4009), or an object cannot be read (MF4004,
    /// MF4007).</exception>
    public async ValueTask<BlobMarks> MarkAsync(IReadOnlySet<string> exceptRuns, CancellationToken cancellationToken)
    {
        var runs = (await _tree.FoldersAsync([datastore.Flow], cancellationToken).ConfigureAwait(false))
            .Where(path => ObjectTree.NameOf(path) is var name && name != BlobMarks.DataFolder && !exceptRuns.Contains(name)).ToList();
        foreach (var steps in (await _tree.FoldersAsync(runs, cancellationToken).ConfigureAwait(false)).Chunk(StepsAtOnce))
        {
            var tasks = await _tree.FoldersAsync(steps, cancellationToken).ConfigureAwait(false);
            await MarkListsAsync(tasks, cancellationToken).ConfigureAwait(false);
            await MarkPackagesAsync(tasks, cancellationToken).ConfigureAwait(false);
        }

        return _marks;
    }

    private async ValueTask MarkListsAsync(IReadOnlyList<string> tasks, CancellationToken cancellationToken)
    {
        var objects = (await _tree.ObjectsAsync(tasks, cancellationToken).ConfigureAwait(false)).ToHashSet(StringComparer.Ordinal);
        var lists = objects.Where(static path => path.EndsWith(BlobMarks.DataEnd, StringComparison.Ordinal)).ToList();
        foreach (var done in objects.Where(static path => path.EndsWith(BlobMarks.DoneEnd, StringComparison.Ordinal)))
        {
            if (done[..^BlobMarks.DoneEnd.Length] + BlobMarks.DataEnd is var path && !objects.Contains(path))
            {
                throw Unreadable(path, new JsonException("the object is missing although the attempt is complete"));
            }
        }

        var contents = await datastore.Blobs.ReadAsync(lists, cancellationToken).ConfigureAwait(false);
        foreach (var (path, content) in lists.Zip(contents))
        {
            // Of a run that was removed since the listing: what it refers to is looked at by the next collection.
            if (content is null)
            {
                continue;
            }

            try
            {
                await _marks.AddAsync(
                    DataFile.FromJson(content), path.Split('/')[2],
                    objects.Contains(path[..^BlobMarks.DataEnd.Length] + BlobMarks.DoneEnd), cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
            {
                throw Unreadable(path, error);
            }
        }
    }

    private async ValueTask MarkPackagesAsync(IReadOnlyList<string> tasks, CancellationToken cancellationToken)
    {
        // The parameters' task and a run's first one have such records.
        var records = await _tree.ObjectsAsync(
            [.. tasks.Select(static task => $"{task}/{MetadataFiles.RecordFolder}")], cancellationToken).ConfigureAwait(false);
        var packages = records.Where(
            static path => ObjectTree.NameOf(path).StartsWith(BlobMarks.CodePackage, StringComparison.Ordinal)).ToList();
        foreach (var (path, content) in packages.Zip(
            await datastore.Blobs.ReadAsync(packages, cancellationToken).ConfigureAwait(false)))
        {
            try
            {
                _marks.AddPackage(content ?? throw new JsonException("the record is gone"));
            }
            catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
            {
                throw Unreadable(path, error);
            }
        }
    }

    private Errors.StorageException Unreadable(string path, Exception error)
        => StorageErrors.Unreadable($"{datastore.Blobs.Root}/{path}", error);
}
