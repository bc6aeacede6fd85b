using Metaflow.Decorators;
using Metaflow.Graph;

namespace Metaflow.Scheduling;

/// <summary>What the scheduler decides by; it does not change during a run.</summary>
/// <param name="Graph">The flow's graph.</param>
/// <param name="MaxWorkers">The most tasks that run at once.</param>
/// <param name="BudgetOf">The retries of a step by its name on disk.</param>
internal sealed record SchedulerPolicy(FlowGraph Graph, int MaxWorkers, Func<string, RetryBudget> BudgetOf);
