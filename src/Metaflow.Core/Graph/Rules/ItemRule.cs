namespace Metaflow.Graph.Rules;

/// <summary>A step that takes an item is inside a foreach.</summary>
internal sealed class ItemRule : IGraphRule
{
    public IEnumerable<GraphProblem> Check(FlowGraph graph) => graph.Steps
        .Where(step => step.ItemType is not null && graph.Structure.FactsOf(step.Name) is { IsReached: true } facts
            && facts.Open is not { HasItem: true })
        .Select(static step => Problem.At(
            step, RuleCodes.ItemWithoutForeach,
            $"Step '{step.Name}' takes an item of type '{step.ItemType}' but is not in a foreach.",
            "The argument of a step is the item of the foreach around it.",
            $"Write forEach: in the Next(…) that leads to '{step.Name}', or take the value from an artifact."));
}
