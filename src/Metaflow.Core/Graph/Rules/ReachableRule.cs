namespace Metaflow.Graph.Rules;

/// <summary>Every step can run.</summary>
internal sealed class ReachableRule : IGraphRule
{
    public IEnumerable<GraphProblem> Check(FlowGraph graph)
    {
        // What is unreachable because of a transition that is missing or wrong is fixed with it.
        if (graph.StartStep is null || graph.Structure.HasLooseEnds)
        {
            return [];
        }

        return graph.Steps
            .Where(step => !graph.Structure.FactsOf(step.Name).IsReached && graph.ParentsOf(step).All(parent => parent.Name == step.Name))
            .Select(step => Problem.At(
                step, RuleCodes.UnreachableStep,
                $"Step '{step.Name}' can never run.",
                "No step moves on to it.",
                $"Name it in the Next(…) of the step before it, or remove it."));
    }
}
