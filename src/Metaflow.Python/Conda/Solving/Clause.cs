namespace Metaflow.Python.Conda.Solving;

/// <summary>Literals of which one must be true. A literal is twice the number of a candidate, and one more if the candidate is not in the
/// solution.</summary>
/// <param name="Literals">The literals. The first two are watched.</param>
/// <param name="Owner">Whose requirement the clause stands for; -1 for a learned clause.</param>
/// <param name="Requirement">The requirement; <see langword="null"/> for a learned clause and for a candidate that cannot be used.</param>
/// <param name="Origins">What a learned clause follows from; otherwise empty.</param>
internal sealed record Clause(int[] Literals, int Owner, Requirement? Requirement, Fact[] Origins)
{
    /// <summary>Returns the literal of a candidate that is in the solution.</summary>
    /// <param name="candidate">The candidate.</param>
    /// <returns>The literal.</returns>
    public static int Positive(int candidate) => candidate << 1;

    /// <summary>Returns the literal of a candidate that is not in the solution.</summary>
    /// <param name="candidate">The candidate.</param>
    /// <returns>The literal.</returns>
    public static int Negative(int candidate) => (candidate << 1) | 1;
}
