using Metaflow.Artifacts;
using Metaflow.Cleanup;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Serialization;
using Metaflow.Storage;

namespace Metaflow.Verification;

/// <summary>Checks the blobs and included files of a flow: those that runs refer to, and those that nothing refers to.</summary>
/// <param name="datastore">The flow's datastore.</param>
/// <param name="request">What to check.</param>
/// <param name="cutoff">Leftovers that changed later stay untold.</param>
/// <param name="faults">Receives the faults.</param>
internal sealed class BlobCheck(FlowDatastore datastore, VerificationRequest request, DateTimeOffset cutoff, FaultList faults)
{
    /// <summary>The folder of the blobs that repairs moved away.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <returns>The path relative to the root.</returns>
    public static string QuarantineOf(string flow) => $"{flow}/{MetadataFiles.RecordFolder}/damaged";

    private const int ReadAtOnce = 4;

    // gzip makes nothing smaller than this part of it, and its frame has so many bytes.
    private const long MostCompressed = 1032;
    private const int GzipFrame = 18;

    private readonly ObjectTree _tree = new(datastore.Blobs);

    /// <summary>Checks all blobs and included files.</summary>
    /// <param name="references">What the runs refer to.</param>
    /// <param name="counts">Receives how many there are.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when all are checked.</returns>
    public async ValueTask CheckAsync(BlobReferences references, VerifiedCounts counts, CancellationToken cancellationToken)
    {
        var stored = await StoredAsync(cancellationToken).ConfigureAwait(false);
        counts.Blobs += stored.Count;
        counts.BlobBytes += stored.Values.Sum(static state => state.Length);
        counts.Quarantined += (await datastore.Blobs.ListAsync(QuarantineOf(datastore.Flow), cancellationToken).ConfigureAwait(false))
            .Count(static entry => StoredFiles.IsKey(entry.Name, ""));
        await CheckReferencesAsync(references, stored, cancellationToken).ConfigureAwait(false);
        if (request.ReadsContent)
        {
            counts.ReadBlobs += await ReadAsync(references, stored, cancellationToken).ConfigureAwait(false);
        }

        var files = await IncludedAsync(references, cancellationToken).ConfigureAwait(false);
        await CheckFilesAsync(files, counts, cancellationToken).ConfigureAwait(false);
        foreach (var (key, state) in stored.Where(blob => !references.ByKey.ContainsKey(blob.Key) && blob.Value.ChangedAt < cutoff))
        {
            faults.AddLeftover(
                datastore.Content.PathOf(key), $"No run refers to this blob of {AmountText.Count(state.Length, "byte")}.",
                DatastoreRepair.None);
        }
    }

    private async ValueTask<Dictionary<string, BlobState>> StoredAsync(CancellationToken cancellationToken)
    {
        var shards = (await _tree.FoldersAsync([$"{datastore.Flow}/{BlobMarks.DataFolder}"], cancellationToken).ConfigureAwait(false))
            .Where(static path => StoredFiles.IsShard(ObjectTree.NameOf(path))).ToList();
        var objects = await _tree.ObjectsAsync(shards, cancellationToken).ConfigureAwait(false);
        var paths = objects.Where(static path => path.Split('/') is [.., var shard, var key] && StoredFiles.IsKey(key, shard)).ToList();
        var states = await datastore.Blobs.StateAsync(paths, cancellationToken).ConfigureAwait(false);
        await CheckCompanionsAsync([.. objects.Except(paths)], cancellationToken).ConfigureAwait(false);
        return paths.Zip(states).Where(static blob => blob.Second is not null)
            .ToDictionary(static blob => ObjectTree.NameOf(blob.First), static blob => blob.Second!, StringComparer.Ordinal);
    }

    /// <summary>Finds companions whose blob is not there: a process was killed between the two.</summary>
    private async ValueTask CheckCompanionsAsync(IReadOnlyList<string> others, CancellationToken cancellationToken)
    {
        var companions = others.Where(static path => path.EndsWith(BlobPackingFile.Suffix, StringComparison.Ordinal)
            && StoredFiles.IsKey(ObjectTree.NameOf(path)[..^BlobPackingFile.Suffix.Length], "")).ToList();
        var blobs = await datastore.Blobs.StateAsync(
            [.. companions.Select(static path => path[..^BlobPackingFile.Suffix.Length])], cancellationToken).ConfigureAwait(false);
        var states = await datastore.Blobs.StateAsync(companions, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < companions.Count; i++)
        {
            if (blobs[i] is not null)
            {
                faults.AddUnreadable(ErrorCodes.BlobCorrupt, companions[i], "it does not say how its blob is packed");
            }
            else if (states[i] is { } state && state.ChangedAt < cutoff)
            {
                faults.AddLeftover(companions[i], "It says how a blob is packed that is not there.", DatastoreRepair.Delete);
            }
        }
    }

    private async ValueTask CheckReferencesAsync(
        BlobReferences references, Dictionary<string, BlobState> stored, CancellationToken cancellationToken)
    {
        // What was stored since the listing is looked for again.
        var missing = references.ByKey.Keys.Where(key => !stored.ContainsKey(key)).ToList();
        var states = await datastore.Blobs.StateAsync(
            missing.ConvertAll(datastore.Content.PathOf), cancellationToken).ConfigureAwait(false);
        foreach (var (key, _) in missing.Zip(states).Where(static blob => blob.Second is null))
        {
            var path = datastore.Content.PathOf(key);
            faults.Add(new DatastoreFault(
                ErrorCodes.BlobMissing, path, $"The blob is missing. {references.ByKey[key].Who} refers to it.",
                "Restore it from a copy of the datastore, or run the flow again: 'resume' makes the value anew.")
            { Key = key });
        }

        foreach (var (key, reference) in references.ByKey)
        {
            if (stored.TryGetValue(key, out var state) && !CanHold(state.Length, reference))
            {
                AddDamaged(
                    key, reference,
                    $"The blob has {AmountText.Count(state.Length, "byte")}, which cannot be a value of "
                        + $"{AmountText.Count(reference.Artifact.Size, "byte")}.");
            }
        }
    }

