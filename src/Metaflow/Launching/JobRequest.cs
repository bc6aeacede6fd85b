namespace Metaflow.Launching;

/// <summary>A job to submit.</summary>
/// <param name="Launch">The attempt that it runs: its task, the program, the step's decorators, limits.</param>
/// <param name="Arguments">All arguments of the program, those of <see cref="ProgramLocation.Arguments"/> among them.</param>
public sealed record JobRequest(LaunchRequest Launch, IReadOnlyList<string> Arguments);

/// <summary>Where a job is.</summary>
public enum JobStatus
{
    /// <summary>It waits for its place.</summary>
    Waiting,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It has ended.</summary>
    Ended,

    /// <summary>The other system does not know it, or not any more.</summary>
    Gone,
}

/// <summary>What another system knows of a job.</summary>
/// <param name="Status">Where it is.</param>
public sealed record JobState(JobStatus Status)
{
    /// <summary>Gets the exit code; <see langword="null"/>, the default, when it is not known.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Gets why the job ended, where the other system knows better than the job. The default is
    /// <see cref="FailureKinds.None"/>.</summary>
    public FailureKinds Kind { get; init; }

    /// <summary>Gets the reason as a sentence; <see langword="null"/>, the default, when the other system gives none.</summary>
    public string? Reason { get; init; }
}
