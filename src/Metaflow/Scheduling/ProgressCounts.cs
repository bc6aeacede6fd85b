using Metaflow.Graph;
using Metaflow.Running;
using Metaflow.Runs;

namespace Metaflow.Scheduling;

/// <summary>The numbers of tasks, for a status line and for the journal.</summary>
internal static class ProgressCounts
{
    /// <summary>Counts the tasks of all steps.</summary>
    /// <param name="state">The scheduler's state.</param>
    /// <returns>The numbers.</returns>
    public static RunProgress Of(SchedulerState state)
    {
        var done = 0;
        foreach (var (_, count) in state.Finished)
        {
            done += count;
        }

        var queued = state.Waiting.Count;
        foreach (var (_, count) in state.Queued)
        {
            queued += count;
        }

        return new RunProgress(done, state.FailedTasks, state.Running.Count, queued) { Cloned = state.ClonedTasks };
    }

    /// <summary>Counts the tasks by step.</summary>
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
                step.Name, running.GetValueOrDefault(step.Name), state.Finished.GetValueOrDefault(step.Name),
                state.Queued.GetValueOrDefault(step.Name))),
        ];
    }
}
