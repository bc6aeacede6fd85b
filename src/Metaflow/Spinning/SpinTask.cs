using Metaflow.Launching;
using Metaflow.Naming;
using Metaflow.Running;

namespace Metaflow.Spinning;

/// <summary>The process of a spin: tells what it prints, and is stopped when that is asked for.</summary>
internal sealed class SpinTask(TaskPath path, IRunObserver observer, TimeProvider time) : ITaskObserver
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource<TaskExit> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private List<(DateTimeOffset At, string Text, bool IsError)>? _early = [];
    private LaunchHandle? _handle;

    /// <summary>Runs the process and waits for its end.</summary>
    /// <param name="launcher">Starts it.</param>
    /// <param name="request">What to start.</param>
    /// <param name="interruption">Asks it to stop.</param>
    /// <returns>How it ended.</returns>
    public async Task<TaskExit> RunAsync(ITaskLauncher launcher, LaunchRequest request, RunInterruption interruption)
    {
        using var process = await launcher.LaunchAsync(request, this, default).ConfigureAwait(false);
        Begin(process.Handle);
        void Kill() => process.KillAsync().AsTask();
        using var heard = interruption.Hear();
        using var stop = interruption.Token.Register(() => process.RequestStopAsync().AsTask());
        using var timer = new Timer(_ => Kill(), null, Timeout.Infinite, Timeout.Infinite);
        using var grace = interruption.Token.Register(() => timer.Change(Grace, Timeout.InfiniteTimeSpan));
        interruption.RequestedAgain += Kill;
        var exit = await _exit.Task.ConfigureAwait(false);
        interruption.RequestedAgain -= Kill;
        Tell(exit.ExitCode == 0
            ? new RunEvent.TaskSucceeded(time.GetUtcNow(), path, process.Handle)
            : new RunEvent.TaskFailed(time.GetUtcNow(), path, process.Handle, 0, exit.Ended?.Message, null, false));
        return exit;
    }

    /// <inheritdoc/>
    public void OnOutput(DateTimeOffset at, string text, bool isError)
    {
        lock (_lock)
        {
            if (_early is null)
            {
                observer.OnEvent(new RunEvent.TaskOutput(at, path, _handle, text, isError));
            }
            else
            {
                // A quick task prints before its launcher has told that it was started; readers expect it the other way round.
                _early.Add((at, text, isError));
            }
        }
    }

    /// <inheritdoc/>
    public void OnProgress(double? fraction, string? text) => Tell(new RunEvent.TaskProgress(time.GetUtcNow(), path, fraction, text));

    /// <inheritdoc/>
    public void OnExit(TaskExit exit) => _exit.SetResult(exit);

    private void Begin(LaunchHandle handle)
    {
        lock (_lock)
        {
            _handle = handle;
            observer.OnEvent(new RunEvent.TaskStarting(time.GetUtcNow(), path, handle, 0, false));
            foreach (var (at, text, isError) in _early ?? [])
            {
                observer.OnEvent(new RunEvent.TaskOutput(at, path, handle, text, isError));
            }

            _early = null;
        }
    }

    private void Tell(RunEvent runEvent)
    {
        lock (_lock)
        {
            observer.OnEvent(runEvent);
        }
    }
}
