namespace Metaflow.Python.Conda.Solving;

/// <summary>Draws the conclusions of what is decided: clauses with two watched literals, and two kinds of exclusion that need no clauses:
/// a package has one version, and what a candidate requires excludes what does not satisfy it.</summary>
/// <param name="universe">All candidates.</param>
internal sealed class Propagation(CandidateUniverse universe)
{
    private readonly List<Clause> _clauses = [];

    // What the candidates of the solution require of a package, by the number of the package.
    private readonly List<List<(int Owner, Requirement Requirement)>> _demands = [];
    private readonly List<bool> _isDemanding = [];
    private List<int>?[] _watches = new List<int>?[2048];
    private int _head;
    private int _kept = int.MaxValue;

    /// <summary>Gets what is decided.</summary>
    public Assignment Assignment { get; } = new();

    /// <summary>Gets the clauses.</summary>
    public IReadOnlyList<Clause> Clauses => _clauses;

    /// <summary>Makes room for candidates that were read since.</summary>
    public void Grow()
    {
        Assignment.Grow(universe.Candidates.Count, universe.PackageCount);
        while (_demands.Count < universe.PackageCount)
        {
            _demands.Add([]);
        }

        while (_isDemanding.Count < universe.Candidates.Count)
        {
            _isDemanding.Add(false);
        }

        if (_watches.Length < universe.Candidates.Count * 2)
        {
            Array.Resize(ref _watches, Math.Max(universe.Candidates.Count * 2, _watches.Length * 2));
        }
    }

    /// <summary>Draws all conclusions.</summary>
    /// <returns>What cannot be satisfied; none if there is no contradiction.</returns>
    public Fact Run()
    {
        while (_head < Assignment.Trail.Count)
        {
            var id = Assignment.Trail[_head++];
            var isIn = Assignment.ValueOf(id) > 0;
            var conflict = isIn ? Enter(universe.Candidates[id]) : Fact.None;
            conflict = conflict.IsNone ? Visit(isIn ? Clause.Negative(id) : Clause.Positive(id)) : conflict;
            if (!conflict.IsNone)
            {
                return conflict;
            }
        }

        return Fact.None;
    }

    /// <summary>Adds a clause, and draws its conclusion.</summary>
    /// <param name="clause">The clause.</param>
    /// <returns>The clause if it cannot be satisfied; otherwise none.</returns>
    public Fact Add(Clause clause)
    {
        var number = _clauses.Count;
        _clauses.Add(clause);
        var literals = clause.Literals;

        // What is not false is watched; else what becomes open first when decisions are taken back.
        for (var place = 0; place < Math.Min(2, literals.Length); place++)
        {
            var best = place;
            for (var index = place + 1; index < literals.Length; index++)
            {
                best = Rank(literals[index]) > Rank(literals[best]) ? index : best;
            }

            (literals[place], literals[best]) = (literals[best], literals[place]);
            (_watches[literals[place]] ??= []).Add(number);
        }

        if (literals.Length == 0 || Assignment.LiteralValue(literals[0]) < 0)
        {
            return Fact.OfClause(number);
        }

        if (Assignment.LiteralValue(literals[0]) == 0 && (literals.Length == 1 || Assignment.LiteralValue(literals[1]) < 0))
        {
            Assign(literals[0], Fact.OfClause(number));
        }

        return Fact.None;
    }

    /// <summary>Returns why a candidate that is open cannot be in the solution: it does not satisfy a requirement, or one of its own is
    /// not satisfied.</summary>
    /// <param name="candidate">The candidate.</param>
    /// <returns>The fact; none if there is no reason yet.</returns>
    public Fact Objection(Candidate candidate)
    {
        foreach (var (owner, requirement) in _demands[candidate.Package.Id])
        {
            if (!requirement.IsMatch(candidate))
            {
                return Fact.OfExclusion(owner, requirement, candidate.Id);
            }
        }

        return OwnObjection(candidate);
    }

    /// <summary>Decides that a candidate is not in the solution.</summary>
    /// <param name="candidate">The candidate.</param>
    /// <param name="reason">Why.</param>
    public void Exclude(Candidate candidate, Fact reason) => Assignment.Assign(candidate, isIn: false, reason);

    /// <summary>Decides that a literal is true.</summary>
    /// <param name="literal">The literal.</param>
    /// <param name="reason">Why.</param>
    public void Assign(int literal, Fact reason) => Assignment.Assign(universe.Candidates[literal >> 1], (literal & 1) == 0, reason);

    /// <summary>Takes decisions back.</summary>
    /// <param name="level">How many stay.</param>
    public void Backtrack(int level)
    {
        if (level >= Assignment.Level)
        {
            return;
        }

        var end = Assignment.EndOf(level);
        while (Assignment.Trail.Count > end)
        {
            var candidate = universe.Candidates[Assignment.Trail[^1]];
            if (_isDemanding[candidate.Id])
            {
                Leave(candidate);
            }

            Assignment.Undo(candidate);
        }

        Assignment.Cut(level);
        _head = Assignment.Trail.Count;
        _kept = Math.Min(_kept, _head);
    }

