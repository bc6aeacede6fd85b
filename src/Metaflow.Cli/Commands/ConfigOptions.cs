using Metaflow.Cli.Parsing;
using Metaflow.Commands;
using Metaflow.Configs;
using Metaflow.Definition;
using Metaflow.Errors;

namespace Metaflow.Cli.Commands;

/// <summary>The options for a flow's configurations: <c>--config NAME PATH</c> and <c>--config-value NAME VALUE</c>.</summary>
internal static class ConfigOptions
{
    private const string File = "config";
    private const string Value = "config-value";

    /// <summary>Returns the options; none for a flow without configurations.</summary>
    /// <param name="definition">The flow.</param>
    public static IEnumerable<OptionSpecification> Of(FlowDefinition definition)
    {
        if (definition.Configs.Count == 0)
        {
            yield break;
        }

        yield return new()
        {
            Name = File,
            ValueName = "name path",
            IsPair = true,
            IsRepeatable = true,
            Description =
                "Read a configuration from a JSON or YAML file. May be given several times. "
                    + $"{string.Join(" ", definition.Configs.Select(Describe))}",
        };
        yield return new()
        {
            Name = Value,
            ValueName = "name value",
            IsPair = true,
            IsRepeatable = true,
            Description = "Give a configuration as JSON text. May be given several times.",
        };
    }

    /// <summary>Returns where the configurations come from.</summary>
    /// <param name="line">The command line.</param>
    /// <exception cref="ConfigurationException">MF2040: one was given twice. The exit code is 2.</exception>
    public static ConfigRequest Request(ParsedCommandLine line) => new() { Files = Pairs(line, File), Values = Pairs(line, Value) };

    private static string Describe(ConfigDefinition config)
    {
        var origin = config switch
        {
            { DefaultValue: not null } => "by default a value in the flow",
            { DefaultFile: { } file } => $"by default '{file}'",
            { IsRequired: true } => "required",
            _ => "optional",
        };
        return $"'{config.Name}': {(config.Help.Length == 0 ? config.TypeName : config.Help.TrimEnd('.'))} ({origin}).";
    }

    private static Dictionary<string, string> Pairs(ParsedCommandLine line, string option)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in line.All(option))
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (!pairs.TryAdd(text[..equals], text[(equals + 1)..]))
            {
                throw new ConfigurationException(
                    ErrorCodes.ConfigGivenTwice,
                    $"The configuration '{text[..equals]}' was given twice by '--{option}'.",
                    "A configuration comes from one place. Metaflow does not combine several.",
                    "Keep only one of them.")
                { ExitCode = ExitCodes.Usage };
            }
        }

        return pairs;
    }
}
