namespace Metaflow;

/// <summary>The reasons why attempts of tasks fail. <see cref="RetryAttribute"/> can select by them.</summary>
[Flags]
public enum FailureKinds
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The step threw an exception, or its results could not be stored.</summary>
    Raised = 1,

    /// <summary>The process ended before its results were stored: a signal, <c>Environment.Exit</c>, a crash of native code.</summary>
    Crashed = 2,

    /// <summary>The task used more memory than it was allowed to.</summary>
    OutOfMemory = 4,

    /// <summary>The time of the task was over.</summary>
    TimedOut = 8,

    /// <summary>It lost its place to something else. Clusters do this with cheap machines.</summary>
    Preempted = 16,

    /// <summary>The machine that it ran on is gone.</summary>
    NodeLost = 32,

    /// <summary>It could not be started.</summary>
    NotStarted = 64,

    /// <summary>All of them.</summary>
    Any = Raised | Crashed | OutOfMemory | TimedOut | Preempted | NodeLost | NotStarted,
}
