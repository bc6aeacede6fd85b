using System.Globalization;
using Metaflow.Artifacts;
using Metaflow.Definition;
using Metaflow.Serialization;

namespace Metaflow.Configs;

/// <summary>The configurations of one run.</summary>
public sealed class ConfigSet
{
    private readonly OrderedDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Gets a value indicating whether the flow has none.</summary>
    public bool IsEmpty => _entries.Count == 0;

    /// <summary>Gets the artifacts to keep with the run, by name on disk.</summary>
    public IReadOnlyList<KeyValuePair<string, SerializedArtifact>> Artifacts => [.. _entries.Select(static entry => KeyValuePair.Create(entry.Key, entry.Value.Artifact))];

    /// <summary>Gets the values in their types, by name on disk.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Values => [.. _entries.Select(static entry => KeyValuePair.Create(entry.Key, entry.Value.Typed))];

    /// <summary>Takes the configurations of an earlier run, as <c>resume</c> does.</summary>
    /// <param name="definition">The flow.</param>
    /// <param name="parameters">The artifacts of the run's task <c>_parameters</c>.</param>
    /// <returns>The configurations that the run has.</returns>
    public static ConfigSet Of(FlowDefinition definition, TaskArtifacts parameters)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(parameters);
        var set = new ConfigSet();
        foreach (var config in definition.Configs.Where(config => parameters.Contains(config.Name)))
        {
            var plain = parameters.LoadPlain(config.Name);
            var record = parameters.Records[config.Name];
            set._entries[config.Name] = new Entry(
                config, plain is null ? null : ParameterJson.Read(config.ValueType, ConfigNode.Of(plain), NullMap.Unknown, isStored: true),
                new SerializedArtifact(new(parameters.LoadPayload(config.Name)), record.TypeName ?? "<class 'dict'>", record.Encoding));
        }

        return set;
    }

    /// <summary>Makes what fills references to these configurations in texts.</summary>
    /// <returns>The texts.</returns>
    public ConfigTexts ToTexts() => new(this);

    internal void Add(ConfigDefinition config, object? typed)
        => _entries[config.Name] = new Entry(config, typed, ArtifactSerializer.Serialize(typed, config.ValueType, config.Name));

    /// <summary>Returns the text of a reference, or <see langword="null"/> when it begins with no configuration.</summary>
    internal string? TextOf(string reference, string text)
    {
        var path = reference.Split('.');
        if (_entries.Values.FirstOrDefault(entry => ConfigKeys.Bare(entry.Config.Name) == ConfigKeys.Bare(path[0])) is not { } entry)
        {
            return null;
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
            _ => PlainJson.Write(value),
        };
    }

    private sealed class Entry(ConfigDefinition config, object? typed, SerializedArtifact artifact)
    {
        public ConfigDefinition Config => config;

        public object? Typed => typed;

        public SerializedArtifact Artifact => artifact;

        public object? Stored => field ??= ArtifactSerializer.DeserializePlain(System.Buffers.BuffersExtensions.ToArray(artifact.Payload), artifact.Encoding);
    }
}
