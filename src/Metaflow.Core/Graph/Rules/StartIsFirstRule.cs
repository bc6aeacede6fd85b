namespace Metaflow.Graph.Rules;

/// <summary>Nothing leads back to the first step.</summary>
internal sealed class StartIsFirstRule : IGraphRule
{
    public IEnumerable<GraphProblem> Check(FlowGraph graph) => graph.StartStep is not { } start
        ? []
        : graph.ParentsOf(start).Select(parent => Problem.At(
            parent, RuleCodes.StartHasIncoming,
            $"Step '{parent.Name}' moves on to '{start.Name}'.",
            "The flow begins there, and its first step runs once.",
            $"Move on to another step, or put what '{start.Name}' does into a step of its own.").AtTarget(parent, start.Name));
}
