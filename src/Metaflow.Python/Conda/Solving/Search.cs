namespace Metaflow.Python.Conda.Solving;

/// <summary>Searches for the preferred solution. The requirements are met one after the other, each by the best candidate that what came
/// before it allows: those of the request first, then those of the candidates that entered the solution, in their order.</summary>
/// <remarks>This is a search with learned clauses and without restarts: a candidate is passed over only if it follows from the facts and
/// the decisions before it that it is in no solution. So no better choice is lost.</remarks>
internal sealed class Search
{
    private readonly CandidateUniverse _universe;
    private readonly Propagation _propagation;
    private readonly ConflictAnalysis _analysis;
    private readonly List<(int Place, int Number)> _cursors = [];
    private readonly Dictionary<int, int[]> _clauses = [];

    private (int Place, int Number) _cursor;
    private int _encoded;
    private Fact _conflict;
    private Fact _dead = Fact.None;

    /// <summary>Initializes a search.</summary>
    /// <param name="universe">All candidates.</param>
    public Search(CandidateUniverse universe)
    {
        _universe = universe;
        _propagation = new Propagation(universe);
        _analysis = new ConflictAnalysis(_propagation);
        _conflict = Fact.None;
    }

    /// <summary>Gets how many contradictions were met.</summary>
    public int Conflicts { get; private set; }

    /// <summary>Gets the clauses.</summary>
    public IReadOnlyList<Clause> Clauses => _propagation.Clauses;

    private Assignment Assignment => _propagation.Assignment;

    /// <summary>Searches.</summary>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>The candidates of the solution; <see langword="null"/> if there is none.</returns>
    public IReadOnlyList<Candidate>? Run(CancellationToken cancellationToken)
    {
        _propagation.Grow();
        foreach (var property in _universe.VirtualPackages)
        {
            var candidate = _universe.PackageOf(property.Name).Candidates![0];
            if (Assignment.ValueOf(candidate.Id) == 0)
            {
                _propagation.Assign(Clause.Positive(candidate.Id), Fact.None);
            }
        }

        _propagation.Assign(Clause.Positive(_universe.Root.Id), Fact.None);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!Consequences(cancellationToken))
            {
                Conflicts++;
                if (!_analysis.Resolve(_conflict))
                {
                    return null;
                }

                TakeBack();
                continue;
            }

