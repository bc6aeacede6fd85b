namespace Metaflow.Graph.Rules;

/// <summary>The step of a gang is followed by a join.</summary>
internal sealed class GangRule : IGraphRule
{
    public IEnumerable<GraphProblem> Check(FlowGraph graph) =>
        from step in graph.Steps
        where graph.KindOf(step) == StepKind.SplitParallel
        from target in graph.NextOf(step)
        let gang = graph.Find(target)
        where gang is { TakesInputs: false } && !graph.NextOf(gang).All(next => graph.Find(next) is null or { TakesInputs: true })
        select Problem.At(
            gang, RuleCodes.GangNotJoined,
            $"Step '{gang.Name}' runs as a gang and does not move on to a join.",
            "The tasks of a gang end together, and are joined at once.",
            $"Let '{gang.Name}' return Next of a step that takes Inputs.");
}
