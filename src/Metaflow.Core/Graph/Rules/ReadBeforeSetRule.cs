using System.Collections;

namespace Metaflow.Graph.Rules;

/// <summary>An artifact that a step reads may have been set on every path that leads to it, and no join on the way loses it.</summary>
internal sealed class ReadBeforeSetRule : IGraphRule
{
    public IEnumerable<GraphProblem> Check(FlowGraph graph)
    {
        if (!graph.Structure.IsSound)
        {
            return [];
        }

        var bits = new Dictionary<string, int>();
        foreach (var step in graph.Steps)
        {
            // By index here and below: code for sequences of pairs would have to be compiled in each process.
            for (var i = 0; i < step.Reads.Count; i++)
            {
                var name = step.Reads[i].Key;
                if (!bits.ContainsKey(name))
                {
                    bits.Add(name, bits.Count);
                }
            }
        }

        return bits.Count == 0 ? [] : new Walk(graph, bits).Problems();
    }

    /// <summary>What a join loses that steps after it read.</summary>
    private sealed class LostArtifacts(StepNode join)
    {
        private readonly List<string> _names = [];
        private readonly List<string> _readers = [];

        public void Add(string name, StepNode reader)
        {
            AddOnce(_names, name);
            AddOnce(_readers, reader.Name);
        }

        public GraphProblem ToProblem() => new(
            RuleCodes.LostAtJoin, ProblemSeverity.Warning,
            $"The join '{join.Name}' does not pass on {Problem.Names(_names)}, which {Problem.Names(_readers)} "
                + $"{(_readers.Count == 1 ? "reads" : "read")}.",
            "A join begins with only the parameters. It passes on only what it sets or merges.",
            $"Call MergeArtifacts(inputs) in '{join.Name}', or set {(_names.Count == 1 ? "it" : "them")} there from the inputs.",
            join.Name, join.Line, join.SourceFile)
        { Artifacts = new EquatableList<string>(_names) };

        private static void AddOnce(List<string> names, string name)
        {
            if (!names.Contains(name))
            {
                names.Add(name);
            }
        }
    }

    private sealed class Walk(FlowGraph graph, Dictionary<string, int> bits)
    {
        private readonly Dictionary<string, BitArray> _setAfter = [];
        private readonly Dictionary<string, LostArtifacts> _lost = [];

        public IEnumerable<GraphProblem> Problems()
        {
            foreach (var step in graph.Structure.ReachedInOrder)
            {
                var set = SetBefore(step);
                for (var i = 0; i < step.Reads.Count; i++)
                {
                    if (!set[bits[step.Reads[i].Key]] && !IsLostAtJoin(step, step.Reads[i].Key))
                    {
                        yield return ProblemOf(step, step.Reads[i]);
                    }
                }

                foreach (var name in step.Writes)
                {
                    if (bits.TryGetValue(name, out var bit))
                    {
                        set[bit] = true;
                    }
                }

                foreach (var name in step.Removes)
                {
                    if (bits.TryGetValue(name, out var bit))
                    {
                        set[bit] = false;
                    }
                }

                _setAfter[step.Name] = set;
            }

            foreach (var lost in _lost.Values)
            {
                yield return lost.ToProblem();
            }
        }

        /// <summary>Notes the join that has an artifact in its inputs and does not pass it on to a step that reads it.</summary>
        private bool IsLostAtJoin(StepNode reader, string name)
        {
            if (graph.KindOf(reader) == StepKind.Join)
            {
                return false;
            }

            var seen = new HashSet<string>();
            var pending = new Stack<StepNode>();
            pending.Push(reader);
            while (pending.Count > 0)
            {
                var step = pending.Pop();
                var arrivals = graph.Structure.Arrivals.At(step.Name);
                if (graph.KindOf(step) == StepKind.Join && arrivals.Any(arrival => _setAfter[arrival.From.Name][bits[name]]))
                {
                    Note(step, name, reader);
                    return true;
                }

                foreach (var arrival in arrivals.Where(arrival => !_setAfter[arrival.From.Name][bits[name]] && seen.Add(arrival.From.Name)))
                {
                    pending.Push(arrival.From);
                }
            }

            return false;
        }

        private void Note(StepNode join, string name, StepNode reader)
        {
            if (!_lost.TryGetValue(join.Name, out var lost))
            {
                _lost[join.Name] = lost = new LostArtifacts(join);
            }

            lost.Add(name, reader);
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
            var from = graph.Structure.Arrivals.At(step.Name)
                .FirstOrDefault(arrival => !_setAfter[arrival.From.Name][bits[read.Key]])?.From;
            var isJoin = graph.KindOf(step) == StepKind.Join;
            var why = isJoin ? "A join begins with only the parameters."
                : from is null ? "It is the first step, so nothing sets the artifact before it."
                : from.Removes.Contains(read.Key) ? $"Step '{from.Name}', from which it is reached, removes the artifact."
                : $"On the path from '{from.Name}', no earlier step sets the artifact, or a step removes it again.";
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
