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

    /// <summary>Gets what the machine has. By default all that is asked for.</summary>
    public TaskDemand Capacity { get; init; } = TaskDemand.Unlimited;
}
