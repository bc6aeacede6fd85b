namespace Metaflow.Graph;

internal sealed class GraphStructure(FlowGraph graph)
{
    public IReadOnlyList<object> Nested => throw new NotSupportedException(graph.FlowName);
    public StepKind KindOf(StepNode step) => throw new NotSupportedException(step.Name);
    public IReadOnlyList<string> NextOf(StepNode step) => throw new NotSupportedException(step.Name);
    public IReadOnlyList<StepNode> ParentsOf(StepNode step) => throw new NotSupportedException(step.Name);
    public IReadOnlyList<StepNode> OpenSplitsOf(StepNode step) => throw new NotSupportedException(step.Name);
    public string? MatchingJoinOf(StepNode split) => throw new NotSupportedException(split.Name);
    public StepNode? SplitClosedBy(StepNode join) => throw new NotSupportedException(join.Name);
}
