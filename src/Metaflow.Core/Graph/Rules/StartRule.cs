namespace Metaflow.Graph.Rules;

/// <summary>There is exactly one first step, and nothing else could be meant.</summary>
internal sealed class StartRule : IGraphRule
{
    public IEnumerable<GraphProblem> Check(FlowGraph graph)
        => EndpointProblems.Of(graph, graph.StartStep, static step => step.IsMarkedStart, "Start", RuleCodes.StartStepCount);
}

/// <summary>There is exactly one last step, and nothing else could be meant.</summary>
internal sealed class EndRule : IGraphRule
{
    // A flow without steps is told so once, by the rule for the first one.
    public IEnumerable<GraphProblem> Check(FlowGraph graph) => graph.Steps.Count == 0
        ? []
        : EndpointProblems.Of(graph, graph.EndStep, static step => step.IsMarkedEnd, "End", RuleCodes.EndStepCount);
}
