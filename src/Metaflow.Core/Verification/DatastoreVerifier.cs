using System.Runtime.CompilerServices;
using System.Text;
using Metaflow.Artifacts;
using Metaflow.Cleanup;
using Metaflow.Client;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Verification;

/// <summary>Checks whether a datastore is whole: every record can be understood, nothing contradicts something else, and every blob that
/// something refers to is there. Safe beside runs.</summary>
internal sealed class DatastoreVerifier
{
    private const string LatestRun = "latest_run";

    private readonly IBlobStore _blobs;
    private readonly bool _hasRecords;
    private readonly TimeProvider _time;

    /// <summary>Initializes a verifier.</summary>
    /// <param name="settings">Where the datastore is.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ConfigurationException">No plug-in has the type of datastore (MF2049).</exception>
    public DatastoreVerifier(MetaflowSettings settings, TimeProvider time)
        : this(
            RunStores.OpenBlobs(settings.Datastore, StoreOptions.Of(settings.Environment, time, settings.Origins)),
            settings.MetadataType == (settings.Datastore.IsLocal ? StoreAddress.LocalType : StoreMetadataProvider.Type),
            time)
    {
    }

    /// <summary>Initializes a verifier of a datastore that is open already.</summary>
    /// <param name="blobs">The datastore.</param>
    /// <param name="hasRecords">Whether it has the records of the metadata provider too.</param>
    /// <param name="time">The clock.</param>
    internal DatastoreVerifier(IBlobStore blobs, bool hasRecords, TimeProvider time)
    {
        _blobs = blobs;
        _hasRecords = hasRecords;
        _time = time;
    }

    /// <summary>Checks flows.</summary>
    /// <param name="request">What to check, and whether to repair.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The flows, each when it is checked.</returns>
    /// <exception cref="MetadataException">There is no such flow (MF5004), or a collection of garbage is running during a repair
    /// (MF5023).</exception>
    /// <exception cref="StorageException">The store cannot be listed, or a repair failed (MF4001 and on).</exception>
    public async IAsyncEnumerable<FlowVerification> VerifyAsync(
        VerificationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(request.GracePeriod, VerificationRequest.ShortestGracePeriod);
        var flows = await FlowsAsync(cancellationToken).ConfigureAwait(false);
        if (request.Flow is { } name && !flows.Contains(name))
        {
            throw ClientErrors.NoFlow(name, _blobs.Root, isThere: true, flows);
        }

        foreach (var flow in flows.Where(flow => request.Flow is null || request.Flow == flow))
        {
            yield return await VerifyAsync(flow, request, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Lists the folders of flows: those with the record of a flow, and those with blobs or runs that lost it.</summary>
    private async ValueTask<IReadOnlyList<string>> FlowsAsync(CancellationToken cancellationToken)
    {
        var names = (await _blobs.ListAsync("", cancellationToken).ConfigureAwait(false))
            .Where(static entry => entry.IsFolder && entry.Name is not (BlobMarks.DataFolder or MetadataFiles.RecordFolder))
            .Select(static entry => entry.Name).Order(StringComparer.Ordinal).ToList();
        var flows = new List<string>();
        foreach (var name in names)
        {
            var isFlow = (await _blobs.StateAsync([SelfOf(name)], cancellationToken).ConfigureAwait(false))[0] is not null
                || (await _blobs.ListAsync(name, cancellationToken).ConfigureAwait(false))
                    .Any(static entry => entry is { IsFolder: true, Name: BlobMarks.DataFolder });
            if (isFlow)
            {
                flows.Add(name);
            }
        }

        return flows;
    }

    private static string SelfOf(string flow) => $"{flow}/{MetadataFiles.RecordFolder}/{MetadataFiles.Self}";

    private async Task<FlowVerification> VerifyAsync(string flow, VerificationRequest request, CancellationToken cancellationToken)
    {
        var cutoff = _time.GetUtcNow() - request.GracePeriod;
        var datastore = new FlowDatastore(_blobs, flow, _time);
        var (counts, faults, references) = (new VerifiedCounts(), new FaultList(), new BlobReferences());
        var runs = (await _blobs.ListAsync(flow, cancellationToken).ConfigureAwait(false))
            .Where(static entry => entry.IsFolder && entry.Name is not (BlobMarks.DataFolder or MetadataFiles.RecordFolder)
                && !StoredFiles.IsRemovedRun(entry.Name))
            .Select(static entry => entry.Name).Order(StringComparer.Ordinal).ToList();
        var check = new RunCheck(datastore, _time, _hasRecords);
        foreach (var run in runs)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await check.CheckAsync(run, references, counts, faults, cancellationToken).ConfigureAwait(false);
        }

        var elsewhere = new PartsElsewhere();
        foreach (var (run, parts) in check.Parts)
        {
            elsewhere.Add(run, parts);
        }

        await CheckFlowAsync(flow, runs, elsewhere.HasRecords, faults, cancellationToken).ConfigureAwait(false);

        // Who does not know all that is referred to cannot tell what is not.
        var knowsAll = references.KnowsAll && faults.Faults.All(static fault => fault.Code != ErrorCodes.RecordUnreadable);
        await new BlobCheck(datastore, request, knowsAll ? cutoff : DateTimeOffset.MinValue, faults)
            .CheckAsync(references, counts, cancellationToken).ConfigureAwait(false);
        if (_blobs is LocalBlobStore)
        {
            new FolderLeftovers(_blobs.Root, flow, cutoff).Find(faults);
        }

        IReadOnlyList<DatastoreFault> found = [.. faults.Faults.OrderBy(static fault => fault.Path, StringComparer.Ordinal)];
        return new FlowVerification(
            flow,
            counts,
            request.Repairs ? await new Repairs(datastore, _time).RunAsync(found, cancellationToken).ConfigureAwait(false) : found,
            [.. Notes(elsewhere, knowsAll)]);
    }

    private IEnumerable<string> Notes(PartsElsewhere elsewhere, bool knowsAll)
    {
        if (!_hasRecords)
        {
            yield return "The records of the metadata provider are not in the datastore, and were not checked.";
        }

        foreach (var note in _hasRecords ? elsewhere.Notes : [])
        {
            yield return note;
        }

        if (!knowsAll)
        {
            yield return "Blobs that no run refers to are not listed: a record that names some cannot be understood.";
        }
    }

    private async ValueTask CheckFlowAsync(
        string flow, List<string> runs, bool hasRecordsOfRuns, FaultList faults, CancellationToken cancellationToken)
    {
        var latest = $"{flow}/{LatestRun}";
        var contents = await StoredRecords.ReadAsync(_blobs, [SelfOf(flow), latest], faults, cancellationToken).ConfigureAwait(false);
        if (_hasRecords && contents.TryGetValue(SelfOf(flow), out var json))
        {
            if (RecordRules.OfObject(json, [flow]) is { } why)
            {
                faults.AddUnreadable(ErrorCodes.MetadataUnreadable, SelfOf(flow), why);
            }
        }
        else if (_hasRecords && hasRecordsOfRuns && faults.Faults.All(fault => fault.Path != SelfOf(flow)))
        {
            faults.AddContradiction(SelfOf(flow), "The flow has runs, but no record: no list of flows shows it.");
        }

        if (contents.TryGetValue(latest, out var text) && Encoding.UTF8.GetString(text).Trim() is var run && !runs.Contains(run))
        {
            faults.Add(new DatastoreFault(
                ErrorCodes.RecordsContradict, latest, $"It names the run '{run}', which does not exist.",
                "Name a run: 'resume --origin-run-id'. The next run writes the file again."));
        }
    }
}
