using Metaflow.Errors;
using Metaflow.Platform;

namespace Metaflow.Launching;

/// <summary>A process that outlived the scheduler that started it.</summary>
/// <param name="request">The attempt that it runs.</param>
/// <param name="processId">Its id.</param>
/// <param name="mark">What tells it from others of that id.</param>
internal sealed class OrphanedProcess(AttachRequest request, int processId, string? mark)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Gets what ends a process. The default signals it and its children; a test puts in what a process that hangs in the system
    /// does of it: nothing.</summary>
    public Action<int> Kill { get; init; } = static processId =>
    {
        PosixProcess.SignalGroup(processId, PosixProcess.SigKill);
        PosixProcess.Signal(processId, PosixProcess.SigKill);
    };

    /// <summary>Reads what a journal keeps of a process.</summary>
    /// <param name="request">The attempt, with its handle.</param>
    /// <returns>The process.</returns>
    public static OrphanedProcess Of(AttachRequest request)
        => new(request, request.Handle.ProcessId ?? 0, request.Handle.ProcessMark);

    /// <summary>Ends the process, if it still lives: from then on, what is committed stays as it is.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>A task that ends when it lives no more.</returns>
    /// <exception cref="LaunchException">It does not end (MF6034).</exception>
    public async Task EndAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (ProcessMark.Lives(processId, mark))
        {
            Kill(processId);
            if (time.GetElapsedTime(start) > Patience)
            {
                var run = $"{request.Task.Flow}/{request.Task.RunId}";
                throw new LaunchException(
                    ErrorCodes.OrphanNotEnded,
                    $"The run '{request.Task.RunId}' cannot be continued.",
                    $"Process {processId} still runs its task '{request.Task.TaskId}'. Metaflow killed it, but it has not ended for "
                        + $"{Patience.TotalSeconds} seconds.",
                    "End the process, then continue the run.")
                { Pathspec = run };
            }

            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }
    }
}
