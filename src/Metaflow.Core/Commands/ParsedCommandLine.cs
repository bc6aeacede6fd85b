using System.Globalization;
using System.Numerics;
using Metaflow.Errors;
using Metaflow.Naming;

namespace Metaflow.Commands;

/// <summary>A parsed command line.</summary>
public sealed class ParsedCommandLine
{
    private readonly IReadOnlyDictionary<string, IReadOnlyList<string>> _values;

    internal ParsedCommandLine(CommandSpecification command, IReadOnlyDictionary<string, IReadOnlyList<string>> values)
    {
        Command = command;
        _values = values;
    }

    /// <summary>Gets the arguments.</summary>
    public IReadOnlyList<string> Arguments { get; internal init; } = [];

    /// <summary>Gets the values of the flow's parameters that were given, as text, by name on disk; the last wins.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; internal init; } = new Dictionary<string, string>();

    /// <summary>Gets the command.</summary>
    internal CommandSpecification Command { get; }

    /// <summary>Gets a value indicating whether a command was named at all.</summary>
    internal bool CommandWasNamed { get; init; }

    /// <summary>Gets a value indicating whether help of the command is wanted.</summary>
    internal bool WantsHelp { get; init; }

    /// <summary>Gets a value indicating whether only the version is wanted.</summary>
    internal bool WantsVersion { get; init; }

    /// <summary>Returns all values of an option, in the order given.</summary>
    /// <param name="option">The option's name, without dashes.</param>
    /// <returns>The values; none if it was not given.</returns>
    public IReadOnlyList<string> All(string option) => _values.TryGetValue(option, out var all) ? all : [];

    /// <summary>Returns the last value of an option.</summary>
    /// <param name="option">The option's name, without dashes.</param>
    /// <returns>The value, or <see langword="null"/> if it was not given.</returns>
    public string? Text(string option) => All(option) is [.., var last] ? last : null;

    /// <summary>Returns whether an option that takes no value is set.</summary>
    /// <param name="option">The option's name, without dashes.</param>
    /// <returns>Whether it is.</returns>
    public bool Flag(string option) => Text(option) == bool.TrueString;

    /// <summary>Returns the value of an option as a whole number.</summary>
    /// <param name="option">The option's name, without dashes.</param>
    /// <param name="defaultValue">The value if it was not given.</param>
    /// <param name="minimum">The smallest number allowed.</param>
    /// <returns>The number.</returns>
    /// <exception cref="ConfigurationException">MF2004: it is not a number, or too small.</exception>
    public int WholeNumber(string option, int defaultValue, int minimum)
    {
        if (Text(option) is not { } text)
        {
            return defaultValue;
        }

        var range = $"Use a whole number from {minimum} to {int.MaxValue}.";
        if (!BigInteger.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number))
        {
            throw UsageErrors.InvalidValue(option, $"'{Shown(text)}' is not a valid integer.", range);
        }

        return number < minimum ? throw UsageErrors.InvalidValue(option, $"{Shown(text)} is smaller than {minimum}.", range)
            : number > int.MaxValue ? throw UsageErrors.InvalidValue(option, $"{Shown(text)} is larger than {int.MaxValue}.", range)
            : (int)number;
    }

    /// <summary>Checks that the command's own options were given that must be. Parameters are checked by whoever resolves them.</summary>
    /// <exception cref="ConfigurationException">MF2006: one was not.</exception>
    internal void CheckRequired()
    {
        if (Command.Options
            .FirstOrDefault(option => option is { IsRequired: true, Parameter: null } && All(option.Name).Count == 0) is { } missing)
        {
            throw UsageErrors.MissingOption(missing.Name, missing.ValueName);
        }
    }

    private static string Shown(string text) => VisibleText.Beginning(text, most: 60);
}
