using Metaflow.Errors;
using Metaflow.Naming;

namespace Metaflow.Cli.Parsing;

/// <summary>Makes the errors of wrong command lines; all end the command with exit code 2.</summary>
internal static class UsageErrors
{
    public static ConfigurationException UnknownOption(string typed, IEnumerable<string> known, string? hint = null)
    {
        var closest = ClosestName.Find(typed, known);
        return Make(
            ErrorCodes.UnknownOption,
            $"No such option: {typed}.",
            "",
            hint ?? (closest is null ? "Add --help to see the options." : $"Did you mean '{closest}'?"));
    }

    public static ConfigurationException UnknownCommand(string typed, IReadOnlyList<string> known)
    {
        var closest = ClosestName.Find(typed, known);
        return Make(
            ErrorCodes.UnknownCommand,
            $"No such command '{typed}'.",
            "",
            closest is null ? $"The commands are {string.Join(", ", known)}." : $"Did you mean '{closest}'?");
    }

    public static ConfigurationException OptionWithoutValue(string option, string? next) => Make(
        ErrorCodes.OptionWithoutValue,
        $"Option '{option}' requires a value.",
        next is null ? "" : $"What follows it, '{next}', is an option of its own.",
        next is null ? $"Write '{option} VALUE'." : $"Write '{option} VALUE', or '{option}={next}' when that is the value.");

    public static ConfigurationException FlagWithValue(string option, string value) => InvalidValue(
        option.TrimStart('-'), $"'{value}' is not a valid boolean.", $"'{option}' needs no value; write it alone.");

    public static ConfigurationException InvalidVariable(string variable, string value) => Make(
        ErrorCodes.InvalidValue,
        $"Invalid value for the environment variable '{variable}': '{value}' is not a valid boolean.",
        "",
        "Set it to true or false, or unset it.");

    public static ConfigurationException InvalidValue(string option, string why, string fix)
        => Make(ErrorCodes.InvalidValue, $"Invalid value for '--{option}': {why}", "", fix);

    public static ConfigurationException UnknownDecorator(string name, IReadOnlyList<string> known)
    {
        var closest = ClosestName.Find(name, known);
        return InvalidValue(
            "with", $"there is no decorator '{name}'.", closest is null ? $"The decorators are {string.Join(", ", known)}." : $"Did you mean '{closest}'?");
    }

    public static ConfigurationException UnexpectedArgument(string command, string argument) => Make(
        ErrorCodes.WrongArguments,
        $"Got unexpected extra argument '{argument}'.",
        $"'{command}' takes no such argument.",
        "Options begin with two dashes; put texts with blanks into quotes.");

    public static ConfigurationException UnknownArgument(string argument, string typed, IReadOnlyList<string> known)
    {
        var closest = ClosestName.Find(typed, known);
        return Make(
            ErrorCodes.InvalidValue,
            $"Invalid value for '{argument}': there is no '{typed}'.",
            "",
            closest is null ? $"It is one of {string.Join(", ", known)}." : $"Did you mean '{closest}'?");
    }

    public static ConfigurationException MissingArgument(string argument, string fix)
        => Make(ErrorCodes.WrongArguments, $"Missing argument '{argument}'.", "", fix);

    public static ConfigurationException Conflict(string what, string fix) => Make(ErrorCodes.OptionsConflict, what, "", fix);

    /// <summary>Returns an error that the parsing library found and we have no words of our own for.</summary>
    public static ConfigurationException Refused(string message) => Make(ErrorCodes.WrongArguments, message, "", "Add --help to see the options.");

    private static ConfigurationException Make(string code, string what, string why, string fix)
        => new(code, what, why.Length == 0 ? fix : why, why.Length == 0 ? "" : fix) { ExitCode = ExitCodes.Usage };
}
