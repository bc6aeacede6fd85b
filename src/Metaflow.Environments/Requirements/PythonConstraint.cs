namespace Metaflow.Environments.Requirements;

/// <summary>Constraints on the versions of packages of conda and PyPI, which their own tools read: here they are only put together. A
/// marker may follow after <c>;</c>.</summary>
internal static class PythonConstraint
{
    private const string Operators = "~<>!=";

    /// <summary>Returns the one text of a constraint.</summary>
    /// <param name="category">The category of the package.</param>
    /// <param name="constraint">The constraint; empty for none.</param>
    /// <returns>The constraint; empty for none.</returns>
    public static string Normalize(string category, string constraint)
    {
        var (versions, marker) = Split(Canonical(category, constraint));
        return Join(versions, marker);
    }

    /// <summary>Returns the constraint that demands what both demand, as the text that Metaflow's extension makes of them. Duplicates are
    /// left out; all but the first get an operator.</summary>
    /// <param name="category">The category of the package.</param>
    /// <param name="first">The first constraint; empty for none.</param>
    /// <param name="second">The second constraint; empty for none.</param>
    /// <returns>The constraint, empty for none; <see langword="null"/> if the two hold under different markers, which one text cannot
    /// say.</returns>
    public static string? TryAnd(string category, string first, string second)
    {
        var (before, marker) = Split(Canonical(category, first));
        var (after, otherMarker) = Split(Canonical(category, second));
        var known = before.Select(static item => item.TrimStart('=')).ToHashSet(StringComparer.Ordinal);
        return marker == otherMarker
            ? Join([.. before, .. after.Where(item => !known.Contains(item.TrimStart('=')))], marker)
            : null;
    }

    private static string Join(List<string> versions, string marker)
        => string.Join(',', versions.Select((item, index) => index == 0 || Operators.Contains(item[0]) ? item : "==" + item)) + marker;

    // PyPI's and, as in the extension, those packages of conda that are asked for beside them.
    private static string Canonical(string category, string constraint)
        => category is Categories.PyPI or Categories.CondaWithoutPython ? PythonVersionText.Canonicalize(constraint) : constraint;

    private static (List<string> Versions, string Marker) Split(string constraint)
    {
        var end = constraint.IndexOf(';', StringComparison.Ordinal);
        var versions = end < 0 ? constraint : constraint[..end];
        return (
            [.. versions.Split(',', StringSplitOptions.TrimEntries).Where(static item => item is not ("" or "*"))],
            end < 0 ? "" : ";" + constraint[(end + 1)..].Trim());
    }
}
