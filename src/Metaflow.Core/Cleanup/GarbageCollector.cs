using System.Text;
using Metaflow.Artifacts;
using Metaflow.Client;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Platform;
using Metaflow.Runs;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Cleanup;

/// <summary>Removes runs of a flow, and then the blobs that nothing refers to any more. Safe beside runs of the same flow;
/// <c>docs/concurrency.md</c> says why.</summary>
internal sealed class GarbageCollector
{
    private readonly MetaflowClient _client;
    private readonly IBlobStore _blobs;
    private readonly StoreOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Initializes a collector.</summary>
    /// <param name="settings">Where the datastore is.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ConfigurationException">MF5026: the records of the runs are not kept in the datastore. The exit code is
    /// 2.</exception>
    public GarbageCollector(MetaflowSettings settings, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.MetadataType != (settings.Datastore.IsLocal ? StoreAddress.LocalType : StoreMetadataProvider.Type))
        {
            throw CollectionErrors.RecordsElsewhere(settings);
        }

        _client = new MetaflowClient(settings).WithNamespace(null);
        _options = StoreOptions.Of(settings.Environment, time, settings.Origins);
        _blobs = RunStores.OpenBlobs(settings.Datastore, _options);
        _time = time;
    }

    /// <summary>Initializes a collector of a datastore that is open already.</summary>
    /// <param name="client">Finds the runs.</param>
    /// <param name="blobs">The datastore, which keeps their records too.</param>
    /// <param name="time">The clock.</param>
    internal GarbageCollector(MetaflowClient client, IBlobStore blobs, TimeProvider time)
    {
        _client = client.WithNamespace(null);
        _blobs = blobs;
        _options = StoreOptions.Without(time);
        _time = time;
    }

    /// <summary>Removes what the request names, or says what it would remove.</summary>
    /// <param name="request">What to remove.</param>
    /// <param name="cancellationToken">Ends the work early; what is removed until then is removed wholly.</param>
    /// <returns>What was removed, or would be.</returns>
    /// <exception cref="MetadataException">There is no such flow (MF5004), or another collection of it is running (MF5023).</exception>
    /// <exception cref="StorageException">A file cannot be read or removed (MF4001, MF4004, MF4007), or what a task refers to is unknown,
    /// as its list is unreadable (MF4009): then no blob is removed.</exception>
    public async Task<CollectionReport> CollectAsync(CollectionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfLessThan(request.GracePeriod, CollectionRequest.ShortestGracePeriod);
        var flow = _client.Flow(request.Flow);
        var datastore = new FlowDatastore(_blobs, request.Flow, _time);
        var store = CollectedStores.Of(datastore, _time);
        var held = request.Deletes ? await store.HoldAsync(cancellationToken).ConfigureAwait(false) : null;
        try
        {
            return await CollectAsync(request, flow, store, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (held is not null)
            {
                await held.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task<CollectionReport> CollectAsync(
        CollectionRequest request, FlowHandle flow, ICollectedStore store, CancellationToken cancellationToken)
    {
        var cutoff = _time.GetUtcNow() - request.GracePeriod;
        var notes = new List<string>();
        var runs = await SelectAsync(request, flow, store, cutoff, notes, cancellationToken).ConfigureAwait(false);
        runs.AddRange(NeverBegun(request, cutoff, _time.GetUtcNow(), store).Select(static run => (run, (RunStatus?)null)));
        if (runs.RemoveAll(run => store.IsLinked(run.Run.RunId)) is var linked and > 0)
        {
            notes.Add($"Runs whose folder is a link stay, as the link leads out of the store: {linked}.");
        }

        var data = new RunData(
            new FlowDatastore(_blobs, request.Flow, _time), RunDataRoots.Within(StoreAddress.Of(_blobs), _options),
            flow.AllRuns.Select(static run => run.Id).ToHashSet(StringComparer.Ordinal), runs.Select(static run => run.Run.RunId));
        var removed = new List<CollectedRun>();
        foreach (var (run, recorded) in runs)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (objects, bytes) = await data.SizeAsync(run.RunId, cancellationToken).ConfigureAwait(false);
            if (!request.Deletes || await store.TryRemoveAsync(run.RunId, recorded, data).ConfigureAwait(false))
            {
                removed.Add(run with { OwnObjects = objects, OwnBytes = bytes });
            }
            else
            {
                data.Stays(run.RunId);
                notes.Add(
                    $"The run '{run.RunId}' stays: it has a scheduler now, or had one since this collection chose it, or had one in "
                        + "the last day that did not end the run.");
            }
        }

        var left = await LeftAsync(store, data, removed, cancellationToken).ConfigureAwait(false);
        if (request.Deletes)
        {
            await store.FinishAsync(data, cancellationToken).ConfigureAwait(false);
        }

        AddDataNotes(request.Flow, data, removed, notes);
        var gone = removed.Select(static run => run.RunId).ToHashSet(StringComparer.Ordinal);
        if (flow.AllRuns.FirstOrDefault(run => !gone.Contains(run.Id) && MayBeOfReference(run, run.State, cutoff)) is { } foreign)
        {
            notes.Add(
                $"No blob is removed while the run '{foreign.Id}' of Python Metaflow may be running: Python Metaflow does not say "
                    + "which blobs it relies on.");
            return new CollectionReport(removed, 0, 0, notes) { LeftData = left };
        }

        var marks = await store.MarkAsync(gone, cancellationToken).ConfigureAwait(false);
        var (blobs, blobBytes) = await store.SweepAsync(marks, cutoff, request.Deletes, notes, cancellationToken).ConfigureAwait(false);
        var unfinished = await store.SweepUnfinishedAsync(cutoff, request.Deletes, notes, cancellationToken).ConfigureAwait(false);
        return new CollectionReport(removed, blobs, blobBytes, notes) { Unfinished = unfinished, LeftData = left };
    }

    /// <summary>Finds the own data of runs that were removed before which can go now.</summary>
    private static async ValueTask<IReadOnlyList<LeftData>> LeftAsync(
        ICollectedStore store, RunData data, List<CollectedRun> removed, CancellationToken cancellationToken)
    {
        var left = new List<LeftData>();
        foreach (var id in await store.RemovedAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!removed.Exists(run => run.RunId == id)
                && await data.SizeAsync(id, cancellationToken).ConfigureAwait(false) is ( > 0 and var objects, var bytes))
            {
                left.Add(new LeftData(id, objects, bytes));
            }
        }

        return left;
    }

    private void AddDataNotes(string flow, RunData data, List<CollectedRun> removed, List<string> notes)
    {
        if (data.Kept.Count > 0)
        {
            notes.Add(
                $"The own data of {AmountText.Count(data.Kept.Count, "removed run")} stays, because runs that were resumed from them may "
                    + $"need it: '{string.Join("', '", data.Kept)}'.");
        }

        if (data.Unreachable.Count > 0)
        {
            notes.Add(
                $"Own data of removed runs stays whose names have a part '.' or '..' ({data.Unreachable.Count}): "
                    + $"'{string.Join("', '", data.Unreachable)}'. Delete it with a tool of the store if nobody needs it.");
        }

        var address = StoreAddress.Of(_blobs);
        if (removed.Count > 0 && RunDataRoots.Within(address, _options) is null
            && RunDataRoots.Of(address, isOfClient: true, address.Type, _options) is { } root)
        {
            notes.Add(
                $"Own data of the removed runs stays in '{root}/{flow}', where {RunDataRoots.SettingOf(address.Type)} puts it. Delete it "
                    + "there if nobody needs it.");
        }
    }

    private static bool MayBeOfReference(RunHandle run, RunState state, DateTimeOffset cutoff)
        => state == RunState.Unknown && !run.IsUnreadable && (run.CreatedAt >= cutoff || run.Steps.Any(step => step.CreatedAt >= cutoff));

    /// <summary>Chooses the runs to remove, each with what was recorded of its state before it was looked at: the state of a run may
    /// change meanwhile.</summary>
    private async ValueTask<List<(CollectedRun Run, RunStatus? Recorded)>> SelectAsync(
        CollectionRequest request, FlowHandle flow, ICollectedStore store, DateTimeOffset cutoff, List<string> notes,
        CancellationToken cancellationToken)
    {
        if (!request.NamesRuns)
        {
            return [];
        }

        var latest = await store.LatestRunAsync(cancellationToken).ConfigureAwait(false);
        var found = await NamedAsync(request, flow, store, cancellationToken).ConfigureAwait(false);
        var selected = new List<(CollectedRun Run, RunStatus? Recorded)>();
        var (running, foreign) = (0, 0);
        foreach (var (run, recorded, status, state) in found.Skip(request.KeepLast ?? 0))
        {
            switch (state)
            {
                case RunState.Running or RunState.Pending:
                    running++;
                    break;
                case var _ when status is { State: RunState.Unknown }:
                    notes.Add($"The run '{run.Id}' stays. {status.Reason}");
                    break;
                case var _ when MayBeOfReference(run, state, cutoff):
                    foreign++;
                    break;

                // An early version could give this id to a run: its folder is that of the blobs.
                case var _ when run.Id == "data":
                    break;
                case var _ when run.Id == latest:
                    notes.Add($"The latest run, '{latest}', stays: 'resume' uses it if no other run is named.");
                    break;
                default:
                    var size = await store.SizeAsync(run.Id, cancellationToken).ConfigureAwait(false);
                    selected.Add((new CollectedRun(run.Id, state, run.CreatedAt, size), recorded));
                    break;
            }
        }

        AddCount(notes, "Running runs stay", running);
        AddCount(notes, "Runs of Python Metaflow that may be running stay", foreign);
        return selected;
    }

    /// <summary>Finds the runs that meet the conditions.</summary>
    private async ValueTask<List<(RunHandle Run, RunStatus? Recorded, RunStatus? Status, RunState State)>> NamedAsync(
        CollectionRequest request, FlowHandle flow, ICollectedStore store, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var named = flow.AllRuns.Where(run => ClientNamespace.Holds(run, request.Namespace)
            && (request.OlderThan is not { } age || now - run.CreatedAt >= age)
            && request.Tags.All(run.Tags.Contains));
        var found = new List<(RunHandle, RunStatus?, RunStatus?, RunState)>();
        foreach (var run in named)
        {
            var recorded = await store.RecordedAsync(run.Id, cancellationToken).ConfigureAwait(false);
            var status = await run.GetStatusAsync(cancellationToken).ConfigureAwait(false);
            var state = await run.StateOfAsync(status, cancellationToken).ConfigureAwait(false);
            if (request.States.Count == 0 || request.States.Contains(state))
            {
                found.Add((run, recorded, status, state));
            }
        }

        return found;
    }

    private static void AddCount(List<string> notes, string what, int count)
    {
        if (count > 0)
        {
            notes.Add($"{what}: {count}.");
        }
    }

    /// <summary>Chooses the folders of runs whose schedulers were killed before they had made a record: no listing of runs shows them,
    /// and nobody's results are in them.</summary>
    private static IEnumerable<CollectedRun> NeverBegun(
        CollectionRequest request, DateTimeOffset cutoff, DateTimeOffset now, ICollectedStore store)
        => !request.NamesRuns || request.Tags.Count > 0 || (request.States.Count > 0 && !request.States.Contains(RunState.Dead))
            ? []
            : store.Claimed().Where(run => run.CreatedAt < cutoff && (request.OlderThan is not { } age || now - run.CreatedAt >= age));
}