    private static bool CanHold(long length, BlobReference reference)
        => length > 0 && (reference.MayBeFile || reference.Artifact.Size <= 0 || length == reference.Artifact.Size
            || (length >= GzipFrame && reference.Artifact.Size <= length * MostCompressed));

    private async ValueTask<int> ReadAsync(
        BlobReferences references, Dictionary<string, BlobState> stored, CancellationToken cancellationToken)
    {
        var known = faults.Faults.Select(static fault => fault.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var batch in stored.Keys.Where(key => !known.Contains(key)).Chunk(ReadAtOnce))
        {
            var found = await Task.WhenAll(batch.Select(key => DamageAsync(key, cancellationToken))).ConfigureAwait(false);
            foreach (var (key, (error, length)) in batch.Zip(found))
            {
                var reference = references.ByKey.GetValueOrDefault(key);
                if (error is { Code: ErrorCodes.BlobCorrupt })
                {
                    AddDamaged(key, reference, "The content of the blob does not have the SHA-1 of its name.");
                }
                else if (error is not null)
                {
                    faults.Add(datastore.Content.PathOf(key), error);
                }
                else if (reference is { MayBeFile: false, Artifact.Size: > 0 } && reference.Artifact.Size != length)
                {
                    faults.AddContradiction(
                        datastore.Content.PathOf(key),
                        $"The value has {AmountText.Count(length, "byte")}, but {reference.Who} has "
                            + $"{AmountText.Count(reference.Artifact.Size, "byte")}.");
                }
            }
        }

        return stored.Count;
    }

    private async Task<(StorageException? Error, long Length)> DamageAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            return (null, await datastore.Content.CheckAsync(key, cancellationToken).ConfigureAwait(false));
        }
        catch (StorageException error)
        {
            return (error, 0);
        }
    }

    private void AddDamaged(string key, BlobReference? reference, string what)
        => faults.Add(new DatastoreFault(
            ErrorCodes.BlobCorrupt, datastore.Content.PathOf(key),
            reference is null ? $"{what} No run refers to it." : $"{what} {reference.Who} refers to it.",
            $"--repair moves it to '{QuarantineOf(datastore.Flow)}', so that a task that stores the value writes it again.")
        {
            Key = key,
            Repair = DatastoreRepair.Quarantine,
            IsReferredTo = reference is not null,
        });

    /// <summary>Reads which files are included. What cannot be read is among the faults already.</summary>
    private async ValueTask<Dictionary<string, IncludedFile>> IncludedAsync(
        BlobReferences references, CancellationToken cancellationToken)
    {
        var files = new Dictionary<string, IncludedFile>(StringComparer.Ordinal);
        foreach (var reference in references.ByKey.Values.Where(static reference => reference.MayBeFile))
        {
            try
            {
                var payload = await datastore.Content.LoadAsync(reference.Artifact.Key, cancellationToken).ConfigureAwait(false);
                if (IncludedContent.Descriptor(ArtifactSerializer.DeserializePlain(payload, reference.Artifact.Encoding))
                    is { SubType: not IncludedContent.ExternalFile } file)
                {
                    files.TryAdd(ObjectTree.NameOf(file.Url), file);
                }
            }
            catch (MetaflowException error)
            {
                var path = datastore.Content.PathOf(reference.Artifact.Key);
                if (faults.Faults.All(fault => fault.Path != path))
                {
                    faults.Add(path, error);
                }
            }
        }

        return files;
    }

    private async ValueTask CheckFilesAsync(
        Dictionary<string, IncludedFile> files, VerifiedCounts counts, CancellationToken cancellationToken)
    {
        var folder = $"{BlobMarks.DataFolder}/{datastore.Flow}";
        var paths = (await _tree.ObjectsAsync([folder], cancellationToken).ConfigureAwait(false))
            .Where(static path => StoredFiles.IsKey(ObjectTree.NameOf(path), "")).ToList();
        var states = await datastore.Blobs.StateAsync(paths, cancellationToken).ConfigureAwait(false);
        counts.Blobs += paths.Count;
        counts.BlobBytes += states.Sum(static state => state?.Length ?? 0);
        var there = paths.ConvertAll(ObjectTree.NameOf).ToHashSet(StringComparer.Ordinal);
        foreach (var (key, file) in files.Where(file => request.ReadsContent || !there.Contains(file.Key)))
        {
            try
            {
                await datastore.LoadFileAsync(file.Url, cancellationToken).ConfigureAwait(false);
                counts.ReadBlobs++;
            }
            catch (StorageException error)
            {
                faults.Add($"{folder}/{key}", error);
            }
        }

        foreach (var (path, state) in paths.Zip(states).Where(file => !files.ContainsKey(ObjectTree.NameOf(file.First))
            && file.Second is { } state && state.ChangedAt < cutoff))
        {
            faults.AddLeftover(
                path, $"No run refers to this included file of {AmountText.Count(state!.Length, "byte")}.", DatastoreRepair.None);
        }
    }
}
