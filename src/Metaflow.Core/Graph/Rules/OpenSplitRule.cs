namespace Metaflow.Graph.Rules;

/// <summary>What was split is joined: branches meet in a join only, and the flow does not end inside a split.</summary>
internal sealed class OpenSplitRule : IGraphRule
{
    public IEnumerable<GraphProblem> Check(FlowGraph graph)
    {
        if (!graph.Structure.IsSound)
        {
            yield break;
        }

        var reported = new HashSet<string>();
        foreach (var step in graph.Steps.Where(step => graph.KindOf(step) is not (StepKind.Join or StepKind.End)))
        {
            var arrivals = graph.Structure.Arrivals.At(step.Name);
            if (arrivals.FirstOrDefault(arrival => !ReferenceEquals(arrival.Frame, arrivals[0].Frame)) is { } other)
            {
                reported.UnionWith(arrivals.Select(static arrival => arrival.Frame?.Split.Name).OfType<string>());
                yield return Meeting(step, arrivals[0], other);
            }
        }

        foreach (var problem in graph.EndStep is { TakesInputs: false } end ? Ending(end, graph, reported) : [])
        {
            yield return problem;
        }
    }

    private static GraphProblem Meeting(StepNode step, Arrival one, Arrival other) => Problem.At(
        step, RuleCodes.BranchesMeetWithoutJoin,
        $"Step '{step.Name}' is reached from '{one.From.Name}' and from '{other.From.Name}', which are in different branches.",
        "Branches of a split meet in a join, which takes their artifacts as inputs.",
        $"Add an argument of type Inputs of the flow to '{step.Name}', or join the branches first.");

    private static IEnumerable<GraphProblem> Ending(StepNode end, FlowGraph graph, HashSet<string> reported)
        => graph.Structure.Arrivals.At(end.Name)
        .Where(arrival => arrival.Frame is { } frame && reported.Add(frame.Split.Name))
        .Select(arrival => Problem.At(
            arrival.From, RuleCodes.EndBeforeJoin,
            $"Step '{arrival.From.Name}' ends the flow inside the split in '{arrival.Frame!.Split.Name}'.",
            "Every split must be joined before the flow ends.",
            $"Move on to a step that takes Inputs of the flow, and from there to '{end.Name}'.").AtTarget(arrival.From, end.Name));
}
