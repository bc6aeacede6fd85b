namespace Metaflow.Graph;

/// <summary>The steps of a flow and how they follow each other.</summary>
/// <remarks>Immutable. Everything derived is computed once, in time linear in the size of the graph. The graph may be wrong; the rules of
/// <c>Graph/Rules</c> report that. The derived facts of a wrong graph are only a best effort.</remarks>
public sealed class FlowGraph
{
    private readonly Dictionary<string, StepNode> _byName;
    private readonly GraphStructure _structure;

    /// <summary>Initializes a graph.</summary>
    /// <param name="flowName">The flow's name.</param>
    /// <param name="steps">The steps in the order of the source.</param>
    public FlowGraph(string flowName, IReadOnlyList<StepNode> steps)
    {
        FlowName = flowName;
        Steps = steps;
        _byName = [];
        foreach (var step in steps)
        {
            _byName[step.Name] = step;
        }

        StartStep = Resolve(static step => step.IsMarkedStart, "start");
        EndStep = Resolve(static step => step.IsMarkedEnd, "end");
        _structure = new GraphStructure(this);
    }

    /// <summary>Gets the flow's name.</summary>
    public string FlowName { get; }

    /// <summary>Gets the steps in the order of the source.</summary>
    public IReadOnlyList<StepNode> Steps { get; }

    /// <summary>Gets the first step, or <see langword="null"/> if there is none.</summary>
    public StepNode? StartStep { get; }

    /// <summary>Gets the last step, or <see langword="null"/> if there is none.</summary>
    public StepNode? EndStep { get; }

    /// <summary>Gets the nested lists of <c>_graph_info.graph_structure</c>: names, and lists of branches after a split.</summary>
    public IReadOnlyList<object> NestedStructure => _structure.Nested;

    /// <summary>Gets what is derived of the steps, for the rules.</summary>
    internal GraphStructure Structure => _structure;

    /// <summary>Finds a step by its name on disk.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The step, or <see langword="null"/>.</returns>
    public StepNode? Find(string name) => _byName.TryGetValue(name, out var step) ? step : null;

    /// <summary>Returns the kind of a step.</summary>
    /// <param name="step">A step of this graph.</param>
    /// <returns>Its kind.</returns>
    public StepKind KindOf(StepNode step) => _structure.KindOf(step);

    /// <summary>Returns the possible next steps of a step, each once, in source order.</summary>
    /// <param name="step">A step of this graph.</param>
    /// <returns>The names on disk, also of steps that do not exist.</returns>
    public IReadOnlyList<string> NextOf(StepNode step) => _structure.NextOf(step);

    /// <summary>Returns the possible previous steps of a step, in source order.</summary>
    /// <param name="step">A step of this graph.</param>
    /// <returns>The steps.</returns>
    public IReadOnlyList<StepNode> ParentsOf(StepNode step) => _structure.ParentsOf(step);

    /// <summary>Returns the splits that are open when a step runs, outermost first; a join's own split is not among its own.</summary>
    /// <param name="step">A step of this graph.</param>
    /// <returns>The split steps.</returns>
    public IReadOnlyList<StepNode> OpenSplitsOf(StepNode step) => _structure.OpenSplitsOf(step);

    /// <summary>Returns the join that closes a split.</summary>
    /// <param name="split">A split step of this graph.</param>
    /// <returns>The join's name on disk, or <see langword="null"/> if there is none (a switch, or a wrong graph).</returns>
    public string? MatchingJoinOf(StepNode split) => _structure.MatchingJoinOf(split);

    /// <summary>Returns the split that a join closes.</summary>
    /// <param name="join">A join of this graph.</param>
    /// <returns>The split, or <see langword="null"/> if the graph is wrong.</returns>
    public StepNode? SplitClosedBy(StepNode join) => _structure.SplitClosedBy(join);

    private StepNode? Resolve(Func<StepNode, bool> isMarked, string conventionalName)
    {
        StepNode? marked = null;
        foreach (var step in Steps)
        {
            if (isMarked(step))
            {
                marked ??= step;
            }
        }

        return marked ?? Find(conventionalName) ?? (Steps.Count == 1 ? Steps[0] : null);
    }
}
