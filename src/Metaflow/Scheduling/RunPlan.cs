namespace Metaflow.Scheduling;

/// <summary>All that was found out about a run before it starts: made once, and never changed.</summary>
/// <param name="Context">What the run works with.</param>
internal sealed record RunPlan(RunContext Context)
{
    /// <summary>Gets what the run takes from earlier ones; <see langword="null"/>, the default, for nothing.</summary>
    public ReusePlan? Reuse { get; init; }

    /// <summary>Gets what says which code the steps run, as JSON; <see langword="null"/>, the default, when that is not recorded. Takes a
    /// while.</summary>
    public Func<string>? CodeRecord { get; init; }

    /// <summary>Gets the run to continue, taken; <see langword="null"/>, the default, for a new run. The session that follows the plan
    /// gives it back.</summary>
    public RunContinuation? Continuation { get; init; }

    /// <summary>Gets what decides which of several processes runs a resume that they share; <see langword="null"/>, the default, when this
    /// process alone resumes.</summary>
    public IRunLeadership? Leadership { get; init; }

    /// <summary>Gets the values of all parameters that are not taken from another run, by name on disk. They are found once.</summary>
    /// <exception cref="Errors.ConfigurationException">A value is missing or wrong (MF20xx).</exception>
    public IReadOnlyDictionary<string, object?> Values => Reuse?.Values ?? Context.Values;
}
