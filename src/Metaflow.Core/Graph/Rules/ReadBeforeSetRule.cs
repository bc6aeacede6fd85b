using System.Collections;

namespace Metaflow.Graph.Rules;

/// <summary>An artifact that a step reads may have been set on every path that leads to it.</summary>
internal sealed class ReadBeforeSetRule : IGraphRule
{
    public IEnumerable<GraphProblem> Check(FlowGraph graph)
    {
        if (!graph.Structure.IsSound)
        {
            return [];
        }

        var bits = new Dictionary<string, int>();
        foreach (var read in graph.Steps.SelectMany(static step => step.Reads))
        {
            if (!bits.ContainsKey(read.Key))
            {
                bits.Add(read.Key, bits.Count);
            }
        }

        return bits.Count == 0 ? [] : new Walk(graph, bits).Problems();
    }

    private sealed class Walk(FlowGraph graph, Dictionary<string, int> bits)
    {
        private readonly Dictionary<string, BitArray> _setAfter = [];

        public IEnumerable<GraphProblem> Problems()
        {
            foreach (var step in graph.Structure.ReachedInOrder)
            {
                var set = SetBefore(step);
                foreach (var read in step.Reads.Where(read => !set[bits[read.Key]]))
                {
                    yield return ProblemOf(step, read);
                }

                foreach (var name in step.Writes)
                {
                    if (bits.TryGetValue(name, out var bit))
                    {
                        set[bit] = true;
                    }
                }

                _setAfter[step.Name] = set;
            }
        }

        private BitArray SetBefore(StepNode step)
        {
            BitArray? set = null;
            if (graph.KindOf(step) != StepKind.Join)
            {
                foreach (var arrival in graph.Structure.Arrivals.At(step.Name))
                {
                    set = set is null ? new BitArray(_setAfter[arrival.From.Name]) : set.And(_setAfter[arrival.From.Name]);
                }
            }

            return set ?? new BitArray(bits.Count);
        }

        private GraphProblem ProblemOf(StepNode step, KeyValuePair<string, int> read)
        {
            var from = graph.Structure.Arrivals.At(step.Name).FirstOrDefault(arrival => !_setAfter[arrival.From.Name][bits[read.Key]])?.From;
            var isJoin = graph.KindOf(step) == StepKind.Join;
            var why = isJoin ? "A join begins with the parameters only."
                : from is null ? "It is the first step, and nothing sets the artifact before."
                : $"Where it is reached from '{from.Name}', no step before it sets the artifact.";
            return new GraphProblem(
                RuleCodes.ReadBeforeSet, ProblemSeverity.Warning,
                $"Step '{step.Name}' reads the artifact '{read.Key}' before it is set.",
                why,
                isJoin ? $"Take '{read.Key}' from the inputs." : $"Set '{read.Key}' in an earlier step of every path.",
                step.Name, read.Value, step.SourceFile)
            { Artifact = read.Key };
        }
    }
}
