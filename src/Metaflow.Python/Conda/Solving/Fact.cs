namespace Metaflow.Python.Conda.Solving;

/// <summary>Something that every solution must satisfy: a clause, or that two candidates exclude each other.</summary>
/// <param name="Clause">The number of the clause; -1 for two candidates that exclude each other.</param>
/// <param name="First">The first of the two candidates: the one whose requirement excludes the other, where there is one.</param>
/// <param name="Second">The second.</param>
/// <param name="Requirement">The requirement of the first that the second does not satisfy; <see langword="null"/> if both are of one
/// package.</param>
internal readonly record struct Fact(int Clause, int First, int Second, Requirement? Requirement)
{
    /// <summary>Gets the fact that stands for none: the reason of a decision.</summary>
    public static Fact None => new(-1, -1, -1, null);

    /// <summary>Gets a value indicating whether the fact stands for none.</summary>
    public bool IsNone => Clause < 0 && First < 0;

    /// <summary>Returns the fact of a clause.</summary>
    /// <param name="clause">The number of the clause.</param>
    /// <returns>The fact.</returns>
    public static Fact OfClause(int clause) => new(clause, -1, -1, null);

    /// <summary>Returns the fact that one package has one version.</summary>
    /// <param name="first">A candidate.</param>
    /// <param name="second">Another one of the package.</param>
    /// <returns>The fact.</returns>
    public static Fact OfSiblings(int first, int second) => new(-1, first, second, null);

    /// <summary>Returns the fact that a candidate does not satisfy a requirement.</summary>
    /// <param name="owner">Whose requirement it is.</param>
    /// <param name="requirement">The requirement.</param>
    /// <param name="other">The candidate.</param>
    /// <returns>The fact.</returns>
    public static Fact OfExclusion(int owner, Requirement requirement, int other) => new(-1, owner, other, requirement);
}
