namespace Metaflow.Graph;

/// <summary>Makes the nested lists of <c>_graph_info.graph_structure</c> as Python Metaflow does.</summary>
/// <remarks>Python Metaflow lists the rest of a block again in every branch of a switch, which doubles with each switch in a row. Past a
/// budget of names, a step that was listed before is not listed again, so that the size stays linear.</remarks>
internal sealed class NestedStructure(FlowGraph graph, GraphStructure structure)
{
    private readonly HashSet<string> _listed = [];
    private int _budget = (4 * graph.Steps.Count) + 256;

    public IReadOnlyList<object> Build()
    {
        if (graph.StartStep is not { } start || graph.EndStep is not { } end)
        {
            return [];
        }

        var names = start.Name == end.Name ? [] : Block(start.Name, end.Name);
        names.Add(end.Name);
        return names;
    }

    private List<object> Block(string first, string? end)
    {
        var block = new List<object>();
        for (var name = first; name is not null && name != end && MayList(name);)
        {
            block.Add(name);
            var facts = structure.FactsOf(name);
            name = facts.Kind switch
            {
                StepKind.SplitStatic or StepKind.SplitForeach => AddBranches(block, facts.Next, facts.MatchingJoin, facts.MatchingJoin),
                StepKind.SplitSwitch => AddBranches(block, facts.Next.Where(target => target != facts.Step.Name), end, null),
                _ => facts.Next.Count > 0 ? facts.Next[0] : null,
            };
        }

        return block;
    }

    private string? AddBranches(List<object> block, IEnumerable<string> targets, string? end, string? continuation)
    {
        block.Add(targets.Select(target => (object)Block(target, end)).ToList());
        return continuation;
    }

    private bool MayList(string name) => graph.Find(name) is not null && (_listed.Add(name) || --_budget > 0);
}
