using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Naming;

namespace Metaflow.Configs;

/// <summary>What was given for a flow's configurations, by option or environment variable, by the names on disk.</summary>
internal sealed class GivenConfigs
{
    /// <summary>The environment's form of <c>--config</c>: a JSON object of names and paths.</summary>
    public const string FilesVariable = "METAFLOW_FLOW_CONFIG";

    /// <summary>The environment's form of <c>--config-value</c>: a JSON object of names and values.</summary>
    public const string ValuesVariable = "METAFLOW_FLOW_CONFIG_VALUE";

    private readonly FlowDefinition _definition;
    private readonly Dictionary<string, (string Text, bool IsFile)> _given = new(StringComparer.Ordinal);

    /// <summary>Reads what was given. Options come before variables.</summary>
    /// <param name="definition">The flow.</param>
    /// <param name="request">What the user asked for.</param>
    /// <param name="environment">The environment's variables.</param>
    /// <exception cref="ConfigurationException">MF2040, MF2041 or MF2045. The exit code is 2.</exception>
    public GivenConfigs(FlowDefinition definition, ConfigRequest request, IReadOnlyDictionary<string, string> environment)
    {
        _definition = definition;
        Take(request.Files, request.Values, isOption: true);
        if (definition.Configs.Count > 0)
        {
            Take(Variable(environment, FilesVariable), Variable(environment, ValuesVariable), isOption: false);
        }
    }

    /// <summary>Returns what was given for a configuration.</summary>
    /// <param name="name">The name on disk.</param>
    /// <returns>The text of the value or the path of the file, or <see langword="null"/>.</returns>
    public (string Text, bool IsFile)? Find(string name) => _given.TryGetValue(name, out var given) ? given : null;

    private void Take(IReadOnlyDictionary<string, string> files, IReadOnlyDictionary<string, string> values, bool isOption)
    {
        var fileNames = ByName(files, "--config", isOption);
        var valueNames = ByName(values, "--config-value", isOption);
        var both = fileNames.Keys.Where(valueNames.ContainsKey).Order(StringComparer.Ordinal).ToList();
        if (both.Count > 0)
        {
            throw new ConfigurationException(
                ErrorCodes.ConfigGivenTwice,
                $"Both a file and a value were given for the configuration {string.Join(", ", both.Select(static name => $"'{name}'"))}.",
                "A configuration comes from one place. Metaflow does not combine several.",
                "Use '--config' or '--config-value' for it, not both.")
            { ExitCode = ExitCodes.Usage };
        }

        foreach (var (name, path) in fileNames)
        {
            _given.TryAdd(name, (path, true));
        }

        foreach (var (name, text) in valueNames)
        {
            _given.TryAdd(name, (text, false));
        }
    }

    private Dictionary<string, string> ByName(IReadOnlyDictionary<string, string> given, string option, bool isOption)
    {
        var byName = new Dictionary<string, string>(StringComparer.Ordinal);
        var spellings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, text) in given)
        {
            if (NameOf(name, option, isOption, given.Keys) is not { } known)
            {
                continue;
            }

            if (!spellings.TryAdd(known, name))
            {
                var where = isOption ? $"'{option}'" : $"the environment variable '{VariableOf(option)}'";
                throw new ConfigurationException(
                    ErrorCodes.ConfigGivenTwice,
                    $"The configuration '{known}' was given twice by {where}: as '{spellings[known]}' and as '{name}'.",
                    "These are two spellings of one name, and a configuration comes from one place.",
                    "Keep only one of them.")
                { ExitCode = ExitCodes.Usage };
            }

            byName[known] = text;
        }

        return byName;
    }

    /// <summary>The name on disk of what the user calls a configuration. A variable may name those of other flows too: only a name close to
    /// one that nothing gives is a mistake there.</summary>
    private string? NameOf(string given, string option, bool isOption, IEnumerable<string> others)
    {
        if (Known(given) is { } found)
        {
            return found;
        }

        var known = _definition.Configs.Select(static config => config.Name).ToList();
        var closest = ClosestName.Find(given, isOption ? known : known.Except(_given.Keys).Except(others.Select(Known).OfType<string>()));
        if (!isOption && closest is null)
        {
            return null;
        }

        throw new ConfigurationException(
            ErrorCodes.UnknownConfig,
            isOption
                ? $"Invalid value for '{option}': invalid choice: {given}."
                : $"The environment variable '{VariableOf(option)}' names '{given}', which is not a configuration of flow "
                    + $"'{_definition.FlowName}'.",
            known.Count == 0 ? $"Flow '{_definition.FlowName}' has no configurations." : $"Choose from {string.Join(", ", known)}.",
            closest is null ? $"Write '{option} NAME {(option == "--config" ? "PATH" : "VALUE")}'." : $"Did you mean '{closest}'?")
        { ExitCode = ExitCodes.Usage };
    }

    private string? Known(string given)
    {
        var bare = ConfigKeys.Bare(given);
        return _definition.Configs
            .FirstOrDefault(config => ConfigKeys.Bare(config.Name) == bare || ConfigKeys.Bare(config.MemberName) == bare)?.Name;
    }

    private static string VariableOf(string option) => option == "--config" ? FilesVariable : ValuesVariable;

    private static Dictionary<string, string> Variable(IReadOnlyDictionary<string, string> environment, string name)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!environment.TryGetValue(name, out var text) || text.Length == 0)
        {
            return texts;
        }

        try
        {
            var node = JsonNodes.Parse(text);
            foreach (var (config, value) in node.Kind == ConfigNodeKind.Map
                ? node.Members
                : throw new FormatException("it is not a JSON object"))
            {
                texts[config] = value.Kind == ConfigNodeKind.Text ? value.Text
                    : name != FilesVariable ? RawJson.TextOf(value)
                    : throw new FormatException($"the path of '{config}' is not a string: {RawJson.TextOf(value)}");
            }
        }
        catch (FormatException error)
        {
            throw new ConfigurationException(
                ErrorCodes.InvalidConfigVariable,
                $"The environment variable '{name}' cannot be read.",
                Sentence.Of(error.Message),
                $"Set it to a JSON object like {{\"name\": {(name == FilesVariable ? "\"path\"" : "{\"key\": 1}")}}}, or unset it.",
                error)
            { ExitCode = ExitCodes.Usage };
        }

        return texts;
    }
}
