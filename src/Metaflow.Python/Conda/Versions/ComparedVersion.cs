namespace Metaflow.Python.Conda.Versions;

/// <summary>A comparison with a version.</summary>
/// <param name="Operator">How they are compared.</param>
/// <param name="Bound">The version.</param>
internal sealed record ComparedVersion(VersionOperator Operator, CondaVersion Bound) : VersionTerm
{
    /// <inheritdoc/>
    public override bool Matches(CondaVersion version) => Operator switch
    {
        VersionOperator.Equal => version.CompareTo(Bound) == 0,
        VersionOperator.NotEqual => version.CompareTo(Bound) != 0,
        VersionOperator.Less => version.CompareTo(Bound) < 0,
        VersionOperator.LessOrEqual => version.CompareTo(Bound) <= 0,
        VersionOperator.Greater => version.CompareTo(Bound) > 0,
        VersionOperator.GreaterOrEqual => version.CompareTo(Bound) >= 0,
        VersionOperator.StartsWith => version.StartsWith(Bound),
        VersionOperator.StartsOtherwise => !version.StartsWith(Bound),
        _ => version.IsCompatibleWith(Bound),
    };

    /// <inheritdoc/>
    public override string ToString() => Operator switch
    {
        VersionOperator.Equal => $"=={Bound}",
        VersionOperator.NotEqual => $"!={Bound}",
        VersionOperator.Less => $"<{Bound}",
        VersionOperator.LessOrEqual => $"<={Bound}",
        VersionOperator.Greater => $">{Bound}",
        VersionOperator.GreaterOrEqual => $">={Bound}",
        VersionOperator.StartsWith => $"{Bound}.*",
        VersionOperator.StartsOtherwise => $"!={Bound}.*",
        _ => $"~={Bound}",
    };
}
