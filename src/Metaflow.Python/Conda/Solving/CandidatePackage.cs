using Metaflow.Python.Conda.Matching;

namespace Metaflow.Python.Conda.Solving;

/// <summary>All candidates of a name.</summary>
/// <param name="id">Its number among all packages.</param>
/// <param name="name">The name.</param>
internal sealed class CandidatePackage(int id, string name)
{
    /// <summary>Gets the number among all packages.</summary>
    public int Id { get; } = id;

    /// <summary>Gets the name.</summary>
    public string Name { get; } = name;

    /// <summary>Gets the candidates, the preferred one first; <see langword="null"/> until they are read.</summary>
    public Candidate[]? Candidates { get; set; }

    /// <summary>Gets the records that must not be used, with the reason: a part of a sentence.</summary>
    public List<(CondaRecord Record, string Reason)> Excluded { get; } = [];
}
