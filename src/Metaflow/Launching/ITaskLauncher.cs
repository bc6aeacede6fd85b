using Metaflow.Running;

namespace Metaflow.Launching;

/// <summary>Runs attempts of tasks somewhere: on this machine, on a cluster, in a cloud. A plug-in adds its own through
/// <see cref="ILauncherFactory"/>.</summary>
/// <remarks>The scheduler calls it from one thread and never waits for it there: what talks to another machine is asynchronous. A launcher
/// is disposed with its run.</remarks>
public interface ITaskLauncher : IDisposable
{
    /// <summary>Gets a value indicating whether its tasks take the processors and the memory of this machine, so that <c>[Resources]</c>
    /// counts against what the machine has. The default is <see langword="false"/>.</summary>
    bool UsesThisMachine => false;

    /// <summary>Gets how long a failed task waits before its next attempt when its <c>[Retry]</c> does not say. The default is two
    /// minutes.</summary>
    TimeSpan RetryWait => TimeSpan.FromMinutes(2);

    /// <summary>Reckons how many tasks can run at once here. The default is as many as are asked for.</summary>
    /// <param name="asked">How many may run.</param>
    /// <returns>The number, and why it is lower.</returns>
    /// <exception cref="Errors.LaunchException">No task could be started (MF3025).</exception>
    WorkerLimit LimitOf(int asked) => new(asked, null);

    /// <summary>Says how many tasks may have to be started soon, so that the launcher can prepare for them. The default is to do
    /// nothing.</summary>
    /// <param name="program">The program that would run them.</param>
    /// <param name="tasks">How many at most; 0 when no task will follow.</param>
    void Expect(ProgramLocation program, int tasks)
    {
    }

    /// <summary>Starts an attempt of a task.</summary>
    /// <param name="request">What to start.</param>
    /// <param name="observer">Is told what it does.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <returns>The task, once the launcher has a handle by which it could be found again.</returns>
    /// <exception cref="Errors.MetaflowException">It could not be started (MF6001, or a code of the launcher's own).</exception>
    ValueTask<ILaunchedTask> LaunchAsync(LaunchRequest request, ITaskObserver observer, CancellationToken cancellationToken);

    /// <summary>Finds an attempt that another process started, whose scheduler is gone. The default ends nothing and finds none.</summary>
    /// <param name="request">What to find.</param>
    /// <param name="observer">Is told what it does from now on, its end included, also when it has ended by now.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <returns>The task, which goes on; <see langword="null"/> when it cannot be followed any more. Then nothing of it runs when this
    /// returns, so that another process may run the attempt.</returns>
    /// <exception cref="Errors.LaunchException">It still runs, can neither be followed nor be ended (MF6034).</exception>
    ValueTask<ILaunchedTask?> AttachAsync(AttachRequest request, ITaskObserver observer, CancellationToken cancellationToken)
        => new((ILaunchedTask?)null);
}

/// <summary>An attempt of a task that a launcher has started.</summary>
public interface ILaunchedTask : IDisposable
{
    /// <summary>Gets what finds it again.</summary>
    LaunchHandle Handle { get; }

    /// <summary>Asks the task to stop.</summary>
    /// <returns>A task that ends when it was asked.</returns>
    ValueTask RequestStopAsync();

    /// <summary>Ends the task at once, with all that it started.</summary>
    /// <returns>A task that ends when the kill is under way; the observer gets the end.</returns>
    ValueTask KillAsync();

    /// <summary>Adds a line of the framework's own to the task's stored logs.</summary>
    /// <param name="text">The line.</param>
    /// <param name="isError">Whether to the error stream.</param>
    void AddLogLine(string text, bool isError);
}

/// <summary>Is told what a task does. Called from threads of the launcher; one task's calls never overlap.</summary>
public interface ITaskObserver
{
    /// <summary>The task wrote a line, or stopped within one.</summary>
    /// <param name="at">When it was read.</param>
    /// <param name="text">The text without its newline.</param>
    /// <param name="isError">Whether from the error stream.</param>
    void OnOutput(DateTimeOffset at, string text, bool isError);

    /// <summary>The task reported how far it is, through <c>Current.Progress</c>. May be called while its output is told. The default
    /// drops it; a launcher that cannot carry reports never calls it.</summary>
    /// <param name="fraction">The part that is done, from 0 to 1; <see langword="null"/> when the task does not know.</param>
    /// <param name="text">What it said, on one line; <see langword="null"/> for nothing.</param>
    void OnProgress(double? fraction, string? text)
    {
    }

    /// <summary>The task ended and all its output was told.</summary>
    /// <param name="exit">How it ended.</param>
    void OnExit(TaskExit exit);
}
