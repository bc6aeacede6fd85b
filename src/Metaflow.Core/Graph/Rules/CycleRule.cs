namespace Metaflow.Graph.Rules;

/// <summary>Nothing leads back, but for a switch that may choose its own step again.</summary>
internal sealed class CycleRule : IGraphRule
{
    public IEnumerable<GraphProblem> Check(FlowGraph graph) => graph.Structure.Cycles.Select(cycle =>
    {
        var last = graph.Find(cycle[cycle.Count - 1])!;
        return Problem.At(
            last, RuleCodes.Cycle,
            $"The steps {string.Join(" -> ", cycle.Append(cycle[0]).Select(static name => $"'{name}'"))} are a loop.",
            "Only a switch may loop, and only to its own step.",
            "Let one step that chooses between itself and the next one do the work, or iterate with forEach.").AtTarget(last, cycle[0]);
    });
}
