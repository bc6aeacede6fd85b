namespace Metaflow.Launching;

/// <summary>A process to start for an attempt of a task.</summary>
/// <param name="Task">The task's address.</param>
/// <param name="Attempt">The attempt, from 0.</param>
/// <param name="Arguments">The program's arguments.</param>
/// <param name="Environment">Variables set beside the inherited ones.</param>
/// <param name="MaxLogBytes">The most bytes kept of each stream.</param>
internal sealed record LaunchRequest(
    Naming.TaskPath Task, int Attempt, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment, long MaxLogBytes)
{
    /// <summary>Gets how long the process may run before it is killed; <see langword="null"/>, the default, for ever.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>Gets the most memory that the process and its children may use, in MB of 1,048,576 bytes; <see langword="null"/>, the default, for any.</summary>
    public int? MemoryLimitMB { get; init; }

    /// <summary>Gets a value indicating whether the task has secrets: whoever writes its log gives it a <see cref="Secrets.SecretChannel"/> to announce them.</summary>
    public bool AnnouncesSecrets { get; init; }

    /// <summary>Gets a value indicating whether the process must have its variables from its start: those that a running process sets for itself never reach
    /// native code, nor the runtime, which have read theirs. What begins with <c>METAFLOW_</c> is read by the framework alone.</summary>
    public bool NeedsFreshProcess => Environment.Keys.Any(static name => !name.StartsWith("METAFLOW_", StringComparison.Ordinal));
}

/// <summary>How a task's process ended.</summary>
/// <param name="ExitCode">The exit code; minus the signal when a signal ended it.</param>
/// <param name="WasKilled">Whether the launcher killed it.</param>
internal sealed record ProcessExit(int ExitCode, bool WasKilled)
{
    /// <summary>Gets why the launcher killed it, where that was not asked of it; it may then be tried again. <see langword="null"/> otherwise.</summary>
    public Errors.LaunchException? Ended { get; init; }

    /// <summary>Gets the error of storing the task's logs, or <see langword="null"/>: the run fails with it.</summary>
    public Errors.MetaflowException? LogError { get; init; }
}

/// <summary>Is told what a process does. Called from threads of the launcher; one task's calls never overlap.</summary>
internal interface ITaskProcessObserver
{
    /// <summary>The process wrote a line, or stopped within one.</summary>
    /// <param name="at">When it was read.</param>
    /// <param name="text">The text without its newline.</param>
    /// <param name="isError">Whether from the error stream.</param>
    void OnOutput(DateTimeOffset at, string text, bool isError);

    /// <summary>The process ended and all its output was told.</summary>
    /// <param name="exit">How it ended.</param>
    void OnExit(ProcessExit exit);
}

/// <summary>A process that runs an attempt.</summary>
internal interface ITaskProcess : IDisposable
{
    /// <summary>Gets the process's id.</summary>
    int ProcessId { get; }

    /// <summary>Asks the task to stop.</summary>
    void RequestStop();

    /// <summary>Kills the task with every process that it started.</summary>
    void Kill();

    /// <summary>Adds a line of the framework's own to the task's stored logs.</summary>
    /// <param name="text">The line.</param>
    /// <param name="isError">Whether to the error stream.</param>
    void AddLogLine(string text, bool isError);
}

/// <summary>Starts processes for tasks.</summary>
internal interface ITaskLauncher
{
    /// <summary>Gets what marks the processes of its tasks, and what these start; <see langword="null"/>, the default, when no task has a process.</summary>
    string? Mark => null;

    /// <summary>Reckons how many tasks can run at once here. The default is as many as are asked for.</summary>
    /// <param name="asked">How many may run.</param>
    /// <returns>The number, and why it is lower.</returns>
    /// <exception cref="Errors.LaunchException">No task could be started (MF3025).</exception>
    WorkerLimit LimitOf(int asked) => new(asked, null);

    /// <summary>Says how many tasks may have to be started soon, so that the launcher can prepare for them.</summary>
    /// <param name="tasks">How many at most; 0 when no task will follow.</param>
    void Expect(int tasks);

    /// <summary>Starts a process; returns when it has an id.</summary>
    /// <param name="request">What to start.</param>
    /// <param name="observer">Is told what it does.</param>
    /// <returns>The process.</returns>
    /// <exception cref="Errors.LaunchException">It could not be started (MF6001).</exception>
    ITaskProcess Launch(LaunchRequest request, ITaskProcessObserver observer);
}
