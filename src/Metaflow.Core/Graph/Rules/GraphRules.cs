
namespace Metaflow.Graph.Rules;

/// <summary>Checks a graph against every rule. Analyzers report the same problems as you type.</summary>
internal static class GraphRules
{
    private static readonly IGraphRule[] Rules =
    [
        new StartRule(),
        new EndRule(),
        new StepNameRule(),
        new StartIsFirstRule(),
        new EndIsLastRule(),
        new TransitionRule(),
        new TransitionShapeRule(),
        new CycleRule(),
        new ReachableRule(),
        new IntoJoinRule(),
        new JoinRule(),
        new OpenSplitRule(),
        new GangRule(),
        new ItemRule(),
        new ReadBeforeSetRule(),
    ];

    /// <summary>Checks a graph, in time linear in its size.</summary>
    /// <param name="graph">The graph.</param>
    /// <returns>All problems, errors first, in the order of the source.</returns>
    public static IReadOnlyList<GraphProblem> Check(FlowGraph graph)
    {
        var positions = new Dictionary<string, int>();
        for (var i = 0; i < graph.Steps.Count; i++)
        {
            positions[graph.Steps[i].Name] = i;
        }

        return Rules.SelectMany(rule => rule.Check(graph))
            .OrderBy(static problem => problem.Severity)
            .ThenBy(problem => problem.Step is { } step ? positions[step] : -1)
            .ThenBy(static problem => problem.Line)
            .ToList();
    }
}
