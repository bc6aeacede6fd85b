using Metaflow.Decorators;
using Metaflow.Graph;

namespace Metaflow.Scheduling;

/// <summary>What the scheduler decides by; it does not change during a run.</summary>
/// <param name="Graph">The flow's graph.</param>
/// <param name="MaxWorkers">The most tasks that run at once.</param>
/// <param name="BudgetOf">The retries of a step by its name on disk.</param>
internal sealed record SchedulerPolicy(FlowGraph Graph, int MaxWorkers, Func<string, RetryBudget> BudgetOf)
{
    /// <summary>Gets the run's id, from which the jitter of retries follows. Empty by default.</summary>
    public string RunId { get; init; } = "";

    /// <summary>Gets what a task of a step takes of the machine, by the step's name on disk. By default nothing.</summary>
    public Func<string, TaskDemand> DemandOf { get; init; } = static _ => default;

    /// <summary>Gets how many tasks of a step may run at once, by the step's name on disk; <see langword="null"/> for any number, the
    /// default for all.</summary>
    public Func<string, int?> MaxParallelOf { get; init; } = static _ => null;

    /// <summary>Gets what the machine has. By default all that is asked for.</summary>
    public TaskDemand Capacity { get; init; } = TaskDemand.Unlimited;

    /// <summary>Gets for which tasks an earlier one is looked for that can stand in. The default is none.</summary>
    public ReuseRule Reuse { get; init; }

    /// <summary>Gets whether the tasks of a step may run, rather than be cloned only; by the step's name on disk. By default all
    /// may.</summary>
    public Func<string, bool> MayRun { get; init; } = static _ => true;
}

/// <summary>For which tasks an earlier one is looked for that can stand in.</summary>
internal enum ReuseRule
{
    /// <summary>For none: every task runs.</summary>
    Never,

    /// <summary>For those whose inputs are all clones, before any task runs: what an earlier run has done is kept, whatever fails
    /// later.</summary>
    AfterClones,

    /// <summary>For all, while others run.</summary>
    Always,
}
