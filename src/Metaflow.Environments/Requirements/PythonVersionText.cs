using System.Text.RegularExpressions;
using Metaflow.Python.PyPI.Versions;

namespace Metaflow.Environments.Requirements;

/// <summary>The versions of Python packages as texts (PEP 440).</summary>
internal static partial class PythonVersionText
{
    /// <summary>Returns the canonical text of a version, without zeros at its end: <c>1.0</c> becomes <c>1</c>. Metaflow's extension
    /// computes the identity of environments from it.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The canonical text; what is no single version stays as it is.</returns>
    public static string Canonicalize(string text)
        => PythonVersion.TryParse(text, out var version) ? version.ToCanonicalString() : text;

    /// <summary>Returns the constraint on Python's version that a user means: <c>3.11</c> is any 3.11, as nobody means 3.11.0.</summary>
    /// <param name="text">The text, such as <c>3.11</c>, <c>3.11.4</c> or <c>&gt;=3.10</c>.</param>
    /// <returns>The constraint, such as <c>3.11.*</c>.</returns>
    public static string Widen(string text)
    {
        var trimmed = text.Trim();
        var version = trimmed.TrimStart('=').TrimStart();
        return MajorAndMinor().IsMatch(version) ? version + ".*" : Whole().IsMatch(version) ? version : trimmed;
    }

    [GeneratedRegex(@"^[0-9]+(\.[0-9]+)?$")]
    private static partial Regex MajorAndMinor();

    [GeneratedRegex(@"^[0-9]+(\.[0-9]+)*(\.\*)?$")]
    private static partial Regex Whole();
}
