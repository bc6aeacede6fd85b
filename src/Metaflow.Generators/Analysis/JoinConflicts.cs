using Metaflow.Generators.Extraction;
using Metaflow.Graph;

namespace Metaflow.Generators.Analysis;

/// <summary>An artifact that arrives at a join with values that may differ.</summary>
/// <param name="Artifact">The name on disk.</param>
/// <param name="IsCertain">Whether the values are known to differ.</param>
/// <param name="Where">The branches, or the step of the foreach, that set it.</param>
internal sealed record JoinConflict(string Artifact, bool IsCertain, IReadOnlyList<string> Where);

/// <summary>Finds what differs between the inputs of a join: what more than one branch sets, or the body of a foreach.</summary>
internal sealed class JoinConflicts(FlowGraph graph, IReadOnlyDictionary<string, StepSource> steps)
{
    /// <summary>Returns what may differ; what the inputs have from before the split is the same in all of them.</summary>
    public IReadOnlyList<JoinConflict> At(StepNode join)
    {
        if (!graph.Structure.IsSound || graph.SplitClosedBy(join) is not { } split)
        {
            return [];
        }

        var branches = graph.Structure.Arrivals.At(join.Name).Where(arrival => arrival.Frame?.Split.Name == split.Name)
            .GroupBy(static arrival => arrival.Frame!.Branch)
            .Select(branch => (Name: branch.Key, Assigned: AssignedOnTheWay(split, branch.Select(static arrival => arrival.From))))
            .ToList();
        return graph.KindOf(split) == StepKind.SplitStatic
            ? branches.SelectMany(branch => branch.Assigned.Keys).Distinct()
                .Select(name => OfBranches(name, branches)).OfType<JoinConflict>().ToList()
            : branches.SelectMany(branch => branch.Assigned.Where(static assigned => !assigned.Value.Constant.HasValue)
                .Select(assigned => new JoinConflict(assigned.Key, assigned.Value.IsFromItem, [branch.Name]))).ToList();
    }

    private static JoinConflict? OfBranches(
        string artifact, IReadOnlyList<(string Name, Dictionary<string, AssignedValue> Assigned)> branches)
    {
        var setting = branches.Where(branch => branch.Assigned.ContainsKey(artifact)).ToList();
        if (setting.Count < 2)
        {
            return null;
        }

        var values = setting.ConvertAll(branch => branch.Assigned[artifact]);
        return values.TrueForAll(value => AssignedValue.AreEqual(value, values[0]))
            ? null
            : new JoinConflict(
                artifact, values.TrueForAll(static value => value.Constant.HasValue), setting.ConvertAll(static branch => branch.Name));
    }

    /// <summary>Collects what is assigned between a split and its join. What a nested join does not merge does not arrive.</summary>
    private Dictionary<string, AssignedValue> AssignedOnTheWay(StepNode split, IEnumerable<StepNode> last)
    {
        var assigned = new Dictionary<string, AssignedValue>();
        var pending = new Stack<StepNode>(last);
        var seen = new HashSet<string> { split.Name };
        while (pending.Count > 0)
        {
            var step = pending.Pop();
            if (!seen.Add(step.Name) || !steps.TryGetValue(step.Name, out var source))
            {
                continue;
            }

            foreach (var value in source.Accesses.Assigned)
            {
                assigned[value.Key] = assigned.TryGetValue(value.Key, out var other)
                    ? AssignedValue.Either(other, value.Value)
                    : value.Value;
            }

            foreach (var before in Before(step, source))
            {
                pending.Push(before);
            }
        }

        return assigned;
    }

    private IEnumerable<StepNode> Before(StepNode step, StepSource source)
    {
        if (graph.KindOf(step) != StepKind.Join)
        {
            return graph.Structure.Arrivals.At(step.Name).Select(static arrival => arrival.From);
        }

        return source.Accesses.Merges.Any(static merge => merge.Include is { Count: 0 }) && graph.SplitClosedBy(step) is { } nested
            ? [nested]
            : [];
    }
}
