namespace Metaflow.Python.Conda.Solving;

/// <summary>Which candidates are in the solution so far, which are not, and why; with the decisions, so that they can be taken
/// back.</summary>
internal sealed class Assignment
{
    private readonly List<int> _levelStarts = [];

    private sbyte[] _values = new sbyte[1024];
    private int[] _levels = new int[1024];
    private Fact[] _reasons = new Fact[1024];
    private int[] _chosen = new int[256];

    /// <summary>Gets the candidates that are decided, in the order in which they were.</summary>
    public List<int> Trail { get; } = [];

    /// <summary>Gets how many decisions stand.</summary>
    public int Level => _levelStarts.Count;

    /// <summary>Makes room for candidates and packages.</summary>
    /// <param name="candidates">How many candidates there are.</param>
    /// <param name="packages">How many packages there are.</param>
    public void Grow(int candidates, int packages)
    {
        if (candidates > _values.Length)
        {
            var size = Math.Max(candidates, _values.Length * 2);
            Array.Resize(ref _values, size);
            Array.Resize(ref _levels, size);
            Array.Resize(ref _reasons, size);
        }

        if (packages > _chosen.Length)
        {
            Array.Resize(ref _chosen, Math.Max(packages, _chosen.Length * 2));
        }
    }

    /// <summary>Says whether a candidate is in the solution.</summary>
    /// <param name="candidate">The candidate.</param>
    /// <returns>1 if it is, -1 if it is not, 0 if that is open.</returns>
    public int ValueOf(int candidate) => _values[candidate];

    /// <summary>Says whether a literal is true.</summary>
    /// <param name="literal">The literal.</param>
    /// <returns>1 if it is, -1 if it is not, 0 if that is open.</returns>
    public int LiteralValue(int literal) => (literal & 1) == 0 ? _values[literal >> 1] : -_values[literal >> 1];

    /// <summary>Returns how many decisions stood when a candidate was decided.</summary>
    /// <param name="candidate">The candidate.</param>
    /// <returns>The number.</returns>
    public int LevelOf(int candidate) => _levels[candidate];

    /// <summary>Returns why a candidate is decided as it is.</summary>
    /// <param name="candidate">The candidate.</param>
    /// <returns>The fact; none for a decision.</returns>
    public Fact ReasonOf(int candidate) => _reasons[candidate];

    /// <summary>Returns the candidate of a package that is in the solution.</summary>
    /// <param name="package">The package.</param>
    /// <returns>The number of the candidate; -1 if none is.</returns>
    public int ChosenOf(CandidatePackage package) => _chosen[package.Id] - 1;

    /// <summary>Begins the consequences of a decision.</summary>
    public void Decide() => _levelStarts.Add(Trail.Count);

    /// <summary>Decides a candidate.</summary>
    /// <param name="candidate">The candidate.</param>
    /// <param name="isIn">Whether it is in the solution.</param>
    /// <param name="reason">Why.</param>
    public void Assign(Candidate candidate, bool isIn, Fact reason)
    {
        var id = candidate.Id;
        _values[id] = isIn ? (sbyte)1 : (sbyte)-1;
        _levels[id] = Level;
        _reasons[id] = reason;
        Trail.Add(id);
        if (isIn)
        {
            _chosen[candidate.Package.Id] = id + 1;
        }
    }

    /// <summary>Takes back the last candidate that was decided.</summary>
    /// <param name="candidate">The candidate.</param>
    public void Undo(Candidate candidate)
    {
        if (_values[candidate.Id] > 0)
        {
            _chosen[candidate.Package.Id] = 0;
        }

        _values[candidate.Id] = 0;
        Trail.RemoveAt(Trail.Count - 1);
    }

    /// <summary>Returns where the candidates begin that are decided since a level.</summary>
    /// <param name="level">The level, which is kept.</param>
    /// <returns>The place in the trail.</returns>
    public int EndOf(int level) => _levelStarts[level];

    /// <summary>Forgets decisions, after what followed from them was taken back.</summary>
    /// <param name="level">How many decisions stay.</param>
    public void Cut(int level) => _levelStarts.RemoveRange(level, _levelStarts.Count - level);
}
