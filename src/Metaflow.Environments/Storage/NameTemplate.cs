using System.Text.RegularExpressions;
using Metaflow.Errors;

namespace Metaflow.Environments.Storage;

/// <summary>Names of environments with variables, such as <c>team/training:@{METAFLOW_INIT_VERSION}</c>, of which a run or a task knows the
/// values.</summary>
internal static partial class NameTemplate
{
    /// <summary>Puts values in the places of variables.</summary>
    /// <param name="text">The text.</param>
    /// <param name="value">Returns the value of a variable by its name; <see langword="null"/> if it has none.</param>
    /// <returns>The text without variables. What values contain is not looked at.</returns>
    /// <exception cref="EnvironmentException">A variable has no value (MF7037).</exception>
    public static string Fill(string text, Func<string, string?> value) => Variable().Replace(
        text,
        match => value(match.Groups["name"].Value) ?? throw new EnvironmentException(
            ErrorCodes.EnvironmentVariableUnset,
            $"The environment '{text}' cannot be found.",
            $"Its name has the variable '{match.Groups["name"].Value}', which is not set.",
            match.Groups["name"].Value.StartsWith("METAFLOW_INIT_", StringComparison.Ordinal)
                ? "It stands for a parameter of the flow, in capitals. Correct its name, or give the parameter a value that is a text, a "
                    + "number or a truth value."
                : "Set the variable where the run is started, or correct its name."));

    [GeneratedRegex(@"@\{(?<name>\w+)\}")]
    private static partial Regex Variable();
}
