using Metaflow.Graph;

namespace Metaflow.Core.Tests.Graph;

/// <summary>Makes a right graph from a seed: blocks in blocks, each with one way in and one way out.</summary>
internal sealed class GraphMaker(int seed)
{
    private readonly Random _random = new(seed);
    private readonly List<StepNode> _steps = [];
    private int _count;

    /// <summary>Gets the join of each split.</summary>
    public Dictionary<string, string> Joins { get; } = [];

    public List<StepNode> Make()
    {
        Add("start", false, [["first"]], null);
        Block("first", "end", 0);
        _steps.Add(new StepNode { Name = "end", ReturnsNothing = true });
        return _steps;
    }

    /// <summary>Adds steps that begin at a name and lead to another.</summary>
    private void Block(string first, string next, int depth)
    {
        switch (depth > 4 ? 0 : _random.Next(6))
        {
            case 0:
                Add(first, false, [[next]], null);
                break;
            case 1:
                var middle = Name();
                Block(first, middle, depth + 1);
                Block(middle, next, depth + 1);
                break;
            case 2:
                Split(first, next, depth, null, 2 + _random.Next(3));
                break;
            case 3:
                Split(first, next, depth, "items", 1);
                break;
            case 4:
                Switch(first, next, depth);
                break;
            default:
                Add(first, false, [[first], [next]], null);
                Reroute(first, next);
                break;
        }
    }

    private void Split(string first, string next, int depth, string? items, int branches)
    {
        var names = Enumerable.Range(0, branches).Select(_ => Name()).ToList();
        var join = Name();
        Add(first, false, [names], items);
        Joins[first] = join;
        foreach (var name in names)
        {
            Block(name, join, depth + 1);
        }

        Add(join, true, [[next]], null);
    }

    private void Switch(string first, string next, int depth)
    {
        var names = Enumerable.Range(0, 2 + _random.Next(2)).Select(_ => Name()).ToList();
        Add(first, false, [.. names.Select(name => (IReadOnlyList<string>)[name])], null);
        foreach (var name in names)
        {
            Block(name, next, depth + 1);
        }
    }

    /// <summary>A loop may not lead into a join directly, so that a step stands between.</summary>
    private void Reroute(string loop, string next)
    {
        var after = Name();
        var index = _steps.FindIndex(step => step.Name == loop);
        _steps[index] = _steps[index] with
        {
            Transitions = [new TransitionNode([loop], null, false, 0, 1), new TransitionNode([after], null, false, 0, 1)],
        };
        Add(after, false, [[next]], null);
    }

    private void Add(string name, bool takesInputs, IReadOnlyList<IReadOnlyList<string>> transitions, string? items)
        => _steps.Add(new StepNode
        {
            Name = name,
            TakesInputs = takesInputs,
            Transitions = [.. transitions.Select(targets => new TransitionNode([.. targets], items, false, 0, 1))],
        });

    private string Name() => $"s{_count++}";
}
