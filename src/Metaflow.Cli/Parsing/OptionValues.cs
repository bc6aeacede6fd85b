using System.CommandLine.Parsing;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Naming;
using Metaflow.Plugins;

namespace Metaflow.Cli.Parsing;

/// <summary>The values of options: of the command line first, then of the environment.</summary>
internal sealed class OptionValues
{
    private readonly Dictionary<string, IReadOnlyList<string>> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _parameters = new(StringComparer.Ordinal);

    /// <summary>Gets the values by option.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> ByOption => _values;

    /// <summary>Gets the values of the flow's parameters, by name on disk.</summary>
    public IReadOnlyDictionary<string, string> Parameters => _parameters;

    /// <summary>Takes what the command line says.</summary>
    public void Take(CommandLineReading reading)
    {
        foreach (var option in reading.Options)
        {
            if (option.IsSet(reading.Result) is { } isSet)
            {
                _values[option.Specification.Name] = [isSet.ToString()];
            }
            else if (option.Given(reading.Result) is { } given)
            {
                Take(option.Specification, given);
            }
        }
    }

    /// <summary>Takes what the environment says of options that have no value yet.</summary>
    /// <exception cref="ConfigurationException">MF2004: a value is wrong.</exception>
    public void Take(
        IReadOnlyDictionary<string, string> environment, CommandSpecification command, IReadOnlyList<OptionSpecification> commonOptions)
    {
        var prefix = $"METAFLOW_{command.EnvironmentName}_";
        foreach (var option in command.Options)
        {
            TakeVariable(option, prefix + option.EnvironmentName, environment);
        }

        // A parameter of the same name hides an option of every command, here as behind the command's name.
        foreach (var option in commonOptions.Where(common => !command.Options.Any(option => option.Name == common.Name)))
        {
            TakeVariable(option, prefix + option.EnvironmentName, environment);
            TakeVariable(option, "METAFLOW_" + option.EnvironmentName, environment);
        }
    }

    /// <summary>Checks values against the only ones allowed, wherever they come from.</summary>
    /// <exception cref="ConfigurationException">MF2004: a value is not one of them.</exception>
    public void CheckChoices(IEnumerable<OptionSpecification> options)
    {
        foreach (var option in options.Where(static option => option.Choices.Count > 0))
        {
            if (_values.TryGetValue(option.Name, out var values)
                && values.FirstOrDefault(value => !option.Choices.Contains(value)) is { } wrong)
            {
                var choices = string.Join(", ", option.Choices.Select(static choice => $"'{choice}'"));
                throw UsageErrors.InvalidValue(option.Name, $"invalid choice: {wrong}. (choose from {choices})", Remedy(option, wrong));
            }
        }
    }

    private static string Remedy(OptionSpecification option, string wrong)
        => ClosestName.Find(wrong, option.Choices) is { } near
            ? $"Did you mean '{near}'?"
            : (option.ChoicesRemedy is { } packages ? KnownPackages.RemedyOf(wrong) ?? packages : null)
                ?? $"Write '{option.Dashed} {option.Choices[0]}'.";

    private void Take(OptionSpecification option, OptionResult given)
    {
        if (option.Parameter is { } parameter)
        {
            var texts = given.Tokens.Select(static token => token.Value).ToList();
            _parameters[parameter] = texts.Count > 1 && option.Join is { } join ? join(texts) : texts[^1];
        }
        else
        {
            _values[option.Name] = [.. given.Tokens.Select(static token => token.Value)];
            CheckNamed(option, _values[option.Name]);
        }
    }

    // A variable of a script that is not set must not mean the default.
    private static void CheckNamed(OptionSpecification option, IReadOnlyList<string> values)
    {
        if (option.NamesSomething && values.Any(string.IsNullOrWhiteSpace))
        {
            throw UsageErrors.InvalidValue(
                option.Name, "it is empty.", $"Write '{option.Dashed} {option.ValueName!.ToUpperInvariant()}', or leave the option out.");
        }
    }

    private void TakeVariable(OptionSpecification option, string variable, IReadOnlyDictionary<string, string> environment)
    {
        // The environment's forms of parameters are read with their defaults, by whoever resolves them.
        if (option.Parameter is not null || _values.ContainsKey(option.Name)
            || !environment.TryGetValue(variable, out var value) || value.Length == 0)
        {
            return;
        }

        _values[option.Name] = option switch
        {
            { ValueName: null } => [(ReadBoolean(value) ?? throw UsageErrors.InvalidVariable(variable, value)).ToString()],
            { IsRepeatable: true } => [.. value.Split(' ', StringSplitOptions.RemoveEmptyEntries)],
            _ => [value],
        };
    }

    private static bool? ReadBoolean(string text) => text.ToUpperInvariant() switch
    {
        "TRUE" or "1" or "YES" or "ON" => true,
        "FALSE" or "0" or "NO" or "OFF" => false,
        _ => null,
    };
}
