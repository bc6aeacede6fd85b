namespace Metaflow.Running;

/// <summary>What a resume clones and what it runs again. It comes from the scheduler itself, so that it is what happens;
/// what a switch decides that runs again is open.</summary>
/// <param name="FlowName">The flow's name.</param>
/// <param name="OriginRunId">The run that is resumed.</param>
public sealed record ResumePlan(string FlowName, string OriginRunId)
{
    /// <summary>Gets the steps that have a task to clone or to run, in the order of the graph.</summary>
    public IReadOnlyList<PlannedStep> Steps { get; init; } = [];

    /// <summary>Gets the parameters whose values differ from the resumed run's, by name on disk.</summary>
    public IReadOnlyList<string> ChangedParameters { get; init; } = [];
}

/// <summary>What a resume does with the tasks of a step.</summary>
/// <param name="Step">The step's name on disk.</param>
/// <param name="Cloned">How many tasks are cloned.</param>
public sealed record PlannedStep(string Step, int Cloned)
{
    /// <summary>Gets the tasks that are known to run again, by reason.</summary>
    public IReadOnlyList<PlannedRerun> Reruns { get; init; } = [];

    /// <summary>Gets a value indicating whether more tasks of the step run after others that run again; how many is known only
    /// then.</summary>
    public bool FollowsReruns { get; init; }

    /// <summary>Gets a value indicating whether the tasks that follow others may not run at all: a switch that runs again decides on
    /// them.</summary>
    public bool DependsOnSwitch { get; init; }

    /// <summary>Gets a value indicating whether its tasks were to run again, but the run stops before them.</summary>
    public bool IsLeftOut { get; init; }

    /// <summary>Gets a value indicating whether tasks are cloned although the step's code changed since they ran.</summary>
    public bool IsCodeChanged { get; init; }
}

/// <summary>Tasks that run again for the same reason.</summary>
/// <param name="Reason">The reason, as it follows "because".</param>
/// <param name="Tasks">The tasks as step and places in foreaches, such as <c>train[2]</c>.</param>
public sealed record PlannedRerun(string Reason, IReadOnlyList<string> Tasks);
