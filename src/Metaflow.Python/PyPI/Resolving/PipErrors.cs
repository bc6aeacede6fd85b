using Metaflow.Errors;

namespace Metaflow.Python.PyPI.Resolving;

/// <summary>The errors of pip.</summary>
internal static class PipErrors
{
    /// <summary>There is no pip, or it cannot start.</summary>
    /// <param name="python">The Python that should have it.</param>
    /// <param name="why">The reason.</param>
    /// <param name="inner">What was met.</param>
    /// <returns>The error (MF7074).</returns>
    public static EnvironmentException Missing(string python, string why, Exception? inner = null) => new(
        ErrorCodes.PipUnusable,
        $"The pip of '{python}' cannot be used.",
        Sentence.Of(why),
        "Add the package 'pip' to the environment in which packages are resolved.",
        inner);

    /// <summary>pip is too old.</summary>
    /// <param name="python">The Python that has it.</param>
    /// <param name="version">Its version.</param>
    /// <param name="least">The least version.</param>
    /// <returns>The error (MF7074).</returns>
    public static EnvironmentException TooOld(string python, string version, string least) => new(
        ErrorCodes.PipUnusable,
        $"The pip of '{python}' cannot be used.",
        $"It has version {version}, which cannot report what it would install; at least {least} is needed.",
        $"Take pip {least} or later in the environment in which packages are resolved.");

    /// <summary>pip found no packages.</summary>
    /// <param name="requirements">What was asked for.</param>
    /// <param name="lines">The essential lines of its output.</param>
    /// <returns>The error (MF7075).</returns>
    public static EnvironmentException NotFound(IReadOnlyList<string> requirements, IReadOnlyList<string> lines) => new(
        ErrorCodes.PythonPackagesNotFound,
        $"pip finds no packages for {Shown(requirements)}.",
        string.Join('\n', lines),
        "Ask for other versions, or name the index that has the packages.");

    /// <summary>The report cannot be understood.</summary>
    /// <param name="why">The reason.</param>
    /// <param name="inner">What was met.</param>
    /// <returns>The error (MF7076).</returns>
    public static EnvironmentException ReportUnreadable(string why, Exception? inner = null) => new(
        ErrorCodes.PipReportUnreadable,
        "The report of pip cannot be understood.",
        Sentence.Of(why),
        "Take another version of pip in the environment in which packages are resolved.",
        inner);

    /// <summary>A wheel cannot be built.</summary>
    /// <param name="source">What it is built from.</param>
    /// <param name="lines">The essential lines of the output, or the reason.</param>
    /// <returns>The error (MF7077).</returns>
    public static EnvironmentException NotBuilt(string source, IReadOnlyList<string> lines) => new(
        ErrorCodes.WheelNotBuilt,
        $"No wheel can be built from '{PipOutput.WithoutCredentials(source)}'.",
        string.Join('\n', lines),
        "Add what the build needs to the environment in which packages are resolved, or take a version that has a wheel.");

    /// <summary>An editable package is asked for.</summary>
    /// <param name="requirement">The requirement.</param>
    /// <returns>The error (MF7078).</returns>
    public static EnvironmentException Editable(string requirement) => new(
        ErrorCodes.EditablePackageRefused,
        $"The package '{PipOutput.WithoutCredentials(requirement)}' is editable.",
        "It is used where its sources are, which no other machine has, and changes with them.",
        "Name the folder without '-e': then a wheel is built from it.");

    /// <summary>A text is no requirement.</summary>
    /// <param name="text">The text.</param>
    /// <param name="why">The reason.</param>
    /// <returns>The error (MF7070).</returns>
    public static EnvironmentException Malformed(string text, string why) => new(
        ErrorCodes.PythonRequirementMalformed,
        $"'{PipOutput.WithoutCredentials(text)}' cannot be given to pip.",
        why,
        "Write a requirement such as 'name>=1.2' (PEP 508), an address or an absolute path.");

    private static string Shown(IReadOnlyList<string> requirements)
    {
        const int Most = 5;
        var shown = string.Join(", ", requirements.Take(Most).Select(static item => $"'{PipOutput.WithoutCredentials(item)}'"));
        return requirements.Count > Most ? $"{shown} and {requirements.Count - Most} more" : shown;
    }
}
