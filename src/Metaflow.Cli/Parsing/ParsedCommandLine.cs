using System.Globalization;
using System.Numerics;
using Metaflow.Errors;
using Metaflow.Naming;

namespace Metaflow.Cli.Parsing;

/// <summary>A command line that was understood.</summary>
internal sealed class ParsedCommandLine(CommandSpecification command, IReadOnlyDictionary<string, IReadOnlyList<string>> values)
{
    /// <summary>Gets the command.</summary>
    public CommandSpecification Command { get; } = command;

    /// <summary>Gets a value indicating whether a command was named at all.</summary>
    public bool CommandWasNamed { get; init; }

    /// <summary>Gets a value indicating whether help of the command is wanted.</summary>
    public bool WantsHelp { get; init; }

    /// <summary>Gets a value indicating whether only the version is wanted.</summary>
    public bool WantsVersion { get; init; }

    /// <summary>Gets the arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Gets the values of the flow's parameters, by name on disk; the last wins.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>Returns all values of an option, in the order given.</summary>
    public IReadOnlyList<string> All(string option) => values.TryGetValue(option, out var all) ? all : [];

    /// <summary>Returns the last value of an option, or <see langword="null"/>.</summary>
    public string? Text(string option) => All(option) is [.., var last] ? last : null;

    /// <summary>Returns whether an option that takes no value is set.</summary>
    public bool Flag(string option) => Text(option) == bool.TrueString;

    /// <summary>Returns a whole number.</summary>
    /// <exception cref="ConfigurationException">MF2004: it is none, or too small.</exception>
    public int Integer(string option, int defaultValue, int minimum)
    {
        if (Text(option) is not { } text)
        {
            return defaultValue;
        }

        var range = $"Give a whole number from {minimum} to {int.MaxValue}.";
        if (!BigInteger.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number))
        {
            throw UsageErrors.InvalidValue(option, $"'{Shown(text)}' is not a valid integer.", range);
        }

        return number < minimum ? throw UsageErrors.InvalidValue(option, $"{Shown(text)} is smaller than {minimum}.", range)
            : number > int.MaxValue ? throw UsageErrors.InvalidValue(option, $"{Shown(text)} is larger than {int.MaxValue}.", range)
            : (int)number;
    }

    private static string Shown(string text) => VisibleText.Beginning(text, most: 60);
}
