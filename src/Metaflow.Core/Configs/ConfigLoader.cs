using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Platform;

namespace Metaflow.Configs;

/// <summary>Reads a flow's configurations: what was given, else the environment's, else another source's, else the default.</summary>
internal static class ConfigLoader
{
    private static readonly string[] YamlEndings = [".yaml", ".yml"];

    /// <summary>Checks names, without reading files.</summary>
    /// <param name="definition">The flow.</param>
    /// <param name="request">What the user asked for.</param>
    /// <param name="environment">The environment's variables.</param>
    /// <exception cref="ConfigurationException">MF2040, MF2041 or MF2045. The exit code is 2.</exception>
    public static void Check(FlowDefinition definition, ConfigRequest request, IReadOnlyDictionary<string, string> environment)
        => _ = new GivenConfigs(definition, request, environment);

    /// <summary>Refuses configurations for a command that works with those of an earlier run; those that the run does not have may be
    /// given.</summary>
    /// <param name="request">What the user asked for.</param>
    /// <param name="kept">The configurations that the run has.</param>
    /// <param name="command">The command, such as <c>resume</c>.</param>
    /// <exception cref="ConfigurationException">MF2043: some were given. The exit code is 2.</exception>
    public static void Refuse(ConfigRequest request, IEnumerable<ConfigDefinition> kept, string command)
    {
        ArgumentNullException.ThrowIfNull(request);
        var given = request.Files.Keys.Concat(request.Values.Keys).Select(ConfigKeys.Bare).ToHashSet(StringComparer.Ordinal);
        var names = kept.Where(config => given.Contains(ConfigKeys.Bare(config.Name)) || given.Contains(ConfigKeys.Bare(config.MemberName)))
            .Select(static config => $"'{config.Name}'").ToList();
        if (names.Count > 0)
        {
            throw new ConfigurationException(
                ErrorCodes.ConfigsNotTaken,
                $"The configuration {string.Join(", ", names)} cannot be given to '{command}'.",
                "The command uses the configurations of the run that it continues, which has this one.",
                "Remove the option, or start a new run with 'run'.")
            { ExitCode = ExitCodes.Usage };
        }
    }

    /// <summary>Reads the configurations.</summary>
    /// <param name="definition">The flow.</param>
    /// <param name="request">What the user asked for.</param>
    /// <param name="environment">The environment's variables; <c>METAFLOW_FLOW_CONFIG</c> and <c>METAFLOW_FLOW_CONFIG_VALUE</c> are JSON
    /// objects by name.</param>
    /// <param name="workingFolder">The folder that relative paths are relative to.</param>
    /// <param name="isWanted">Says which configurations are read; all by default.</param>
    /// <returns>The configurations.</returns>
    /// <exception cref="ConfigurationException">MF2040, MF2041, MF2045, or MF2042 for all that cannot be read, together. The exit code is
    /// 2.</exception>
    public static ConfigSet Load(
        FlowDefinition definition, ConfigRequest request, IReadOnlyDictionary<string, string> environment, string workingFolder,
        Func<ConfigDefinition, bool>? isWanted = null)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(request);
        var given = new GivenConfigs(definition, request, environment);
        var set = new ConfigSet();
        var problems = new List<string>();
        foreach (var config in definition.Configs.Where(config => isWanted?.Invoke(config) ?? true))
        {
            try
            {
                Add(set, config, new Reader(definition, config, request, workingFolder).Read(given.Find(config.Name)));
            }
            catch (FormatException problem)
            {
                problems.Add(problem.Message);
            }
        }

