using System.Text.Json;
using Metaflow.Artifacts;
using Metaflow.Metadata;
using Metaflow.Platform;
using Metaflow.Storage;

namespace Metaflow.Cleanup;

/// <summary>The data that steps stored for their runs under names of their own (<c>ObjectFolder</c>, <c>metaflow.S3</c>), as far as they
/// are in the datastore.</summary>
/// <param name="datastore">The flow's datastore.</param>
/// <param name="folder">Their folder relative to the root of the datastore; <see langword="null"/> if the settings put it
/// elsewhere.</param>
/// <param name="all">The ids of all runs.</param>
/// <param name="removed">The ids of those that are to be removed.</param>
internal sealed class RunData(FlowDatastore datastore, string? folder, IReadOnlySet<string> all, IEnumerable<string> removed)
{
    private const int ReadAtOnce = 512;

    private static readonly string[] OriginFields = ["origin-run-id", InternalFields.CacheOriginRun];

    private readonly IBlobStore _blobs = datastore.Blobs;
    private readonly ObjectTree _tree = new(datastore.Blobs);
    private readonly Dictionary<string, IReadOnlySet<string>> _origins = new(StringComparer.Ordinal);
    private readonly HashSet<string> _remaining = [.. all.Except(removed)];
    private IReadOnlySet<string>? _needed;

    /// <summary>Gets the runs whose data stay, because another run may need them.</summary>
    public SortedSet<string> Kept { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets the objects of removed runs that stay, because no store accepts their paths.</summary>
    public SortedSet<string> Unreachable { get; } = new(StringComparer.Ordinal);

    /// <summary>Returns how many objects of a run can be removed, and how long they are.</summary>
    /// <param name="runId">The run's id.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The number and the bytes.</returns>
    public async ValueTask<(int Count, long Bytes)> SizeAsync(string runId, CancellationToken cancellationToken)
    {
        var objects = IsOurs(runId) ? await _tree.NamedByUsersAsync(FolderOf(runId), cancellationToken).ConfigureAwait(false) : [];
        if (objects.Count > 0 && await IsNeededAsync(runId, cancellationToken).ConfigureAwait(false))
        {
            Kept.Add(runId);
            return (0, 0);
        }

        var reachable = Reachable(objects);
        var states = await _blobs.StateAsync(reachable, cancellationToken).ConfigureAwait(false);
        var count = reachable.Where((path, i) => states[i] is not null && !IsCompanion(path)).Count();
        return (count, states.Sum(static state => state?.Length ?? 0));
    }

    /// <summary>Deletes the data of a run, if no other run may need them.</summary>
    /// <param name="runId">The run's id.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Whether none of a removed run are left: not if another run may need them.</returns>
    /// <exception cref="Errors.StorageException">One cannot be removed (MF4001 and on).</exception>
    public async ValueTask<bool> DeleteAsync(string runId, CancellationToken cancellationToken)
    {
        if (_remaining.Contains(runId) || !IsOurs(runId) || !await HasAnyAsync(runId, cancellationToken).ConfigureAwait(false))
        {
            return true;
        }

        if (await IsNeededAsync(runId, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        if (_blobs is not LocalBlobStore)
        {
            var objects = await _tree.NamedByUsersAsync(FolderOf(runId), cancellationToken).ConfigureAwait(false);
            var reachable = Reachable(objects);
            await _blobs.DeleteAsync(reachable, cancellationToken).ConfigureAwait(false);
            return reachable.Length == objects.Count;
        }

        // With what is beside the objects there. Links inside go, and what they lead to stays.
        var path = Path.Combine(_blobs.Root, FolderOf(runId));
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Write(error, path);
        }

        return true;
    }

    /// <summary>Notes that a run stays after all.</summary>
    /// <param name="runId">The run's id.</param>
    public void Stays(string runId)
    {
        _remaining.Add(runId);
        _needed = null;
    }

    private async ValueTask<bool> HasAnyAsync(string runId, CancellationToken cancellationToken)
        => (await _blobs.ListAsync(FolderOf(runId), cancellationToken).ConfigureAwait(false)).Count > 0
            || (await _tree.NamedByUsersAsync(FolderOf(runId), cancellationToken).ConfigureAwait(false)).Count > 0;

    /// <summary>Returns the objects that can be removed, and notes the others.</summary>
    private string[] Reachable(IReadOnlyList<string> objects)
    {
        Unreachable.UnionWith(objects.Where(static path => !StorePaths.IsAddressable(path)));
        return [.. objects.Where(StorePaths.IsAddressable)];
    }

    /// <summary>Finds the runs whose data are still needed: a task that was cloned has artifacts that may name them.</summary>
    private async ValueTask<bool> IsNeededAsync(string runId, CancellationToken cancellationToken)
    {
        _needed ??= await FindNeededAsync(cancellationToken).ConfigureAwait(false);
        return _needed.Count == 0 || _needed.Contains(runId);
    }

    /// <returns>The ids; none if nobody can know, as a run between the two is gone.</returns>
    private async ValueTask<IReadOnlySet<string>> FindNeededAsync(CancellationToken cancellationToken)
    {
        // No run has the empty id.
        var needed = new HashSet<string>(_remaining, StringComparer.Ordinal) { "" };
        var next = new Queue<string>(_remaining);
        while (next.TryDequeue(out var runId))
        {
            foreach (var origin in await OriginsAsync(runId, cancellationToken).ConfigureAwait(false))
            {
                if (!all.Contains(origin))
                {
                    return new HashSet<string>();
                }

                if (needed.Add(origin))
                {
                    next.Enqueue(origin);
                }
            }
        }

        return needed;
    }

    private async ValueTask<IReadOnlySet<string>> OriginsAsync(string runId, CancellationToken cancellationToken)
    {
        if (_origins.TryGetValue(runId, out var known))
        {
            return known;
        }

        var objects = await _tree.AllAsync($"{datastore.Flow}/{runId}", cancellationToken).ConfigureAwait(false);
        var records = objects.Where(static path => OriginFields.Any(
            field => path.Contains($"/{MetadataFiles.RecordFolder}/{MetadataFiles.DatumStart}{field}_", StringComparison.Ordinal)));
        var origins = new HashSet<string>(StringComparer.Ordinal);
        foreach (var batch in records.Chunk(ReadAtOnce))
        {
            foreach (var json in await _blobs.ReadAsync(batch, cancellationToken).ConfigureAwait(false))
            {
                if (json is not null && OriginIn(json) is { } origin && origin != runId)
                {
                    origins.Add(origin);
                }
            }
        }

        _origins.Add(runId, origins);
        return origins;
    }

    private static string? OriginIn(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return MetadataRecordJson.ReadDatum(document.RootElement).Text is var text && text is "" or "None" ? null : text;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            // A record that names nobody knows which run: no run has this id.
            return "?";
        }
    }

    /// <summary>Returns whether an object is a part of another one: a folder has the type and the texts of an object in a file beside
    /// it.</summary>
    private bool IsCompanion(string path)
        => _blobs is not IBlobPropertyStore && BlobProperties.IsCompanion(ObjectTree.NameOf(path));

    private string FolderOf(string runId) => $"{folder}/{datastore.Flow}/{runId}";

    /// <summary>Returns whether there is a folder that this store may remove: a link leads elsewhere.</summary>
    private bool IsOurs(string runId)
    {
        if (folder is null || _blobs is not LocalBlobStore)
        {
            return folder is not null;
        }

        var path = _blobs.Root;
        return FolderOf(runId).Split('/').All(name => !StoredFiles.IsLink(path = Path.Combine(path, name)));
    }
}
