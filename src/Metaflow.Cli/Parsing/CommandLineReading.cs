using System.CommandLine;
using System.CommandLine.Parsing;
using Metaflow.Commands;
using Metaflow.Errors;

namespace Metaflow.Cli.Parsing;

/// <summary>What System.CommandLine made of a command line, and what is wrong with it, in Metaflow's words.</summary>
internal sealed class CommandLineReading
{
    /// <summary>Gets the parsed command line.</summary>
    public required IReadOnlyList<string> Tokens { get; init; }

    /// <summary>Gets the options that may be typed, with those of the command first.</summary>
    public required IReadOnlyList<OptionSyntax> Options { get; init; }

    /// <summary>Gets the library's result.</summary>
    public required ParseResult Result { get; init; }

    /// <summary>Gets the arguments.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Gets a value indicating whether help is wanted.</summary>
    public required bool WantsHelp { get; init; }

    /// <summary>Gets a value indicating whether the version is wanted.</summary>
    public required bool WantsVersion { get; init; }

    /// <summary>Returns the first argument that looks like an option: nothing in the grammar has that name.</summary>
    public string? UnknownOption()
    {
        // What follows '--' is an argument whatever it looks like.
        var literal = Tokens.SkipWhile(static token => token != "--").ToHashSet();
        return Arguments.FirstOrDefault(argument => argument is ['-', _, ..] && !literal.Contains(argument))?.Split('=')[0];
    }

    /// <summary>Checks the values that options were given.</summary>
    /// <exception cref="ConfigurationException">MF2004, MF2005 or MF2006: one is missing, or is invalid.</exception>
    public void CheckOptions()
    {
        foreach (var option in Options)
        {
            CheckValues(option);
            CheckFlag(option);
        }

        if (Result.Errors is [var error, ..])
        {
            throw UsageErrors.Refused(error.Message);
        }
    }

    private void CheckValues(OptionSyntax option)
    {
        if (option.Given(Result) is not { IdentifierToken: { } typed } given)
        {
            return;
        }

        // The library takes whatever follows for the value; a name that was mistyped as one would pass silently.
        var swallowed = given.Tokens.Select(static token => token.Value)
            .FirstOrDefault(value => IsOption(value) && !IsJoined(option, value));
        if (swallowed is not null || given.Tokens.Count < given.IdentifierTokenCount)
        {
            throw UsageErrors.OptionWithoutValue(typed.Value, swallowed);
        }
    }

    // A flag takes no value but 'true' and 'false'; any other text joined to it ends up as an argument.
    private void CheckFlag(OptionSyntax option)
    {
        if (option.Specification.ValueName is null)
        {
            foreach (var argument in Arguments)
            {
                if (option.Names.FirstOrDefault(name => Tokens.Contains($"{name}={argument}")) is { } flag)
                {
                    throw UsageErrors.FlagWithValue(flag, argument);
                }
            }
        }
    }

    private bool IsOption(string value) => value == CommandLineSyntax.Help || Options.Any(option => option.Names.Contains(value));

    private bool IsJoined(OptionSyntax option, string value) => option.Names.Any(name => Tokens.Contains($"{name}={value}"));
}
