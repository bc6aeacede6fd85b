namespace Metaflow.Running;

/// <summary>Which run to continue, and what shall be other than it was asked for when it was started.</summary>
internal sealed record ContinueRequest
{
    /// <summary>Gets the id of the run.</summary>
    public required string RunId { get; init; }

    /// <summary>Gets the most tasks that run at once; <see langword="null"/>, the default, for what the run was started with.</summary>
    public int? MaxWorkers { get; init; }

    /// <summary>Gets the most tasks that one foreach may yield; <see langword="null"/>, the default, for what the run was started
    /// with.</summary>
    public int? MaxNumSplits { get; init; }

    /// <summary>Gets the most bytes kept of each log stream of a task, in MB; <see langword="null"/>, the default, for what the run was
    /// started with.</summary>
    public int? MaxLogSize { get; init; }

    /// <summary>Gets the tags to add to those that the run has; none by default.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Gets the decorators to attach instead of those that the run was started with; none, the default, to attach the
    /// same.</summary>
    public IReadOnlyList<string> With { get; init; } = [];

    /// <summary>Gets the namespace; <see langword="null"/>, the default, for the run's.</summary>
    public string? Namespace { get; init; }

    /// <summary>Gets what the run begins anew with when its scheduler was killed before it had recorded what it was asked for; the default
    /// is a request without parameters. Its parameters and configurations are refused when they are recorded.</summary>
    public RunRequest Anew { get; init; } = new();

    /// <summary>Returns the request that the run goes on with.</summary>
    /// <param name="recorded">The request that it was last run with.</param>
    /// <returns>The request.</returns>
    public RunRequest Over(RunRequest recorded)
    {
        ArgumentNullException.ThrowIfNull(recorded);
        return recorded with
        {
            MaxWorkers = MaxWorkers ?? recorded.MaxWorkers,
            MaxNumSplits = MaxNumSplits ?? recorded.MaxNumSplits,
            MaxLogSize = MaxLogSize ?? recorded.MaxLogSize,
            With = With.Count > 0 ? With : recorded.With,
            Namespace = Namespace ?? recorded.Namespace,

            // A run that was to stop on the way goes on to its end.
            Until = null,
            Resume = recorded.Resume is { } resume ? resume with { IsCloneOnly = false } : null,
        };
    }
}
