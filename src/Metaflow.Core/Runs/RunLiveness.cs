using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Platform;
using Metaflow.Storage;

namespace Metaflow.Runs;

/// <summary>Returns true if the scheduler of a run still lives, from what it left: a lock, a sign of life, the id of its
/// process.</summary>
internal static class RunLiveness
{
    /// <summary>How old a sign of life may be: some intervals, and the difference of two machines' clocks.</summary>
    internal static readonly TimeSpan Silence = ObjectLease.Silence;

    /// <summary>Returns the state that a run is in now.</summary>
    /// <param name="blobs">The datastore.</param>
    /// <param name="flow">The flow's name.</param>
    /// <param name="runId">The run's id.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The state; <see langword="null"/> if no scheduler of Metaflow for .NET ever had the run.</returns>
    /// <remarks>A record that cannot be read says as little as a damaged one: the state is then <see cref="RunState.Unknown"/>, and the
    /// reason says why.</remarks>
    public static async ValueTask<RunStatus?> OfAsync(
        IBlobStore blobs, string flow, string runId, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(blobs);
        var (recorded, problem) = await RecordedAsync(blobs, RunStatus.PathOf(flow, runId), cancellationToken).ConfigureAwait(false);
        if (problem is null && recorded is { State: not (RunState.Running or RunState.Unknown) })
        {
            return recorded;
        }

        var signs = await RunHomes.Of(blobs, time).SignsAsync(flow, runId, cancellationToken).ConfigureAwait(false);
        return Judge(
            problem is null ? recorded : new RunStatus(RunState.Unknown, 0, "", signs.LastSeen ?? DateTimeOffset.UnixEpoch, problem),
            signs,
            time);
    }

    // What a damaged record says the run came to is not known, so that nothing may be taken from it.
    private static async ValueTask<(RunStatus? Recorded, string? Problem)> RecordedAsync(
        IBlobStore blobs, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await blobs.ReadAsync(path, cancellationToken).ConfigureAwait(false) is not { } json ? (null, null)
                : RunStatus.Parse(json) is { } recorded ? (recorded, null)
                : (null, $"The record '{path}' is damaged, so the state of the run is unknown. [{ErrorCodes.MetadataUnreadable}]");
        }
        catch (StorageException error)
        {
            return (null, $"{error.What} {error.Why} [{error.Code}]");
        }
    }

    /// <summary>Returns the state that a run is in now.</summary>
    /// <param name="recorded">What the scheduler last recorded; <see langword="null"/> when nothing.</param>
    /// <param name="signs">The signs of its life.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The state; <see langword="null"/> if no scheduler of Metaflow for .NET ever had the run.</returns>
    internal static RunStatus? Judge(RunStatus? recorded, RunSigns signs, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        if (recorded is { State: not (RunState.Running or RunState.Unknown) })
        {
            return recorded;
        }

        if (signs.LastSeen is not { } seen)
        {
            // Its lock was removed, or never reached this machine: on its own machine the process alone says whether it lives.
            return recorded is { State: RunState.Running } && recorded.Host == Environment.MachineName
                && !ProcessMark.Lives(recorded.ProcessId, recorded.ProcessMark)
                ? Gone(recorded, recorded.At)
                : recorded;
        }

        if (signs.IsHeld)
        {
            return recorded is { State: RunState.Unknown }
                ? recorded with { State = RunState.Running }
                : recorded ?? new RunStatus(RunState.Pending, 0, "", seen);
        }

        if (recorded is null)
        {
            return new RunStatus(RunState.Dead, 0, "", seen, "The scheduler ended before it started the first task.");
        }

        if (recorded.State == RunState.Unknown)
        {
            // The damaged record does not say whose sign of life it is: a young one counts.
            return time.GetUtcNow() - seen < Silence ? recorded with { State = RunState.Running } : recorded;
        }

        return IsSilentlyAlive(recorded, seen, time.GetUtcNow())
            ? recorded
            : Gone(recorded, seen);
    }

    private static RunStatus Gone(RunStatus recorded, DateTimeOffset seen) => recorded with
    {
        State = RunState.Dead,
        At = seen,
        Reason = $"The scheduler, process {recorded.ProcessId} on '{recorded.Host}', died before the end of the run.",
    };

    // Not every file system keeps locks, and few keep them between machines: there the sign of life counts, and on its own machine the
    // process.
    private static bool IsSilentlyAlive(RunStatus recorded, DateTimeOffset seen, DateTimeOffset now)
        => now - seen < Silence
            && (recorded.Host != Environment.MachineName || ProcessMark.Lives(recorded.ProcessId, recorded.ProcessMark));
}
