using Metaflow.Graph;
using Metaflow.Scheduling;
using Metaflow.Tasks;

namespace Metaflow.Reuse;

/// <summary>Compares what earlier tasks decided with the flow as it is now.</summary>
internal static class TransitionFit
{
    /// <summary>Returns true if the flow still moves on as an earlier task of a step did.</summary>
    /// <param name="graph">The graph as it is now.</param>
    /// <param name="step">The step's name on disk.</param>
    /// <param name="result">What the earlier task decided.</param>
    /// <returns>Whether its decision means now what it meant then.</returns>
    public static bool Fit(FlowGraph graph, string step, TaskResult result)
    {
        if (graph.Find(step) is not { } node)
        {
            return false;
        }

        return node.Transitions.Count == 0
            ? result is { NextSteps.Count: 0, NumSplits: null, GangSize: null }
            : node.Transitions.Any(transition => Fits(transition, result));
    }

    private static bool Fits(TransitionNode transition, TaskResult result)
    {
        return (transition.ForeachArtifact is not null) == result.NumSplits.HasValue && transition.IsParallel == result.GangSize.HasValue
            && result.NextSteps.SequenceEqual(transition.Targets);
    }
}
