namespace Metaflow.Commands;

/// <summary>Which run to resume, and how.</summary>
public sealed record ResumeRequest
{
    /// <summary>Gets the step to run again with all that follows it, by its name on disk; <see langword="null"/> to run only what did not succeed.</summary>
    public string? Step { get; init; }

    /// <summary>Gets the run to resume, as <c>run</c> or <c>Flow/run</c>; <see langword="null"/> for the newest.</summary>
    public string? OriginRun { get; init; }

    /// <summary>Gets the id of the new run, which must be no number; <see langword="null"/> for a new one.</summary>
    public string? RunId { get; init; }

    /// <summary>Gets a value indicating whether no task runs: the new run ends with what can be cloned. The default is <see langword="false"/>.</summary>
    public bool IsCloneOnly { get; init; }

    /// <summary>Gets a value indicating whether several processes may ask for the same new run: one does the work, the others wait for it. The default is <see langword="false"/>.</summary>
    public bool IsReentrant { get; init; }

    /// <summary>Gets what tells this process from the others of a reentrant resume; <see langword="null"/> for a name of its own.</summary>
    public string? Identifier { get; init; }

    /// <summary>Gets a value indicating whether tasks whose step's code changed since run again. By default they are cloned, and the plan names them.</summary>
    public bool RerunsChanged { get; init; }
}
