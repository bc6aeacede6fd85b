namespace Metaflow.Graph;

/// <summary>Walks a graph depth first: finds an order in which each step comes after those before it, and the loops that prevent
/// it.</summary>
/// <remarks>Without recursion: a generated flow may be deeper than the stack.</remarks>
internal sealed class GraphOrder
{
    private readonly GraphStructure _structure;
    private readonly FlowGraph _graph;
    private readonly Dictionary<string, int> _depthOnPath = [];
    private readonly HashSet<string> _finished = [];
    private readonly HashSet<string> _inCycle = [];
    private readonly List<string> _path = [];
    private readonly List<StepNode> _order = [];
    private readonly List<IReadOnlyList<string>> _cycles = [];

    public GraphOrder(FlowGraph graph, GraphStructure structure)
    {
        _graph = graph;
        _structure = structure;
        var roots = graph.StartStep is { } start ? graph.Steps.Prepend(start) : graph.Steps;
        foreach (var root in roots)
        {
            Walk(root.Name);
        }

        _order.Reverse();
    }

    /// <summary>Gets the steps in an order in which each comes after those before it, where there is no loop.</summary>
    public IReadOnlyList<StepNode> Steps => _order;

    /// <summary>Gets the loops as names, of which each follows the one before and the first the last. Loops that share steps are told
    /// once.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Cycles => _cycles;

    private void Walk(string root)
    {
        var pending = new Stack<Visit>();
        Enter(root, pending);
        while (pending.Count > 0)
        {
            var (name, index) = pending.Pop();
            var facts = _structure.FactsOf(name);
            if (index < facts.Next.Count)
            {
                pending.Push(new Visit(name, index + 1));
                Follow(facts, facts.Next[index], pending);
            }
            else
            {
                _path.RemoveAt(_path.Count - 1);
                _depthOnPath.Remove(name);
                _finished.Add(name);
                _order.Add(facts.Step);
            }
        }
    }

    private void Follow(StepFacts from, string target, Stack<Visit> pending)
    {
        var isOwnLoop = target == from.Step.Name && from.Kind == StepKind.SplitSwitch;
        if (isOwnLoop || target == _graph.StartStep?.Name)
        {
            // What leads back to the first step has a rule of its own.
            return;
        }

        if (_depthOnPath.TryGetValue(target, out var depth))
        {
            AddCycle(depth);
        }
        else
        {
            Enter(target, pending);
        }
    }

    private void Enter(string name, Stack<Visit> pending)
    {
        if (_graph.Find(name) is not null && !_finished.Contains(name))
        {
            _depthOnPath[name] = _path.Count;
            _path.Add(name);
            pending.Push(new Visit(name, 0));
        }
    }

    private void AddCycle(int depth)
    {
        if (_inCycle.Contains(_path[_path.Count - 1]) || _inCycle.Contains(_path[depth]))
        {
            return;
        }

        var cycle = _path.Skip(depth).ToList();
        _inCycle.UnionWith(cycle);
        _cycles.Add(cycle);
    }

    // No structure: code for stacks of one would have to be compiled in each process.
    private sealed record Visit(string Name, int NextIndex);
}
