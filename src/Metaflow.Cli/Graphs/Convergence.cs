using Metaflow.Graph;

namespace Metaflow.Cli.Graphs;

/// <summary>Finds where the ways from a step come together again: the first step that each of them passes.</summary>
/// <remarks>That step is the immediate post-dominator. It is found by the method of Cooper, Harvey and Kennedy, on the graph with all
/// transitions turned round.</remarks>
internal sealed class Convergence
{
    private readonly FlowGraph _graph;
    private readonly Dictionary<string, int> _order = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _meeting = new(StringComparer.Ordinal);

    /// <summary>Initializes the meetings of a graph.</summary>
    /// <param name="graph">The graph; where no way leads to the end, nothing is found.</param>
    public Convergence(FlowGraph graph)
    {
        _graph = graph;
        if (graph.EndStep is not { } end)
        {
            return;
        }

        var names = FromTheEnd(end);
        foreach (var (index, name) in names.Index())
        {
            _order[name] = index;
        }

        _meeting[end.Name] = end.Name;
        for (var isChanged = true; isChanged;)
        {
            isChanged = false;
            foreach (var name in names.Skip(1))
            {
                var meeting = graph.NextOf(graph.Find(name)!).Where(_meeting.ContainsKey).Aggregate(Meet);
                isChanged |= _meeting.GetValueOrDefault(name) != meeting;
                _meeting[name] = meeting;
            }
        }
    }

    /// <summary>Returns the step at which all ways from a step meet.</summary>
    /// <param name="step">The step.</param>
    /// <returns>The step's name, or <see langword="null"/> when there is none.</returns>
    public string? After(StepNode step) => _meeting.TryGetValue(step.Name, out var meeting) && meeting != step.Name ? meeting : null;

    private string Meet(string one, string other)
    {
        while (one != other)
        {
            while (_order[one] > _order[other])
            {
                one = _meeting[one];
            }

            while (_order[other] > _order[one])
            {
                other = _meeting[other];
            }
        }

        return one;
    }

    // Each step after one of those that it leads to.
    private List<string> FromTheEnd(StepNode end)
    {
        var names = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal) { end.Name };
        var open = new Stack<(StepNode Step, int Next)>([(end, 0)]);
        while (open.TryPop(out var visit))
        {
            var parents = _graph.ParentsOf(visit.Step);
            if (visit.Next == parents.Count)
            {
                names.Add(visit.Step.Name);
                continue;
            }

            open.Push((visit.Step, visit.Next + 1));
            if (seen.Add(parents[visit.Next].Name))
            {
                open.Push((parents[visit.Next], 0));
            }
        }

        names.Reverse();
        return names;
    }
}