        return problems.Count == 0 ? set : throw new ConfigurationException(
            ErrorCodes.BadConfigs,
            $"Bad values passed for configuration options: {string.Join("; ", problems)}.",
            "The flow's configurations are read before it runs: "
                + $"{string.Join(", ", definition.Configs.Select(static config => $"'{config.Name}' ({config.TypeName})"))}.",
            "Correct the files or values, or give others with '--config NAME PATH' or '--config-value NAME VALUE'.")
        { ExitCode = ExitCodes.Usage };
    }

    private static void Add(ConfigSet set, ConfigDefinition config, (object? Value, string What) read)
    {
        var allowsNull = Nullable.GetUnderlyingType(config.ValueType) is not null || config.TypeName.EndsWith('?');
        if (read.Value is null or ConfigNode { Kind: ConfigNodeKind.Null } && read.What.Length > 0)
        {
            set.Add(
                config,
                allowsNull
                    ? null
                    : throw new FormatException($"{read.What} has no value: it is empty or null, but '{config.TypeName}' cannot be null"));
            return;
        }

        if (read.Value is null
            || (read.Value is not ConfigNode && config.ValueType != typeof(object) && config.ValueType.IsInstanceOfType(read.Value)))
        {
            set.Add(config, read.Value);
            return;
        }

        try
        {
            set.Add(config, ParameterJson.Read(config.ValueType, ConfigNode.Of(read.Value), NullMap.Parse(config.TypeName)));
        }
        catch (FormatException error)
        {
            throw new FormatException(
                $"configuration '{config.Name}' is not a '{config.TypeName}': {read.What}: {error.Message.TrimEnd('.')}", error);
        }
    }

    /// <summary>Reads one configuration. Problems are parts of sentences.</summary>
    private sealed class Reader(FlowDefinition definition, ConfigDefinition config, ConfigRequest request, string workingFolder)
    {
        public (object? Value, string What) Read((string Text, bool IsFile)? given)
        {
            if (given is { } found)
            {
                return found.IsFile
                    ? ReadFile(UserPath.Of(found.Text, workingFolder), "configuration file")
                    : ReadText(found.Text, $"configuration value for '{config.Name}'");
            }

            if (request.Source?.Find(config) is { } sourced)
            {
                return (sourced, "another source");
            }

            if (config.DefaultValue is { } value)
            {
                return value is string text
                    ? ReadText(text, $"default value of '{config.Name}'")
                    : (value, $"default value of '{config.Name}'");
            }

            if (config.DefaultFile is { } file)
            {
                var candidates = IncludedFilePath.Folders(definition).Select(folder => UserPath.Of(file, folder)).ToList();
                return ReadFile(candidates.Find(File.Exists) ?? candidates[0], "default configuration file");
            }

            return config.IsRequired ? throw new FormatException($"missing configuration for '{config.Name}'") : (null, "");
        }

        private (object? Value, string What) ReadFile(string path, string what)
        {
            string text;
            try
            {
                text = ConfigFile.ReadText(path);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new FormatException(
                    $"{what} '{path}' could not be read for '{config.Name}': {UserFile.WhyNotOpened(path, error)}", error);
            }
            catch (FormatException error)
            {
                throw new FormatException($"{what} '{path}' for '{config.Name}' {error.Message}", error);
            }

            var extension = Path.GetExtension(path).ToLowerInvariant();
            if (request.Parsers.FirstOrDefault(parser => parser.Reads(extension)) is not { } parser)
            {
                return ReadText(text, $"{what} '{path}' for '{config.Name}'", WhyJson(extension));
            }

            try
            {
                return (parser is IConfigTreeParser trees ? trees.ParseTree(text) : parser.Parse(text), $"{what} '{path}'");
            }
            catch (FormatException error)
            {
                throw new FormatException(
                    $"{what} '{path}' for '{config.Name}' is not valid {extension[1..].ToUpperInvariant()}: {error.Message.TrimEnd('.')}",
                    error);
            }
        }

        /// <summary>Says of a file that is read as JSON without being named so why it is.</summary>
        private string WhyJson(string extension)
        {
            var others = YamlEndings.Where(known => request.Parsers.Any(parser => parser.Reads(known))).ToList();
            var rule = others.Count == 0
                ? "every configuration file is read as JSON"
                : $"a file is YAML if its name ends with {string.Join(" or ", others)}, otherwise JSON";
            return extension == ".json"
                ? ""
                : extension.Length == 0
                ? $" ({rule})"
                : $" ('{extension}' is not a known extension: {rule})";
        }

        private (object? Value, string What) ReadText(string text, string what, string whyJson = "")
        {
            // A configuration that is a text is taken as it stands.
            if (config.ValueType == typeof(string))
            {
                return (text, what);
            }

            try
            {
                return (JsonNodes.Parse(text), what);
            }
            catch (FormatException error)
            {
                throw new FormatException($"{what} is not valid JSON: {error.Message.TrimEnd('.')}{whyJson}", error);
            }
        }
    }
}
