namespace Metaflow;

/// <summary>Why attempts of tasks fail, so that <see cref="RetryAttribute"/> can choose by it.</summary>
[Flags]
public enum FailureKinds
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The step threw an exception, or its results could not be stored.</summary>
    Raised = 1,

    /// <summary>The process ended before its results were stored: a signal, <c>Environment.Exit</c>, a crash of native code.</summary>
    Crashed = 2,

    /// <summary>The task used more memory than it may have.</summary>
    OutOfMemory = 4,

    /// <summary>The time of the task was over.</summary>
    TimedOut = 8,

    /// <summary>Its place was taken away for something else, as clusters do with cheap machines.</summary>
    Preempted = 16,

    /// <summary>The machine that it ran on is gone.</summary>
    NodeLost = 32,

    /// <summary>It could not be started.</summary>
    NotStarted = 64,

    /// <summary>All of them.</summary>
    Any = Raised | Crashed | OutOfMemory | TimedOut | Preempted | NodeLost | NotStarted,
}
