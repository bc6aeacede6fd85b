using Metaflow.Errors;
using Metaflow.Naming;
using Metaflow.Running;

namespace Metaflow.Launching;

/// <summary>An attempt of a task to start.</summary>
/// <param name="Task">The task's address.</param>
/// <param name="Attempt">The attempt, from 0.</param>
/// <param name="Arguments">The program's arguments.</param>
/// <param name="Environment">Variables set beside those that the process has anyway.</param>
/// <param name="MaxLogBytes">The most bytes kept of each stream.</param>
public sealed record LaunchRequest(
    TaskPath Task, int Attempt, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment, long MaxLogBytes)
{
    /// <summary>Gets the program that runs the task.</summary>
    public required ProgramLocation Program { get; init; }

    /// <summary>Gets the decorators in force for the task's step: a launcher reads its own, and what they ask of the machine.</summary>
    public IReadOnlyList<DecoratorAttribute> Decorators { get; init; } = [];

    /// <summary>Gets how long the task may run before it is ended; <see langword="null"/>, the default, for ever.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>Gets the most memory that the task may use with all that it starts, in MB of 1,048,576 bytes; <see langword="null"/>, the
    /// default, for any.</summary>
    public int? MemoryLimitMB { get; init; }

    /// <summary>Gets a value indicating whether the task has secrets: whoever writes its log gives it a channel to announce them, and hides
    /// them.</summary>
    public bool AnnouncesSecrets { get; init; }

    /// <summary>Gets a value indicating whether the process must have its variables from its start: those that a running process sets for
    /// itself never reach native code, nor the runtime, which have read theirs. What begins with <c>METAFLOW_</c> is read by the framework
    /// alone.</summary>
    public bool NeedsFreshProcess => Environment.Keys.Any(static name => !name.StartsWith("METAFLOW_", StringComparison.Ordinal));
}

/// <summary>An attempt of a task that another process started.</summary>
/// <param name="Task">The task's address.</param>
/// <param name="Attempt">The attempt, from 0.</param>
/// <param name="Handle">What finds it.</param>
/// <param name="MaxLogBytes">The most bytes kept of each stream.</param>
public sealed record AttachRequest(TaskPath Task, int Attempt, LaunchHandle Handle, long MaxLogBytes);

/// <summary>How an attempt of a task ended.</summary>
/// <param name="ExitCode">The exit code; minus the signal when a signal ended it.</param>
/// <param name="WasKilled">Whether the launcher killed it.</param>
public sealed record TaskExit(int ExitCode, bool WasKilled)
{
    /// <summary>Gets why it ended, where the launcher knows: its machine is gone, it took too much memory. <see langword="null"/>, the
    /// default, when the exit code says all there is. It may then be tried again, as its <see cref="Kind"/> and the step's <c>[Retry]</c>
    /// allow.</summary>
    public LaunchException? Ended { get; init; }

    /// <summary>Gets what kind of failure <see cref="Ended"/> is. The default is <see cref="FailureKinds.None"/>: the exit code
    /// tells.</summary>
    public FailureKinds Kind { get; init; }

    /// <summary>Gets the error of storing the task's logs, or <see langword="null"/>: the run fails with it.</summary>
    public MetaflowException? LogError { get; init; }
}
