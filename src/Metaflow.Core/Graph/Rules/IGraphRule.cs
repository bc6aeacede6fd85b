namespace Metaflow.Graph.Rules;

/// <summary>One rule that a graph must keep.</summary>
internal interface IGraphRule
{
    /// <summary>Checks a graph in time linear in its size.</summary>
    /// <param name="graph">The graph; it may break any other rule.</param>
    /// <returns>The problems.</returns>
    IEnumerable<GraphProblem> Check(FlowGraph graph);
}
