using System.Text;
using Metaflow.Artifacts;
using Metaflow.Client;
using Metaflow.Errors;
using Metaflow.Metadata;
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
    private static readonly TimeSpan LockPatience = TimeSpan.FromMilliseconds(200);

    private readonly MetaflowClient _client;
    private readonly string _root;
    private readonly IBlobStore _blobs;
    private readonly TimeProvider _time;

    /// <summary>Initializes a collector.</summary>
    /// <param name="settings">Where the datastore is.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ConfigurationException">MF5026: the datastore is not a folder of this machine. The exit code is 2.</exception>
    public GarbageCollector(MetaflowSettings settings, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (!settings.Datastore.IsLocal)
        {
            throw new ConfigurationException(
                ErrorCodes.CollectionNeedsFiles,
                $"The garbage of the datastore '{settings.Datastore}' is not collected.",
                $"It is of type '{settings.Datastore.Type}', and only datastores of type '{StoreAddress.LocalType}' are collected: a task "
                    + "elsewhere may count on what is removed.",
                "Use the rules by which the service lets old objects expire, or remove runs there by hand.")
            { ExitCode = ExitCodes.Usage };
        }

        _client = new MetaflowClient(settings).WithNamespace(null);
        _root = settings.Datastore.Root;
        _blobs = RunStores.OpenBlobs(settings.Datastore, StoreOptions.Of(settings.Environment, time, settings.Origins));
        _time = time;
    }

    /// <summary>Removes what the request names, or says what it would remove.</summary>
    /// <param name="request">What to remove.</param>
    /// <param name="cancellationToken">Ends the work early; what is removed until then is removed wholly.</param>
    /// <returns>What was removed, or would be.</returns>
    /// <exception cref="MetadataException">There is no such flow (MF5004), or another collection of it is at work (MF5023).</exception>
    /// <exception cref="StorageException">A file cannot be read or removed (MF4001, MF4004, MF4007), or what a task refers to is unknown,
    /// as its list is unreadable (MF4009): then no blob is removed.</exception>
    public async Task<CollectionReport> CollectAsync(CollectionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfLessThan(request.GracePeriod, CollectionRequest.ShortestGracePeriod);
        var flow = _client.Flow(request.Flow);
        using var held = request.Deletes ? await LockAsync(request.Flow, cancellationToken).ConfigureAwait(false) : null;
        var cutoff = _time.GetUtcNow() - request.GracePeriod;
        var notes = new List<string>();
        var folder = new RunRemoval(Path.Combine(_root, request.Flow), _time);
        var runs = Select(request, flow, folder, cutoff, notes);
        runs.AddRange(NeverBegun(request, cutoff, _time.GetUtcNow(), folder).Select(static run => (run, (RunStatus?)null)));
        if (runs.RemoveAll(run => folder.IsLinked(run.Run.RunId)) is var linked and > 0)
        {
            notes.Add($"Runs whose folder is a link stay, as the link leads out of the store: {linked}.");
        }

        var removed = new List<CollectedRun>();
        foreach (var (run, recorded) in runs)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!request.Deletes || await folder.TryRemoveAsync(run.RunId, recorded).ConfigureAwait(false))
            {
                removed.Add(run);
            }
            else
            {
                notes.Add($"The run '{run.RunId}' has a scheduler now, or had one since this collection chose it, and stays.");
            }
        }

        if (request.Deletes)
        {
            folder.Finish();
        }

        var gone = removed.Select(static run => run.RunId).ToHashSet(StringComparer.Ordinal);
        if (flow.AllRuns.FirstOrDefault(run => !gone.Contains(run.Id) && MayBeOfReference(run, run.State, cutoff)) is { } foreign)
        {
            notes.Add(
                $"No blob is removed while the run '{foreign.Id}' of the reference may be at work: the reference does not say "
                    + "which blobs it counts on.");
            return new CollectionReport(removed, 0, 0, notes);
        }

        var datastore = new FlowDatastore(_blobs, request.Flow, _time);
        var marks = new BlobMarks(datastore);
        await marks.MarkAsync(gone, cancellationToken).ConfigureAwait(false);
        var sweep = new BlobSweep(_root, request.Flow, cutoff, _time);
        var (blobs, blobBytes) = await sweep.RunAsync(marks, request.Deletes, notes, cancellationToken).ConfigureAwait(false);
        return new CollectionReport(removed, blobs, blobBytes, notes);
    }

    private static bool MayBeOfReference(RunHandle run, RunState state, DateTimeOffset cutoff)
        => state == RunState.Unknown && !run.IsUnreadable && (run.CreatedAt >= cutoff || run.Steps.Any(step => step.CreatedAt >= cutoff));

    private static RunState StateOf(RunHandle run, RunStatus? status) => Completion.Of(run.StateOfAsync(status, CancellationToken.None));

    /// <summary>Chooses the runs to remove, each with what was recorded of its state before it was looked at: the state of a run may change
    /// meanwhile.</summary>
    private List<(CollectedRun Run, RunStatus? Recorded)> Select(
        CollectionRequest request, FlowHandle flow, RunRemoval folder, DateTimeOffset cutoff, List<string> notes)
    {
        if (!request.NamesRuns)
        {
            return [];
        }

        var now = _time.GetUtcNow();
        var latest = LatestRun(request.Flow);
        var named = flow.AllRuns.Where(run => ClientNamespace.Holds(run, request.Namespace)
            && (request.OlderThan is not { } age || now - run.CreatedAt >= age)
            && request.Tags.All(run.Tags.Contains));
        var found = named.Select(run => (Handle: run, Recorded: folder.RecordedOf(run.Id), run.Status))
            .Select(static run => (run.Handle, run.Recorded, run.Status, State: StateOf(run.Handle, run.Status)))
            .Where(run => request.States.Count == 0 || request.States.Contains(run.State)).Skip(request.KeepLast ?? 0);
        var selected = new List<(CollectedRun Run, RunStatus? Recorded)>();
        var (running, foreign) = (0, 0);
        foreach (var (run, recorded, status, state) in found)
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
                    notes.Add($"The latest run, '{latest}', stays: 'resume' begins from it when no other is named.");
                    break;
                default:
                    selected.Add((new CollectedRun(run.Id, state, run.CreatedAt, folder.SizeOf(run.Id)), recorded));
                    break;
            }
        }

        AddCount(notes, "Runs at work stay", running);
        AddCount(notes, "Runs of the reference that may be at work stay", foreign);
        return selected;
    }

    private static void AddCount(List<string> notes, string what, int count)
    {
        if (count > 0)
        {
            notes.Add($"{what}: {count}.");
        }
    }

    /// <summary>Chooses the folders of runs whose schedulers were killed before they had made a record: no listing of runs shows them, and
    /// nobody's results are in them.</summary>
    private static IEnumerable<CollectedRun> NeverBegun(
        CollectionRequest request, DateTimeOffset cutoff, DateTimeOffset now, RunRemoval folder)
        => !request.NamesRuns || request.Tags.Count > 0 || (request.States.Count > 0 && !request.States.Contains(RunState.Dead))
            ? []
            : folder.Claimed().Where(run => run.CreatedAt < cutoff && (request.OlderThan is not { } age || now - run.CreatedAt >= age));

    private string? LatestRun(string flow)
    {
        var path = Path.Combine(_root, flow, "latest_run");
        try
        {
            return Path.Exists(path) ? Encoding.UTF8.GetString(RegularFile.ReadAllBytes(path)).Trim() : null;
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Read(error, path);
        }
    }

    private async Task<IDisposable> LockAsync(string flow, CancellationToken cancellationToken)
    {
        var path = Path.Combine(_root, flow, MetadataFiles.RecordFolder, "gc.lock");
        try
        {
            return await FolderLock.AcquireAsync(path, LockPatience, _time, cancellationToken).ConfigureAwait(false)
                ?? throw new MetadataException(
                    ErrorCodes.CollectionRunning,
                    $"The garbage of '{flow}' is not collected.",
                    $"Another collection is at work: a process holds '{path}'.",
                    "Wait for its end.")
                { IsTransient = true };
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw MetadataErrors.Write(error, path);
        }
    }
}
