namespace Metaflow.Graph;

/// <summary>Derives what follows from the transitions. Every step and every transition is looked at once, however the splits are
/// nested.</summary>
internal sealed class GraphStructure
{
    private readonly FlowGraph _graph;
    private readonly Dictionary<string, StepFacts> _facts = [];
    private readonly Lazy<IReadOnlyList<object>> _nested;
    private readonly Lazy<Arrivals> _arrivals;
    private readonly Lazy<GraphOrder> _order;

    public GraphStructure(FlowGraph graph)
    {
        _graph = graph;
        _nested = new Lazy<IReadOnlyList<object>>(() => new NestedStructure(graph, this).Build());
        _arrivals = new Lazy<Arrivals>(
            () => new Arrivals(graph.Steps.Select(step => FactsOf(step.Name)).Where(static facts => facts.IsReached)));
        _order = new Lazy<GraphOrder>(() => new GraphOrder(graph, this));
        foreach (var step in graph.Steps)
        {
            _facts[step.Name] = FactsFrom(step);
        }

        foreach (var step in graph.Steps)
        {
            AddToParentsOfNext(step);
        }

        Walk();
    }

    public IReadOnlyList<object> Nested => _nested.Value;

    /// <summary>Gets how many transitions were followed: a measure of the work that does not depend on the machine.</summary>
    public int FollowedTransitions { get; private set; }

    /// <summary>Gets the loops that are not allowed.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Cycles => _order.Value.Cycles;

    /// <summary>Gets the steps that can run, each after those before it where there is no loop.</summary>
    public IEnumerable<StepNode> ReachedInOrder => _order.Value.Steps.Where(step => FactsOf(step.Name).IsReached);

    /// <summary>Gets the ways in which steps are reached.</summary>
    public Arrivals Arrivals => _arrivals.Value;

    /// <summary>Gets a value indicating whether a transition is missing, is not returned or leads nowhere.</summary>
    public bool HasLooseEnds => _facts.Values.Any(facts =>
        facts.Step.DropsTransition || (facts.Kind != StepKind.End && facts.Next.Count == 0)
            || facts.Next.Any(target => !_facts.ContainsKey(target)));

    /// <summary>Gets a value indicating whether it makes sense to ask which splits are open where.</summary>
    public bool IsSound => _graph.StartStep is { } start && _graph.EndStep is not null && Cycles.Count == 0 && !HasLooseEnds
        && FactsOf(start.Name).Parents.All(parent => parent.Name == start.Name);

    public StepFacts FactsOf(string name) => _facts[name];

    public StepKind KindOf(StepNode step) => FactsOf(step.Name).Kind;

    public IReadOnlyList<string> NextOf(StepNode step) => FactsOf(step.Name).Next;

    public IReadOnlyList<StepNode> ParentsOf(StepNode step) => FactsOf(step.Name).Parents;

    public IReadOnlyList<StepNode> OpenSplitsOf(StepNode step)
    {
        var splits = new List<StepNode>();
        for (var frame = FactsOf(step.Name).Open; frame is not null; frame = frame.Outer)
        {
            splits.Add(frame.Split);
        }

        splits.Reverse();
        return splits;
    }

    public string? MatchingJoinOf(StepNode split) => FactsOf(split.Name).MatchingJoin;

    public StepNode? SplitClosedBy(StepNode join) => FactsOf(join.Name).Closes;

    private StepFacts FactsFrom(StepNode step)
    {
        var next = new List<string>();
        var seen = new HashSet<string>();
        foreach (var target in step.Transitions.SelectMany(static transition => transition.Targets))
        {
            if (seen.Add(target))
            {
                next.Add(target);
            }
        }

        var shape = TransitionShape.Of(step.Transitions);
        var opensSplit = step.Name != _graph.EndStep?.Name && TransitionShape.IsSplit(shape);
        return new StepFacts(step, KindFrom(step, shape), next, opensSplit);
    }

    private StepKind KindFrom(StepNode step, StepKind shape)
    {
        if (step.Name == _graph.EndStep?.Name)
        {
            return StepKind.End;
        }

        if (step.TakesInputs)
        {
            return StepKind.Join;
        }

        return shape == StepKind.Linear && step.Name == _graph.StartStep?.Name ? StepKind.Start : shape;
    }

    private void AddToParentsOfNext(StepNode step)
    {
        foreach (var target in FactsOf(step.Name).Next)
        {
            if (_facts.TryGetValue(target, out var facts))
            {
                facts.Parents.Add(step);
            }
        }
    }

    private void Walk()
    {
        var pending = new Stack<Visit>();
        if (_graph.StartStep is { } start)
        {
            pending.Push(new Visit(start.Name, null));
        }

        while (pending.Count > 0)
        {
            var (name, arriving) = pending.Pop();
            FollowedTransitions++;
            if (!_facts.TryGetValue(name, out var facts) || facts.IsReached)
            {
                continue;
            }

            facts.Reach(arriving);
            if (facts.Closes is { } split)
            {
                FactsOf(split.Name).MatchingJoin ??= name;
            }

            // Pushed in reverse, so that the first transition of the source is followed first.
            for (var i = facts.Next.Count - 1; i >= 0; i--)
            {
                pending.Push(new Visit(facts.Next[i], facts.Leaving(i)));
            }
        }
    }

    // No structure: code for stacks of one would have to be compiled in each process.
    private sealed record Visit(string Name, OpenBranch? Arriving);
}