    /// <summary>Returns how many decided candidates have stood since the last call.</summary>
    /// <returns>The number.</returns>
    public int TakeKept()
    {
        var kept = _kept;
        _kept = int.MaxValue;
        return kept;
    }

    private int Rank(int literal)
        => Assignment.LiteralValue(literal) >= 0 ? int.MaxValue : Assignment.LevelOf(literal >> 1);

    private Fact OwnObjection(Candidate candidate)
    {
        universe.Read(candidate);
        foreach (var list in (ReadOnlySpan<Requirement[]>)[candidate.Depends!, candidate.Constrains!])
        {
            foreach (var requirement in list)
            {
                // Of a package that was only named, there may be no room yet: then nothing of it is chosen.
                var chosen = requirement.Package.Candidates is null ? -1 : Assignment.ChosenOf(requirement.Package);
                if (chosen >= 0 && !requirement.IsMatch(universe.Candidates[chosen]))
                {
                    return Fact.OfExclusion(candidate.Id, requirement, chosen);
                }
            }
        }

        return Fact.None;
    }

    private Fact Enter(Candidate candidate)
    {
        universe.Read(candidate);
        Grow();
        var objection = Objection(candidate);
        _isDemanding[candidate.Id] = true;
        foreach (var requirement in candidate.Depends!)
        {
            _demands[requirement.Package.Id].Add((candidate.Id, requirement));
        }

        foreach (var requirement in candidate.Constrains!)
        {
            _demands[requirement.Package.Id].Add((candidate.Id, requirement));
        }

        if (!objection.IsNone)
        {
            return objection;
        }

        foreach (var sibling in candidate.Package.Candidates!)
        {
            if (sibling != candidate)
            {
                if (Assignment.ValueOf(sibling.Id) > 0)
                {
                    return Fact.OfSiblings(candidate.Id, sibling.Id);
                }

                if (Assignment.ValueOf(sibling.Id) == 0)
                {
                    Exclude(sibling, Fact.OfSiblings(candidate.Id, sibling.Id));
                }
            }
        }

        foreach (var requirement in candidate.Depends)
        {
            ExcludeOthers(candidate, requirement);
        }

        foreach (var requirement in candidate.Constrains)
        {
            ExcludeOthers(candidate, requirement);
        }

        return Fact.None;
    }

    private void ExcludeOthers(Candidate owner, Requirement requirement)
    {
        // A package that was not read has no candidates yet: they are looked at when they are chosen.
        foreach (var other in requirement.Package.Candidates ?? [])
        {
            if (Assignment.ValueOf(other.Id) == 0 && !requirement.IsMatch(other))
            {
                Exclude(other, Fact.OfExclusion(owner.Id, requirement, other.Id));
            }
        }
    }

    private void Leave(Candidate candidate)
    {
        _isDemanding[candidate.Id] = false;
        for (var index = candidate.Constrains!.Length - 1; index >= 0; index--)
        {
            RemoveLast(candidate.Constrains[index]);
        }

        for (var index = candidate.Depends!.Length - 1; index >= 0; index--)
        {
            RemoveLast(candidate.Depends[index]);
        }
    }

    private void RemoveLast(Requirement requirement)
    {
        var demands = _demands[requirement.Package.Id];
        demands.RemoveAt(demands.Count - 1);
    }

    // Looks at the clauses that watch a literal which became false.
    private Fact Visit(int literal)
    {
        var watching = _watches[literal];
        if (watching is null)
        {
            return Fact.None;
        }

        var kept = 0;
        var conflict = Fact.None;
        for (var index = 0; index < watching.Count; index++)
        {
            var number = watching[index];
            if (!conflict.IsNone || !Moves(number, literal, ref conflict))
            {
                watching[kept++] = number;
            }
        }

        watching.RemoveRange(kept, watching.Count - kept);
        return conflict;
    }

    // Lets a clause watch another literal. Returns false if there is none.
    private bool Moves(int number, int literal, ref Fact conflict)
    {
        var literals = _clauses[number].Literals;
        if (literals.Length > 1 && literals[0] == literal)
        {
            (literals[0], literals[1]) = (literals[1], literals[0]);
        }

        var first = Assignment.LiteralValue(literals[0]);
        if (first > 0)
        {
            return false;
        }

        for (var index = 2; index < literals.Length; index++)
        {
            if (Assignment.LiteralValue(literals[index]) >= 0)
            {
                (literals[1], literals[index]) = (literals[index], literals[1]);
                (_watches[literals[1]] ??= []).Add(number);
                return true;
            }
        }

        if (first < 0)
        {
            conflict = Fact.OfClause(number);
        }
        else
        {
            Assign(literals[0], Fact.OfClause(number));
        }

        return false;
    }
}
