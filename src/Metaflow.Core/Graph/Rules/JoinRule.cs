namespace Metaflow.Graph.Rules;

/// <summary>A join closes one split, and is reached by every branch of it.</summary>
internal sealed class JoinRule : IGraphRule
{
    public IEnumerable<GraphProblem> Check(FlowGraph graph) => graph.Structure.IsSound
        ? graph.Steps.Where(step => graph.KindOf(step) == StepKind.Join).Select(join => Check(join, graph)).OfType<GraphProblem>()
        : [];

    private static GraphProblem? Check(StepNode join, FlowGraph graph)
    {
        var arrivals = graph.Structure.Arrivals.At(join.Name);
        if (arrivals.Count == 0)
        {
            return null;
        }

        if (arrivals.All(static arrival => arrival.Frame is null))
        {
            return Problem.At(
                join, RuleCodes.JoinWithoutSplit,
                $"Step '{join.Name}' takes inputs, but nothing is split before it.",
                "A join closes a split.",
                $"Remove the argument from '{join.Name}', or add a split before it.");
        }

        var split = arrivals[0].Frame?.Split;
        if (arrivals.Any(arrival => arrival.Frame?.Split.Name != split?.Name))
        {
            return Problem.At(
                join, RuleCodes.JoinOfUnrelatedSplits,
                $"Step '{join.Name}' joins tasks of different splits.",
                "It is reached "
                    + $"{string.Join(", ", arrivals.Select(static arrival => $"from '{arrival.From.Name}' {PlaceOf(arrival)}").Take(5))}.",
                "Join each split in a separate step, the inner one first.");
        }

        return Balance(join, split!, arrivals, graph.NextOf(split!));
    }

    private static GraphProblem? Balance(StepNode join, StepNode split, IReadOnlyList<Arrival> arrivals, IReadOnlyList<string> branches)
    {
        var arriving = new HashSet<string>(arrivals.Select(static arrival => arrival.Frame!.Branch));
        return arriving.Count == branches.Count ? null : Problem.At(
            join, RuleCodes.JoinMissesBranches,
            $"Step '{join.Name}' joins {Problem.Names(branches.Where(arriving.Contains))} only.",
            $"The split in '{split.Name}' also begins {Problem.Names(branches.Where(branch => !arriving.Contains(branch)))}, and "
                + "every branch must arrive.",
            $"Let each of them lead to '{join.Name}'.");
    }

    private static string PlaceOf(Arrival arrival)
        => arrival.Frame is { } frame ? $"in the split of '{frame.Split.Name}'" : "outside every split";
}
