namespace Metaflow.Python.Conda.Solving;

/// <summary>Learns from a contradiction: a clause that excludes what led to it.</summary>
/// <param name="propagation">What is decided.</param>
internal sealed class ConflictAnalysis(Propagation propagation)
{
    private readonly HashSet<int> _seen = [];
    private readonly List<int> _learned = [];
    private readonly List<Fact> _origins = [];

    /// <summary>Takes back decisions and adds a learned clause.</summary>
    /// <param name="conflict">What cannot be satisfied.</param>
    /// <returns>Whether there is a decision to take back; otherwise there is no solution.</returns>
    public bool Resolve(Fact conflict)
    {
        var assignment = propagation.Assignment;
        while (true)
        {
            var level = HighestLevel(conflict);
            if (level == 0)
            {
                return false;
            }

            propagation.Backtrack(level);
            var clause = Learn(conflict, level);
            var back = clause.Literals.Skip(1).Select(literal => assignment.LevelOf(literal >> 1)).DefaultIfEmpty(0).Max();
            propagation.Backtrack(back);
            conflict = propagation.Add(clause);
            if (conflict.IsNone)
            {
                return true;
            }
        }
    }

    /// <summary>Returns all that a contradiction without decisions follows from.</summary>
    /// <param name="conflict">What cannot be satisfied.</param>
    /// <returns>The facts; no learned clause is among them.</returns>
    public IReadOnlyCollection<Fact> Core(Fact conflict)
    {
        var core = new HashSet<Fact>();
        var visited = new HashSet<Fact>();
        var open = new Stack<Fact>([conflict]);
        var candidates = new HashSet<int>();
        while (open.TryPop(out var fact))
        {
            if (fact.IsNone || !visited.Add(fact))
            {
                continue;
            }

            var origins = fact.Clause >= 0 ? propagation.Clauses[fact.Clause].Origins : [];
            if (origins.Length == 0)
            {
                core.Add(fact);
            }

            foreach (var origin in origins)
            {
                open.Push(origin);
            }

            foreach (var literal in LiteralsOf(fact))
            {
                if (propagation.Assignment.ValueOf(literal >> 1) != 0 && candidates.Add(literal >> 1))
                {
                    open.Push(propagation.Assignment.ReasonOf(literal >> 1));
                }
            }
        }

        return core;
    }

    private int HighestLevel(Fact conflict)
    {
        var highest = 0;
        foreach (var literal in LiteralsOf(conflict))
        {
            highest = Math.Max(highest, propagation.Assignment.LevelOf(literal >> 1));
        }

        return highest;
    }

    private int[] LiteralsOf(Fact fact)
        => fact.Clause >= 0 ? propagation.Clauses[fact.Clause].Literals : [Clause.Negative(fact.First), Clause.Negative(fact.Second)];

    // Goes back from the contradiction until one candidate of the last decision's consequences explains it.
    private Clause Learn(Fact conflict, int level)
    {
        _seen.Clear();
        _learned.Clear();
        _origins.Clear();
        var trail = propagation.Assignment.Trail;
        var open = Take(conflict, except: -1, level);
        var place = trail.Count - 1;
        while (true)
        {
            while (!_seen.Contains(trail[place]) || propagation.Assignment.LevelOf(trail[place]) != level)
            {
                place--;
            }

            var candidate = trail[place--];
            if (--open == 0)
            {
                var literal = propagation.Assignment.ValueOf(candidate) > 0 ? Clause.Negative(candidate) : Clause.Positive(candidate);
                return new Clause([literal, .. _learned], -1, null, [.. _origins]);
            }

            open += Take(propagation.Assignment.ReasonOf(candidate), candidate, level);
        }
    }

    // Returns how many further candidates of the level the fact brings.
    private int Take(Fact fact, int except, int level)
    {
        _origins.Add(fact);
        var added = 0;
        foreach (var literal in LiteralsOf(fact))
        {
            var candidate = literal >> 1;
            var own = propagation.Assignment.LevelOf(candidate);
            if (candidate == except || own == 0 || !_seen.Add(candidate))
            {
                continue;
            }

            if (own == level)
            {
                added++;
            }
            else
            {
                _learned.Add(literal);
            }
        }

        return added;
    }
}