            if (!Decide())
            {
                return Solution();
            }
        }
    }

    /// <summary>Returns why there is no solution.</summary>
    /// <returns>The facts that contradict each other.</returns>
    public IReadOnlyCollection<Fact> Core() => _analysis.Core(_conflict);

    private bool Consequences(CancellationToken cancellationToken)
    {
        while (true)
        {
            _conflict = _propagation.Run();
            _conflict = _conflict.IsNone ? _dead : _conflict;
            _dead = Fact.None;
            if (!_conflict.IsNone)
            {
                return false;
            }

            if (_encoded == Assignment.Trail.Count)
            {
                return true;
            }

            var id = Assignment.Trail[_encoded++];
            if (Assignment.ValueOf(id) > 0 && !_clauses.ContainsKey(id))
            {
                cancellationToken.ThrowIfCancellationRequested();
                _conflict = Encode(_universe.Candidates[id]);
                if (!_conflict.IsNone)
                {
                    return false;
                }
            }
        }
    }

    // Adds the clauses of what a candidate needs.
    private Fact Encode(Candidate candidate)
    {
        _universe.Read(candidate);
        if (candidate.Problem is not null)
        {
            return _propagation.Add(new Clause([Clause.Negative(candidate.Id)], candidate.Id, null, []));
        }

        var numbers = new int[candidate.Depends!.Length];
        _clauses[candidate.Id] = numbers;
        var conflict = Fact.None;
        for (var number = 0; number < numbers.Length; number++)
        {
            var added = Encode(candidate, number);
            conflict = conflict.IsNone ? added : conflict;
        }

        return conflict;
    }

    private Fact Encode(Candidate candidate, int number)
    {
        var requirement = candidate.Depends![number];
        _universe.Load(requirement.Package);
        _propagation.Grow();
        requirement.Resolve();
        var literals = new int[requirement.Matching.Length + 1];
        literals[0] = Clause.Negative(candidate.Id);
        for (var index = 0; index < requirement.Matching.Length; index++)
        {
            literals[index + 1] = Clause.Positive(requirement.Matching[index].Id);
        }

        _clauses[candidate.Id][number] = _propagation.Clauses.Count;
        return _propagation.Add(new Clause(literals, candidate.Id, requirement, []));
    }

    // Meets the next requirement. Returns false if all are met.
    private bool Decide()
    {
        for (; _cursor.Place < Assignment.Trail.Count; _cursor = (_cursor.Place + 1, 0))
        {
            var id = Assignment.Trail[_cursor.Place];
            if (Assignment.ValueOf(id) < 0)
            {
                continue;
            }

            var candidate = _universe.Candidates[id];
            for (; _cursor.Number < candidate.Depends!.Length; _cursor.Number++)
            {
                var requirement = candidate.Depends[_cursor.Number];
                if (Assignment.ChosenOf(requirement.Package) < 0)
                {
                    Meet(requirement, _clauses[id][_cursor.Number]);
                    return true;
                }
            }
        }

        return false;
    }

    // Decides for the best candidate that nothing speaks against. What is passed over is excluded, and the consequences come first.
    private void Meet(Requirement requirement, int clause)
    {
        var hasExcluded = false;
        for (var index = 0; index < requirement.Matching.Length; index++)
        {
            CandidateOrder.Refine(requirement, index, _universe);
            _propagation.Grow();
            var candidate = requirement.Matching[index];
            if (Assignment.ValueOf(candidate.Id) != 0)
            {
                continue;
            }

            var objection = Objection(candidate);
            if (!objection.IsNone)
            {
                _propagation.Exclude(candidate, objection);
            }

            hasExcluded |= Assignment.ValueOf(candidate.Id) < 0;
            if (Assignment.ValueOf(candidate.Id) < 0)
            {
                continue;
            }

            if (!hasExcluded)
            {
                _cursors.Add(_cursor);
                Assignment.Decide();
                _propagation.Assign(Clause.Positive(candidate.Id), Fact.None);
            }

            return;
        }

        // Nothing is open, and nothing was just excluded that would tell so.
        _dead = hasExcluded ? Fact.None : Fact.OfClause(clause);
    }

    // Also looks at packages that were read and of which a requirement of the candidate leaves nothing.
    private Fact Objection(Candidate candidate)
    {
        var objection = _propagation.Objection(candidate);
        if (!objection.IsNone)
        {
            return objection;
        }

        if (candidate.Problem is not null)
        {
            _propagation.Add(new Clause([Clause.Negative(candidate.Id)], candidate.Id, null, []));
            return Fact.None;
        }

        foreach (var requirement in candidate.Depends!)
        {
            if (requirement.Package.Candidates is not null && IsHopeless(requirement) && !_clauses.ContainsKey(candidate.Id))
            {
                var literals = requirement.Matching.Select(static other => Clause.Positive(other.Id));
                _propagation.Add(new Clause([Clause.Negative(candidate.Id), .. literals], candidate.Id, requirement, []));
                return Fact.None;
            }
        }

        return Fact.None;
    }

    private bool IsHopeless(Requirement requirement)
    {
        requirement.Resolve();
        foreach (var candidate in requirement.Matching)
        {
            if (Assignment.ValueOf(candidate.Id) >= 0)
            {
                return false;
            }
        }

        return true;
    }

    private void TakeBack()
    {
        if (Assignment.Level < _cursors.Count)
        {
            _cursor = _cursors[Assignment.Level];
            _cursors.RemoveRange(Assignment.Level, _cursors.Count - Assignment.Level);
        }

        _encoded = Math.Min(_encoded, _propagation.TakeKept());
    }

    private List<Candidate> Solution()
    {
        var solution = new List<Candidate>();
        foreach (var id in Assignment.Trail)
        {
            if (Assignment.ValueOf(id) > 0 && _universe.Candidates[id].Record is not null)
            {
                solution.Add(_universe.Candidates[id]);
            }
        }

        return solution;
    }
}
