namespace Metaflow.Python.Conda.Versions;

/// <summary><c>*</c>: every version.</summary>
internal sealed record AnyVersion : VersionTerm
{
    /// <inheritdoc/>
    public override bool Matches(CondaVersion version) => true;

    /// <inheritdoc/>
    public override string ToString() => "*";
}
