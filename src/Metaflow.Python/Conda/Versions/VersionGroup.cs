namespace Metaflow.Python.Conda.Versions;

/// <summary>Terms of which all or one must hold.</summary>
/// <param name="IsAll">Whether all must hold (<c>,</c>); otherwise one must (<c>|</c>).</param>
/// <param name="Terms">The terms.</param>
internal sealed record VersionGroup(bool IsAll, IReadOnlyList<VersionTerm> Terms) : VersionTerm
{
    /// <inheritdoc/>
    public override bool Matches(CondaVersion version)
    {
        for (var index = 0; index < Terms.Count; index++)
        {
            if (Terms[index].Matches(version) != IsAll)
            {
                return !IsAll;
            }
        }

        return IsAll;
    }

    /// <inheritdoc/>
    public override string ToString()
        => string.Join(IsAll ? ',' : '|', Terms.Select(term => IsAll && term is VersionGroup ? $"({term})" : term.ToString()));
}
