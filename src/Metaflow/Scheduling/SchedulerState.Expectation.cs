using Metaflow.Graph;

namespace Metaflow.Scheduling;

/// <summary>What may come next.</summary>
internal sealed partial record SchedulerState
{
    /// <summary>Returns how many tasks may have to be started when those that run now have ended.</summary>
    /// <returns>From 0, when none follows, to the most that run at once: nobody knows yet how many items a foreach will have.</returns>
    public int CountExpected() => ListExpected().Count();

    /// <summary>Returns the steps of the tasks that <see cref="CountExpected"/> counts.</summary>
    /// <returns>The steps' names on disk, one for each task.</returns>
    public IEnumerable<string> ListExpected()
        => Waiting.Values.Concat(Queue).Concat(AllLimited).Select(static task => task.Step).Concat(Following()).Take(_policy.MaxWorkers);

    private IEnumerable<string> Following()
    {
        var graph = _policy.Graph;
        var joins = new HashSet<string>();
        foreach (var task in Running.Values)
        {
            var step = graph.Find(task.Step)!;

            // All inputs of a join together start one task.
            var next = graph.NextOf(step).Where(target => graph.Find(target) is not { TakesInputs: true } || joins.Add(target));
            var following = graph.KindOf(step) switch
            {
                StepKind.SplitForeach or StepKind.SplitParallel
                    => next.Take(1).SelectMany(target => Enumerable.Repeat(target, _policy.MaxWorkers)),
                StepKind.SplitSwitch => next.Take(1),
                _ => next,
            };
            foreach (var target in following)
            {
                yield return target;
            }
        }
    }
}
