using Metaflow.Graph;

namespace Metaflow.Scheduling;

/// <summary>What may come next.</summary>
internal sealed partial record SchedulerState
{
    /// <summary>Returns how many tasks may have to be started when those that run now have ended.</summary>
    /// <returns>From 0, when none follows, to the most that run at once: nobody knows yet how many items a foreach will have.</returns>
    public int CountExpected()
    {
        var graph = _policy.Graph;
        var most = _policy.MaxWorkers;
        var expected = Waiting.Count + Queue.Concat(AllLimited).Take(most).Count();
        var joins = new HashSet<string>();
        foreach (var task in Running.Values)
        {
            var step = graph.Find(task.Step)!;

            // All inputs of a join together start one task.
            var next = graph.NextOf(step).Count(target => graph.Find(target) is not { TakesInputs: true } || joins.Add(target));
            expected += graph.KindOf(step) switch
            {
                StepKind.SplitForeach or StepKind.SplitParallel => most,
                StepKind.SplitSwitch => Math.Min(next, 1),
                _ => next,
            };
        }

        return Math.Min(expected, most);
    }
}
