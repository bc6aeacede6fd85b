using Metaflow.Errors;
using Metaflow.Python.Conda.Versions;

namespace Metaflow.Python.Conda.Programs;

/// <summary>The errors of programs that find packages of conda. Their callers hide the credentials in what programs print.</summary>
internal static class CondaProgramErrors
{
    private const string Setting = "METAFLOW_CONDA_DEPENDENCY_RESOLVER";

    private const string Unset = "unset " + Setting + ": then Metaflow finds the packages itself";

    /// <summary>The program is nowhere, or cannot start.</summary>
    /// <param name="name">The program.</param>
    /// <param name="why">The reason, where it is there.</param>
    /// <param name="inner">What was met.</param>
    /// <returns>The error (MF7059).</returns>
    public static EnvironmentException Missing(string name, string? why = null, Exception? inner = null) => new(
        ErrorCodes.CondaProgramMissing,
        $"The program '{name}', which is to find the packages of conda, cannot be started.",
        $"The setting {Setting} names it. {Ended(why ?? "No folder of PATH has such a program")}",
        $"Install {name} and add its folder to PATH, or {Unset}.",
        inner);

    /// <summary>The program is too old.</summary>
    /// <param name="facts">What it says about itself.</param>
    /// <returns>The error (MF7069).</returns>
    public static EnvironmentException TooOld(CondaProgramFacts facts) => new(
        ErrorCodes.CondaProgramTooOld,
        $"The program '{facts.Path}', which is to find the packages of conda, is too old.",
        $"It is {facts.Kind} {facts.Version.Text}; at least {facts.LeastVersion.Text} is needed. The setting {Setting} names it.",
        $"Install {facts.Kind} {facts.LeastVersion.Text} or later, or {Unset}.");

    /// <summary>The program did not find packages, and that they do not exist is not the reason.</summary>
    /// <param name="path">The program.</param>
    /// <param name="exitCode">Its exit code.</param>
    /// <param name="lines">What it printed.</param>
    /// <returns>The error (MF7080).</returns>
    public static EnvironmentException Failed(string path, int exitCode, IReadOnlyList<string> lines) => new(
        ErrorCodes.CondaProgramFailed,
        $"The program '{path}' could not find the packages of conda.",
        lines.Count == 0 ? $"It ended with exit code {exitCode} and printed nothing."
            : Block($"It ended with exit code {exitCode} and says:", lines),
        $"Correct what it says, or {Unset}.");

    /// <summary>The answer of the program cannot be understood.</summary>
    /// <param name="path">The program.</param>
    /// <param name="why">The reason: a sentence.</param>
    /// <param name="inner">What was met.</param>
    /// <returns>The error (MF7080).</returns>
    public static EnvironmentException NotUnderstood(string path, string why, Exception? inner = null) => new(
        ErrorCodes.CondaProgramFailed,
        $"The answer of the program '{path}', which is to find the packages of conda, cannot be understood.",
        Ended(why),
        $"Install another version of it, or {Unset}.",
        inner);

    /// <summary>No packages satisfy the request.</summary>
    /// <param name="facts">The program.</param>
    /// <param name="platform">The platform.</param>
    /// <param name="lines">What it printed.</param>
    /// <returns>The error (MF7056).</returns>
    public static EnvironmentException Unsatisfiable(CondaProgramFacts facts, string platform, IReadOnlyList<string> lines) => new(
        ErrorCodes.CondaRequestUnsatisfiable,
        $"No packages of conda for {platform} satisfy the request.",
        lines.Count == 0 ? $"{facts.Kind} {facts.Version.Text} does not say why."
            : Block($"{facts.Kind} {facts.Version.Text} says:", lines),
        "Ask for other versions, drop one of them, or add a channel that has what is missing.");

    private static string Block(string first, IReadOnlyList<string> lines) => string.Join('\n', [first, .. lines, ""]);

    private static string Ended(string text) => text.EndsWith('.') ? text : text + ".";
}
