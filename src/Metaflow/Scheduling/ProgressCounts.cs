using Metaflow.Commands;
using Metaflow.Graph;

namespace Metaflow.Scheduling;

/// <summary>The numbers of tasks by step, for a status line.</summary>
internal static class ProgressCounts
{
    /// <summary>Counts the tasks.</summary>
    /// <param name="graph">The flow's graph, for the order.</param>
    /// <param name="state">The scheduler's state.</param>
    /// <returns>The numbers of every step.</returns>
    public static IReadOnlyList<StepCount> Of(FlowGraph graph, SchedulerState state)
    {
        var running = new Dictionary<string, int>();
        foreach (var task in state.Running.Values)
        {
            running[task.Step] = running.GetValueOrDefault(task.Step) + 1;
        }

        return
        [
            .. graph.Steps.Select(step => new StepCount(
                step.Name, running.GetValueOrDefault(step.Name), state.Finished.GetValueOrDefault(step.Name), state.Queued.GetValueOrDefault(step.Name))),
        ];
    }
}
