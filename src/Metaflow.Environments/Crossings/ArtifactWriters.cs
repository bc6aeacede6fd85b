using Metaflow.Graph;

namespace Metaflow.Environments.Crossings;

/// <summary>Finds the steps whose value of an artifact arrives at a step.</summary>
/// <param name="graph">The flow's graph.</param>
/// <param name="readsInputs">Says whether a join reads an artifact of its inputs.</param>
internal sealed class ArtifactWriters(FlowGraph graph, Func<StepNode, string, bool> readsInputs)
{
    /// <summary>Says whether a step reads an artifact that arrives at it.</summary>
    /// <param name="step">The step.</param>
    /// <param name="artifact">The artifact, by name on disk.</param>
    /// <returns>Whether it may, and whether that is certain as far as the source says: in a join that also sets the artifact, a read may be
    /// of what it set.</returns>
    public (bool MayRead, bool IsCertain) Reads(StepNode step, string artifact)
    {
        if (step.Reads.Any(read => read.Key == artifact))
        {
            return (true, true);
        }

        return step.TakesInputs && readsInputs(step, artifact) ? (true, !step.Writes.Contains(artifact)) : (false, false);
    }

    /// <summary>Finds the nearest steps before a step that set an artifact.</summary>
    /// <param name="step">The step.</param>
    /// <param name="artifact">The artifact, by name on disk.</param>
    /// <returns>The steps, and whether their value arrives as they wrote it: a step in between that reads the value may change it, and then
    /// writes it again with its own version.</returns>
    public IReadOnlyDictionary<string, bool> Before(StepNode step, string artifact)
    {
        var writers = new Dictionary<string, bool>(StringComparer.Ordinal);
        var seen = new HashSet<(string Step, bool IsCertain)>();
        var pending = new Stack<(StepNode Step, bool IsCertain)>(graph.ParentsOf(step).Select(static parent => (parent, true)));
        while (pending.TryPop(out var next))
        {
            if (!seen.Add((next.Step.Name, next.IsCertain)))
            {
                continue;
            }

            if (next.Step.Writes.Contains(artifact))
            {
                Note(next.Step, next.IsCertain);
                continue;
            }

            // What a join reads of its inputs stays theirs.
            var isRead = next.Step.Reads.Any(read => read.Key == artifact);
            if (isRead)
            {
                Note(next.Step, isCertain: false);
            }

            foreach (var parent in graph.ParentsOf(next.Step))
            {
                pending.Push((parent, next.IsCertain && !isRead));
            }
        }

        return writers;

        void Note(StepNode writer, bool isCertain) => writers[writer.Name] = isCertain || writers.GetValueOrDefault(writer.Name);
    }
}
