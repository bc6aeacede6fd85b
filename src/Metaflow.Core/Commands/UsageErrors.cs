using Metaflow.Errors;
using Metaflow.Naming;

namespace Metaflow.Commands;

/// <summary>Creates the errors of wrong command lines. All of them end the command with exit code 2.</summary>
public static class UsageErrors
{
    internal static ConfigurationException UnknownOption(string typed, IEnumerable<string> known, string? hint = null)
    {
        var closest = ClosestName.Find(typed, known);
        return Make(
            ErrorCodes.UnknownOption,
            $"No such option: {typed}.",
            "",
            hint ?? (closest is null ? "Add --help to see the options." : $"Did you mean '{closest}'?"));
    }

    internal static ConfigurationException UnknownCommand(string typed, IReadOnlyList<string> known)
    {
        var closest = ClosestName.Find(typed, known);
        return Make(
            ErrorCodes.UnknownCommand,
            $"No such command '{typed}'.",
            "",
            closest is null ? $"The commands are {string.Join(", ", known)}." : $"Did you mean '{closest}'?");
    }

    internal static ConfigurationException OptionWithoutValue(string option, string? next) => Make(
        ErrorCodes.OptionWithoutValue,
        $"Option '{option}' requires a value.",
        next is null ? "" : $"The next word, '{next}', is an option.",
        next is null ? $"Write '{option} VALUE'." : $"Write '{option} VALUE', or '{option}={next}' if that is the value.");

    internal static ConfigurationException PairWithoutValue(string option, string values) => Make(
        ErrorCodes.OptionWithoutValue,
        $"Option '{option}' requires two values.",
        "",
        $"Write '{option} {values.ToUpperInvariant()}'.");

    internal static ConfigurationException FlagWithValue(string option, string value) => InvalidValue(
        option.TrimStart('-'), $"'{value}' is not a valid boolean.", $"'{option}' needs no value; write it alone.");

    internal static ConfigurationException InvalidVariable(string variable, string value) => Make(
        ErrorCodes.InvalidValue,
        $"Invalid value for the environment variable '{variable}': '{value}' is not a valid boolean.",
        "",
        "Set it to true or false, or unset it.");

    /// <summary>Returns the error of an invalid value of an option (MF2004).</summary>
    /// <param name="option">The option's name, without dashes.</param>
    /// <param name="why">What is wrong: a clause that ends with a full stop.</param>
    /// <param name="fix">What to write instead.</param>
    /// <returns>The error; the exit code is 2.</returns>
    public static ConfigurationException InvalidValue(string option, string why, string fix)
        => Make(ErrorCodes.InvalidValue, $"Invalid value for '--{option}': {why}", "", fix);

    internal static ConfigurationException EmptyArgument(string argument, string fix)
        => Make(ErrorCodes.InvalidValue, $"Invalid value for '{argument}': it is empty.", "", fix);

    internal static ConfigurationException UnknownDecorator(string name, IReadOnlyList<string> known)
    {
        var closest = ClosestName.Find(name, known);
        return Make(
            ErrorCodes.UnknownDecorator,
            $"Invalid value for '--with': there is no decorator '{name}'.",
            "",
            closest is null ? $"The decorators are {string.Join(", ", known)}." : $"Did you mean '{closest}'?");
    }

    internal static ConfigurationException UnexpectedArgument(string command, string argument) => Make(
        ErrorCodes.WrongArguments,
        $"Got unexpected extra argument '{argument}'.",
        $"'{command}' does not accept this argument.",
        "Options begin with two dashes; quote text that contains spaces.");

    /// <summary>Returns the error of an unknown argument (MF2004). It names the nearest one.</summary>
    /// <param name="argument">The argument's name, as help shows it.</param>
    /// <param name="typed">What was typed.</param>
    /// <param name="known">The known arguments.</param>
    /// <returns>The error; the exit code is 2.</returns>
    public static ConfigurationException UnknownArgument(string argument, string typed, IReadOnlyList<string> known)
    {
        var closest = ClosestName.Find(typed, known);
        return Make(
            ErrorCodes.InvalidValue,
            $"Invalid value for '{argument}': there is no '{typed}'.",
            "",
            closest is null ? $"Use one of {string.Join(", ", known)}." : $"Did you mean '{closest}'?");
    }

    internal static ConfigurationException MissingOption(string option, string? valueName)
        => Make(
            ErrorCodes.WrongArguments,
            $"Missing option '--{option}'.",
            "",
            $"Write '--{option}{(valueName is null ? "" : $" {valueName.ToUpperInvariant()}")}'.");

    internal static ConfigurationException MissingArgument(string argument, string fix)
        => Make(ErrorCodes.WrongArguments, $"Missing argument '{argument}'.", "", fix);

    /// <summary>Returns the error of options that cannot be combined (MF2101).</summary>
    /// <param name="what">What was given.</param>
    /// <param name="fix">What to write instead.</param>
    /// <returns>The error; the exit code is 2.</returns>
    public static ConfigurationException Conflict(string what, string fix) => Make(ErrorCodes.OptionsConflict, what, "", fix);

    /// <summary>Returns an error that the parsing library found and for which Metaflow has no own text.</summary>
    internal static ConfigurationException Refused(string message)
        => Make(ErrorCodes.WrongArguments, message, "", "Add --help to see the options.");

    private static ConfigurationException Make(string code, string what, string why, string fix)
        => new(code, what, why.Length == 0 ? fix : why, why.Length == 0 ? "" : fix) { ExitCode = ExitCodes.Usage };
}
