using Metaflow.Graph;

namespace Metaflow.Cli.Commands;

/// <summary>Says how often a step can run in one run.</summary>
internal static class StepLoops
{
    /// <summary>Returns whether a step of the graph has one task at most: it is in no foreach and in no loop.</summary>
    public static bool HasOneTask(FlowGraph graph, string name)
        => graph.Find(name) is { } step
            && graph.OpenSplitsOf(step).All(split => graph.KindOf(split) is not (StepKind.SplitForeach or StepKind.SplitParallel))
            && !IsInLoop(graph, step);

    private static bool IsInLoop(FlowGraph graph, StepNode step)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<string>(graph.NextOf(step));
        while (open.TryDequeue(out var name))
        {
            if (name == step.Name)
            {
                return true;
            }

            if (seen.Add(name) && graph.Find(name) is { } next)
            {
                foreach (var following in graph.NextOf(next))
                {
                    open.Enqueue(following);
                }
            }
        }

        return false;
    }
}
