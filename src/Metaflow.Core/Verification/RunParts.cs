using System.Text;
using System.Text.Json;
using Metaflow.Copying;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Storage;

namespace Metaflow.Verification;

/// <summary>Which parts of a run a datastore has: records and data may be in different ones.</summary>
/// <param name="HasRecords">Whether it has records of the metadata provider.</param>
/// <param name="DataElsewhere">The datastore that has the data, as the records say; <see langword="null"/> if it is this one.</param>
/// <param name="IsUnfinishedCopy">Whether a copy of the run to here is not finished.</param>
internal sealed record RunParts(bool HasRecords, string? DataElsewhere, bool IsUnfinishedCopy)
{
    /// <summary>Gets a value indicating whether records and data must agree.</summary>
    public bool AreComparable => HasRecords && DataElsewhere is null && !IsUnfinishedCopy;

    /// <summary>Finds out which parts there are.</summary>
    /// <param name="blobs">The datastore.</param>
    /// <param name="flow">The flow's name.</param>
    /// <param name="runId">The run's id.</param>
    /// <param name="objects">All objects of the run.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The parts.</returns>
    public static async ValueTask<RunParts> OfAsync(
        IBlobStore blobs, string flow, string runId, IReadOnlyList<string> objects, CancellationToken cancellationToken)
    {
        var hasRecords = objects.Any(IsRecord);
        return new RunParts(
            hasRecords,
            hasRecords && !objects.Any(IsData)
                ? await DataElsewhereAsync(blobs, $"{flow}/{runId}", objects, cancellationToken).ConfigureAwait(false) : null,
            objects.Contains(CopyMark.PathOf(flow, runId)));
    }

    private static bool IsRecord(string path)
        => path.EndsWith($"/{MetadataFiles.RecordFolder}/{MetadataFiles.Self}", StringComparison.Ordinal)
            || path.Split('/') is [_, _, _, _, MetadataFiles.RecordFolder, _];

    private static bool IsData(string path)
        => path.Split('/') is [_, _, not MetadataFiles.RecordFolder, not MetadataFiles.RecordFolder, _];

    private static async ValueTask<string?> DataElsewhereAsync(
        IBlobStore blobs, string run, IReadOnlyList<string> objects, CancellationToken cancellationToken)
    {
        if (await NamedAsync(blobs, "ds-type", objects, cancellationToken).ConfigureAwait(false) is not { Length: > 0 } type
            || await NamedAsync(blobs, "ds-root", objects, cancellationToken).ConfigureAwait(false) is not { Length: > 0 } root)
        {
            return null;
        }

        var named = new StoreAddress(type, root.TrimEnd('/'));
        var own = StoreAddress.Of(blobs);

        // A folder that was moved keeps the name of its old place in its records.
        return named == own with { Root = own.Root.TrimEnd('/') } || (named.IsLocal && !Directory.Exists(Path.Combine(named.Root, run)))
            ? null : named.ToString();
    }

    /// <summary>Reads what the tasks say of their datastore. All tasks of a run have the same.</summary>
    private static async ValueTask<string?> NamedAsync(
        IBlobStore blobs, string field, IReadOnlyList<string> objects, CancellationToken cancellationToken)
    {
        foreach (var path in objects.Where(path => path.Contains($"/{MetadataFiles.DatumStart}{field}_", StringComparison.Ordinal)))
        {
            try
            {
                if (await blobs.ReadAsync(path, cancellationToken).ConfigureAwait(false) is { } json)
                {
                    using var document = JsonDocument.Parse(json);
                    return MetadataRecordJson.ReadDatum(document.RootElement).Text;
                }
            }
            catch (Exception error) when (error is StorageException or JsonException or InvalidOperationException or KeyNotFoundException)
            {
                // The check of the records says so.
            }
        }

        return null;
    }
}

/// <summary>The parts of the runs of a flow that are elsewhere, and were not checked.</summary>
internal sealed class PartsElsewhere
{
    private readonly SortedDictionary<string, List<string>> _data = new(StringComparer.Ordinal);
    private readonly List<string> _withoutRecords = [];

    /// <summary>Gets a value indicating whether any run has its records here, and so the flow must have one. A copy stores that of the flow
    /// among the last.</summary>
    public bool HasRecords { get; private set; }

    /// <summary>Gets what was not checked, and why; sentences.</summary>
    public IEnumerable<string> Notes
    {
        get
        {
            foreach (var (store, runs) in _data)
            {
                yield return $"Only the records of {Some(runs)} are here. The data is in '{store}' and was not checked: check that "
                    + "datastore too.";
            }

            if (_withoutRecords.Count > 0)
            {
                yield return $"Only the data of {Some(_withoutRecords)} is here, without any record. If another metadata provider has the "
                    + "records, nothing is wrong; they were not checked.";
            }
        }
    }

    /// <summary>Adds a run.</summary>
    /// <param name="runId">The run's id.</param>
    /// <param name="parts">The parts that are here.</param>
    public void Add(string runId, RunParts parts)
    {
        HasRecords |= parts is { HasRecords: true, IsUnfinishedCopy: false };
        if (parts.DataElsewhere is { } store)
        {
            if (!_data.TryGetValue(store, out var runs))
            {
                _data.Add(store, runs = []);
            }

            runs.Add(runId);
        }
        else if (!parts.HasRecords && !parts.IsUnfinishedCopy)
        {
            _withoutRecords.Add(runId);
        }
    }

    private static string Some(List<string> runs)
        => runs is [var only] ? $"the run '{only}'" : $"{runs.Count} runs (the first is '{runs[0]}')";
}
