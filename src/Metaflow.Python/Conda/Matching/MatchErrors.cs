using Metaflow.Errors;

namespace Metaflow.Python.Conda.Matching;

/// <summary>The errors of match specs.</summary>
internal static class MatchErrors
{
    /// <summary>Returns the error of a text that is no match spec.</summary>
    /// <param name="text">The text.</param>
    /// <param name="problem">Why: a sentence.</param>
    /// <returns>The error.</returns>
    public static EnvironmentException Spec(string text, string problem) => new(
        ErrorCodes.MatchSpecUnreadable,
        $"'{SecretText.Redact(text)}' does not ask for a package of conda.",
        problem,
        "Write 'numpy', 'numpy=1.26', 'numpy >=1.21,<2', 'conda-forge::numpy' or \"numpy[version='>=1.21',build='py311*']\".");
}
