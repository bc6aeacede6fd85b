using Metaflow.Errors;

namespace Metaflow.Python.Conda.Versions;

/// <summary>The errors of versions and of constraints on them.</summary>
internal static class VersionErrors
{
    /// <summary>Returns the error of a text that is no version.</summary>
    /// <param name="text">The text.</param>
    /// <param name="problem">Why: a sentence.</param>
    /// <returns>The error.</returns>
    public static EnvironmentException Version(string text, string problem) => new(
        ErrorCodes.CondaVersionUnreadable,
        $"'{text}' is no version of a package of conda.",
        problem,
        "Write a version such as 1.2.3, 1.0rc1 or 2024.1.");

    /// <summary>Returns the error of a text that is no constraint on versions.</summary>
    /// <param name="text">The text.</param>
    /// <param name="problem">Why: a sentence.</param>
    /// <returns>The error.</returns>
    public static EnvironmentException Spec(string text, string problem) => new(
        ErrorCodes.CondaVersionUnreadable,
        $"'{text}' is no constraint on the version of a package of conda.",
        problem,
        "Write one such as '1.2.*', '>=1.2,<2', '!=1.5' or '1.7|>=1.9'.");
}
