namespace Metaflow.Graph.Rules;

/// <summary>Nothing leads back to the first step.</summary>
internal sealed class StartIsFirstRule : IGraphRule
{
    public IEnumerable<GraphProblem> Check(FlowGraph graph) => graph.StartStep is not { } start
        ? []
        : graph.ParentsOf(start).Select(parent => Problem.At(
            parent, RuleCodes.StartHasIncoming,
            $"Step '{parent.Name}' moves on to '{start.Name}'.",
            "The flow begins there, and its first step runs only once.",
            $"Move on to another step, or put the work of '{start.Name}' into a separate step.").AtTarget(parent, start.Name));
}
