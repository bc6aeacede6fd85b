using System.Globalization;
using Metaflow.Artifacts;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Naming;
using Metaflow.Serialization;

namespace Metaflow.Configs;

/// <summary>The configurations of one run.</summary>
internal sealed class ConfigSet
{
    private readonly OrderedDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Gets a value indicating whether the flow has none.</summary>
    public bool IsEmpty => _entries.Count == 0;

    /// <summary>Gets the artifacts to keep with the run, by name on disk.</summary>
    public IReadOnlyList<KeyValuePair<string, SerializedArtifact>> Artifacts
        => IsEmpty ? [] : [.. _entries.Select(static entry => KeyValuePair.Create(entry.Key, entry.Value.Artifact))];

    /// <summary>Gets the values in their types, by name on disk.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Values
        => [.. _entries.Select(static entry => KeyValuePair.Create(entry.Key, entry.Value.Typed))];

    /// <summary>Takes the configurations of an earlier run, as <c>resume</c> does.</summary>
    /// <param name="definition">The flow.</param>
    /// <param name="parameters">The artifacts of the run's task <c>_parameters</c>.</param>
    /// <returns>The configurations that the run has; a newer version of the flow may have more.</returns>
    /// <exception cref="ConfigurationException">MF6003: what the run has does not fit the types that the flow has now. The exit code is
    /// 2.</exception>
    public static ConfigSet Of(FlowDefinition definition, TaskArtifacts parameters)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(parameters);
        var set = new ConfigSet();
        var problems = new List<string>();
        foreach (var config in definition.Configs.Where(config => parameters.Contains(config.Name)))
        {
            var record = parameters.Records[config.Name];
            if (StoredInput.TryRead(parameters, config, out var typed) is { } problem)
            {
                problems.Add(problem);
                continue;
            }

            set._entries[config.Name] = new Entry(
                config, typed,
                new SerializedArtifact(new(parameters.LoadPayload(config.Name)), record.TypeName ?? "<class 'dict'>", record.Encoding));
        }

        return problems.Count == 0
            ? set
            : throw StoredInput.DoNotFit(
                parameters.Task, problems, "Restore the former types of the configurations, or start a new run with 'run'.");
    }

    /// <summary>Returns true if a configuration is among these.</summary>
    /// <param name="name">The name on disk.</param>
    /// <returns>Whether it is.</returns>
    public bool Contains(string name) => _entries.ContainsKey(name);

    /// <summary>Adds configurations to these.</summary>
    /// <param name="others">The others, none of which is among these.</param>
    /// <returns>All of them.</returns>
    public ConfigSet With(ConfigSet others)
    {
        ArgumentNullException.ThrowIfNull(others);
        var all = new ConfigSet();
        foreach (var (name, entry) in _entries.Concat(others._entries))
        {
            all._entries.Add(name, entry);
        }

        return all;
    }

    /// <summary>Makes what fills references to these configurations in texts.</summary>
    /// <returns>The texts.</returns>
    public ConfigTexts ToTexts() => new(this);

    internal void Add(ConfigDefinition config, object? typed)
        => _entries[config.Name] = new Entry(config, typed, ArtifactSerializer.Serialize(typed, config.ValueType, config.Name));

    /// <summary>Returns the text of a reference, or <see langword="null"/> when it begins with no configuration. A path that begins with
    /// a name close to one is a mistake: such a text means nothing to a shell or another program.</summary>
    internal string? TextOf(string reference, string text)
    {
        var path = reference.Split('.');
        if (_entries.Values.FirstOrDefault(entry => ConfigKeys.Bare(entry.Config.Name) == ConfigKeys.Bare(path[0])) is not { } entry)
        {
            return path.Length > 1 && ClosestName.Find(path[0], _entries.Values.Select(static entry => entry.Config.Name)) is { } closest
                ? throw ConfigKeys.NoConfig(text, reference, path[0], closest, _entries.Keys) : null;
        }

        // What is stored, not what the file says: a resumed run knows no more, and defaults of the type are in it.
        if (!ConfigKeys.TryFind(entry.Stored, path.Skip(1), out var value))
        {
            throw ConfigKeys.Missing(text, path, entry.Stored);
        }

        return value switch
        {
            null => "",
            bool truth => truth ? "true" : "false",
            string found => found,
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => ConfigJson.Write(value),
        };
    }

    private sealed class Entry(ConfigDefinition config, object? typed, SerializedArtifact artifact)
    {
        public ConfigDefinition Config => config;

        public object? Typed => typed;

        public SerializedArtifact Artifact => artifact;

        public object? Stored
            => field ??= ArtifactSerializer.DeserializePlain(System.Buffers.BuffersExtensions.ToArray(artifact.Payload), artifact.Encoding);
    }
}
