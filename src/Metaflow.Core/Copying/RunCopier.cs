using System.Collections.Concurrent;
using System.Globalization;
using Metaflow.Client;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Runs;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Copying;

/// <summary>Copies runs from one datastore to another: tasks, artifacts, logs, cards, code, records, tags and the journal. A copy is read,
/// resumed and continued as the run is.</summary>
/// <remarks>
/// <para>Blobs are checked against their names on the way, and other objects against their lengths. Objects that the target has already are
/// not sent, so that a copy that was cut off continues where it stopped. The record of the run is stored last: until then, nobody who looks
/// for runs in the target sees it.</para>
/// <para>Safe beside other copies, beside runs of the same flow, and beside garbage collections of both stores. Thread-safe.</para>
/// </remarks>
public sealed class RunCopier
{
    // A run of Python Metaflow does not say whether it is running.
    private static readonly TimeSpan Quiet = TimeSpan.FromHours(1);

    private readonly RunStores _source;
    private readonly RunStores _target;
    private readonly StoreOptions _options;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, bool> _planned = new(StringComparer.Ordinal);

    /// <summary>Initializes a copier.</summary>
    /// <param name="source">The stores that have the runs.</param>
    /// <param name="target">The stores that receive them.</param>
    /// <param name="options">The options with which the stores were opened. Their settings say where data are that steps stored under names
    /// of their own. By default, there are no settings.</param>
    /// <exception cref="ConfigurationException">MF6007: the two are the same datastore, or one is inside the other, or the target's
    /// metadata provider cannot take records of a copy. The exit code is 2.</exception>
    public RunCopier(RunStores source, RunStores target, StoreOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        StorePlace.RequireApart(source.Blobs, target.Blobs);
        _ = CopiedRecords.StoreOf(target);
        _source = source;
        _target = target;
        _options = options ?? StoreOptions.Without(TimeProvider.System);
        _time = _options.Time;
    }

    /// <summary>Copies a run.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <param name="runId">The run's id.</param>
    /// <param name="options">What the copy may do; the defaults of <see cref="RunCopyOptions"/> by default.</param>
    /// <param name="progress">Is told how far the copy is; several times a second, from several threads.</param>
    /// <param name="cancellationToken">Ends the copy early. What was sent until then is not sent again.</param>
    /// <returns>What was sent.</returns>
    /// <exception cref="ConfigurationException">MF6007: one of the datastores is inside the data of steps of the other. The exit code is
    /// 2.</exception>
    /// <exception cref="MetadataException">The run does not exist (MF5004), is still running (MF6004), or differs from a run of the same id
    /// in the target (MF6005). Another process holds the run in the target (MF6008).</exception>
    /// <exception cref="StorageException">Objects of the run are missing or damaged (MF6006), or a store failed (MF4001 and
    /// on).</exception>
    public async Task<RunCopyReport> CopyAsync(
        string flow, string runId, RunCopyOptions? options = null, IProgress<RunCopyProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        StorePlace.RequireApartFromData(_source.Blobs, _target.Blobs, flow, _options);
        options ??= new RunCopyOptions();
        var run = await new MetaflowClient(_source.Metadata, _source.Blobs)
            .GetRunAsync($"{flow}/{runId}", cancellationToken).ConfigureAwait(false);
        var record = await _source.Metadata.FindRunAsync(flow, runId, cancellationToken).ConfigureAwait(false);
        if (record is null or { Problem: not null })
        {
            throw CopyErrors.Unreadable(run.Pathspec, record?.Problem ?? "it is gone.");
        }

        var status = await StatusAsync(run, options, cancellationToken).ConfigureAwait(false);
        var existing = await _target.Metadata.FindRunAsync(flow, runId, cancellationToken).ConfigureAwait(false);
        if (existing is { Problem: null } && existing.CreatedAt != record.CreatedAt)
        {
            throw CopyErrors.Differs(run.Pathspec, _target.Blobs);
        }

        // A scheduler of Python Metaflow leaves no trace of itself: neither may the copy, or it would seem to be one that died.
        var lease = options.IsDryRun || status is null ? null
            : await RunHomes.Of(_target.Blobs, _time).TryTakeAsync(flow, runId, cancellationToken).ConfigureAwait(false)
                ?? throw CopyErrors.Held(run.Pathspec, _target.Blobs);
        try
        {
            var tally = new CopyTally(progress);
            var transfer = new RunTransfer(_source, _target, record, options, tally, _options, _planned);
            var report = await transfer.CopyAsync(status, existing, lease, cancellationToken).ConfigureAwait(false);
            return report with { MissingOrigin = await MissingOriginAsync(run, cancellationToken).ConfigureAwait(false) };
        }
        finally
        {
            if (lease is not null)
            {
                await lease.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Finds out what the target is to say of the run's state.</summary>
    private async Task<RunStatus?> StatusAsync(RunHandle run, RunCopyOptions options, CancellationToken cancellationToken)
    {
        var status = await RunLiveness.OfAsync(_source.Blobs, run.FlowName, run.Id, _time, cancellationToken).ConfigureAwait(false);
        var state = await run.StateOfAsync(status, cancellationToken).ConfigureAwait(false);
        var isRunning = state is RunState.Running or RunState.Pending;
        if (!options.AllowsRunning)
        {
            if (isRunning)
            {
                throw CopyErrors.Running(run.Pathspec, "It is still running.");
            }

            if (state == RunState.Unknown && await LastBeginningAsync(run, cancellationToken).ConfigureAwait(false) is var last
                && _time.GetUtcNow() - last < Quiet)
            {
                throw CopyErrors.Running(run.Pathspec, string.Create(
                    CultureInfo.InvariantCulture,
                    $"It may still be running: it has no end, and its last step began at {last.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC."));
            }
        }

        return !isRunning ? status : status! with
        {
            State = RunState.Dead,
            At = _time.GetUtcNow(),
            Reason = "The run was copied while it was running.",
        };
    }

    private static async Task<DateTimeOffset> LastBeginningAsync(RunHandle run, CancellationToken cancellationToken)
    {
        var last = run.CreatedAt;
        await foreach (var step in run.GetStepsAsync(cancellationToken).ConfigureAwait(false))
        {
            last = step.CreatedAt > last ? step.CreatedAt : last;
        }

        return last;
    }

    private async Task<string?> MissingOriginAsync(RunHandle run, CancellationToken cancellationToken)
        => await run.GetOriginPathspecAsync(cancellationToken).ConfigureAwait(false) is { } origin
            && origin.Split('/') is [var flow, var runId, ..]
            && await _target.Metadata.FindRunAsync(flow, runId, cancellationToken).ConfigureAwait(false) is null
                ? origin
                : null;
}
