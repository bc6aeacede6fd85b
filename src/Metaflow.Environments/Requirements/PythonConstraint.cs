namespace Metaflow.Environments.Requirements;

/// <summary>Constraints on the versions of packages of conda and PyPI, which their own tools read: here they are only put
/// together.</summary>
internal static class PythonConstraint
{
    private const string Operators = "~<>!=";

    /// <summary>Returns the constraint that demands what both demand, as the text that Metaflow's extension makes of them. Duplicates are
    /// left out; all but the first get an operator.</summary>
    /// <param name="category">The category of the package.</param>
    /// <param name="first">The first constraint; empty for none.</param>
    /// <param name="second">The second constraint; empty for none.</param>
    /// <returns>The constraint; empty for none.</returns>
    public static string And(string category, string first, string second)
    {
        var before = Split(Canonical(category, first));
        var known = before.Select(static item => item.TrimStart('=')).ToHashSet(StringComparer.Ordinal);
        var items = before.Concat(Split(Canonical(category, second)).Where(item => !known.Contains(item.TrimStart('='))))
            .Select(static (item, index) => index == 0 || Operators.Contains(item[0], StringComparison.Ordinal) ? item : "==" + item);
        return string.Join(',', items);
    }

    // PyPI's and, as in the extension, those packages of conda that are asked for beside them.
    private static string Canonical(string category, string constraint)
        => category is Categories.PyPI or Categories.CondaWithoutPython ? PythonVersionText.Canonicalize(constraint) : constraint;

    private static List<string> Split(string constraint)
        => [.. constraint.Split(',', StringSplitOptions.TrimEntries).Where(static item => item is not ("" or "*"))];
}
