using System.Text.RegularExpressions;

namespace Metaflow.Python.Conda.Versions;

/// <summary>A pattern that the text of a version must match: <c>^1\.[24]$</c> or <c>1.*.3</c>.</summary>
/// <param name="Text">The pattern as it was written.</param>
/// <param name="Expression">The regular expression.</param>
internal sealed record VersionPattern(string Text, Regex Expression) : VersionTerm
{
    /// <inheritdoc/>
    public override bool Matches(CondaVersion version)
    {
        try
        {
            return Expression.IsMatch(version.Text);
        }
        catch (RegexMatchTimeoutException)
        {
            // A pattern of a channel must not hang the solver.
            return false;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
