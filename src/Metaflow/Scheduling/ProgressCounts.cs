using Metaflow.Graph;
using Metaflow.Running;
using Metaflow.Runs;

namespace Metaflow.Scheduling;

/// <summary>The numbers of tasks, for views of a run and for the journal.</summary>
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
        var running = CountByStep(state.Running.Values);
        var retrying = CountByStep(state.Waiting.Values);
        var totals = new StepTotals(graph, state);
        var counts = new StepCount[graph.Steps.Count];
        for (var i = 0; i < counts.Length; i++)
        {
            var step = graph.Steps[i];
            var name = step.Name;
            var total = totals.Of(step);
            counts[i] = new StepCount(
                name, running.GetValueOrDefault(name), state.Finished.GetValueOrDefault(name), state.Queued.GetValueOrDefault(name))
            {
                Retrying = retrying.GetValueOrDefault(name),
                Failed = state.Failed.GetValueOrDefault(name),
                Cloned = state.Cloned.GetValueOrDefault(name),
                Caught = state.Caught.GetValueOrDefault(name),
                Total = total.Tasks,
                IsTotalExact = total.IsExact,
            };
        }

        return counts;
    }

    private static Dictionary<string, int> CountByStep(IEnumerable<ScheduledTask> tasks)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var task in tasks)
        {
            counts[task.Step] = counts.GetValueOrDefault(task.Step) + 1;
        }

        return counts;
    }
}
