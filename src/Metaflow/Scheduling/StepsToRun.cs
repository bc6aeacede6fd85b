using Metaflow.Graph;
using Metaflow.Running;

namespace Metaflow.Scheduling;

/// <summary>Which steps a run may run, where the user asked for a part of the flow.</summary>
internal static class StepsToRun
{
    /// <summary>Says which steps may run.</summary>
    /// <param name="graph">The flow's graph.</param>
    /// <param name="request">What the user asked for.</param>
    /// <returns>Says it by the step's name on disk.</returns>
    public static Func<string, bool> Of(FlowGraph graph, RunRequest request)
    {
        if (request.Resume is { IsCloneOnly: true })
        {
            return static _ => false;
        }

        if (request.Until is not { } last)
        {
            return static _ => true;
        }

        var wanted = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Stack<string>([last]);
        while (pending.TryPop(out var name))
        {
            if (graph.Find(name) is { } step && wanted.Add(name))
            {
                foreach (var parent in graph.ParentsOf(step))
                {
                    pending.Push(parent.Name);
                }
            }
        }

        return wanted.Contains;
    }
}
