using Metaflow.Python.Conda.Matching;

namespace Metaflow.Python.Conda.Solving;

/// <summary>A match spec with the candidates that satisfy it. Equal match specs have one object.</summary>
/// <param name="spec">The match spec.</param>
/// <param name="text">The match spec as it was written.</param>
/// <param name="package">The candidates of its name.</param>
internal sealed class Requirement(MatchSpec spec, string text, CandidatePackage package)
{
    private bool[]? _isMatch;

    /// <summary>Gets the match spec.</summary>
    public MatchSpec Spec { get; } = spec;

    /// <summary>Gets the match spec as it was written.</summary>
    public string Text { get; } = text;

    /// <summary>Gets the candidates of the name. They are read before any other member is used.</summary>
    public CandidatePackage Package { get; } = package;

    /// <summary>Gets the candidates that satisfy the match spec, the preferred one first. Those that are as good as each other are put in
    /// order when they are needed: see <see cref="CandidateOrder"/>.</summary>
    public Candidate[] Matching { get; private set; } = [];

    /// <summary>Gets or sets how many of the candidates are in order.</summary>
    public int Ordered { get; set; }

    /// <summary>Finds the candidates that satisfy the match spec.</summary>
    public void Resolve()
    {
        if (_isMatch is null)
        {
            var candidates = Package.Candidates!;
            _isMatch = new bool[candidates.Length];
            for (var index = 0; index < candidates.Length; index++)
            {
                var candidate = candidates[index];
                _isMatch[index] = candidate.Record is { } record ? Spec.Matches(record)
                    : candidate.Virtual is { } property && Spec.Matches(property);
            }

            Matching = [.. candidates.Where(candidate => _isMatch[candidate.Index])];
        }
    }

    /// <summary>Says whether a candidate of the name satisfies the match spec.</summary>
    /// <param name="candidate">The candidate.</param>
    /// <returns>Whether it does.</returns>
    public bool IsMatch(Candidate candidate)
    {
        Resolve();
        return _isMatch![candidate.Index];
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
