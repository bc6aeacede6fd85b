using Metaflow.Launching;
using Metaflow.Naming;
using Metaflow.Running;

namespace Metaflow.Spinning;

/// <summary>The process of a spin: tells what it prints, and is stopped when that is asked for.</summary>
internal sealed class SpinTask(TaskPath path, IRunObserver observer, TimeProvider time) : ITaskProcessObserver
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource<ProcessExit> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private volatile int _processId;

    /// <summary>Runs the process and waits for its end.</summary>
    /// <param name="launcher">Starts it.</param>
    /// <param name="request">What to start.</param>
    /// <param name="interruption">Asks it to stop.</param>
    /// <returns>How it ended.</returns>
    public async Task<ProcessExit> RunAsync(ITaskLauncher launcher, LaunchRequest request, RunInterruption interruption)
    {
        using var process = launcher.Launch(request, this);
        _processId = process.ProcessId;
        Tell(new RunEvent.TaskStarting(time.GetUtcNow(), path, process.ProcessId, 0, false));
        using var stop = interruption.Token.Register(process.RequestStop);
        using var timer = new Timer(_ => process.Kill(), null, Timeout.Infinite, Timeout.Infinite);
        using var grace = interruption.Token.Register(() => timer.Change(Grace, Timeout.InfiniteTimeSpan));
        interruption.RequestedAgain += process.Kill;
        var exit = await _exit.Task.ConfigureAwait(false);
        interruption.RequestedAgain -= process.Kill;
        Tell(exit.ExitCode == 0
            ? new RunEvent.TaskSucceeded(time.GetUtcNow(), path, process.ProcessId)
            : new RunEvent.TaskFailed(time.GetUtcNow(), path, process.ProcessId, 0, exit.Ended?.Message, null, false));
        return exit;
    }

    /// <inheritdoc/>
    public void OnOutput(DateTimeOffset at, string text, bool isError) => Tell(new RunEvent.TaskOutput(at, path, _processId, text, isError));

    /// <inheritdoc/>
    public void OnExit(ProcessExit exit) => _exit.SetResult(exit);

    private void Tell(RunEvent runEvent)
    {
        lock (_lock)
        {
            observer.OnEvent(runEvent);
        }
    }
}
