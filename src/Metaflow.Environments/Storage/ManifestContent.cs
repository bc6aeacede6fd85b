using System.Text.Json;
using Metaflow.Environments.Records;

namespace Metaflow.Environments.Storage;

/// <summary>What a list of environments says, in the extension's format. Records stay as they were read.</summary>
/// <remarks>Changes return whether they changed anything.</remarks>
internal sealed class ManifestContent
{
    private const long Version = 1;
    private const string DefaultName = "_default";
    private const string UnresolvedName = "_unresolved";

    // Which environments tasks had. Only the extension writes them.
    private const string MappingsName = "mappings";

    // By kind of machine, then by the hash of the requirements, then by the hash of the packages.
    private readonly OrderedDictionary<string, OrderedDictionary<string, OrderedDictionary<string, JsonElement>>> _environments
        = new(StringComparer.Ordinal);

    private readonly OrderedDictionary<string, EnvironmentTarget> _aliases = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, EnvironmentTarget> _mutableAliases = new(StringComparer.Ordinal);
    private OtherMembers _others = OtherMembers.None;

    /// <summary>Gets the names with what they stand for. The hash of the packages is a name, too.</summary>
    public IEnumerable<KeyValuePair<string, EnvironmentTarget>> Aliases => _mutableAliases.Concat(_aliases);

    /// <summary>Gets all environments.</summary>
    public IEnumerable<EnvironmentId> Ids
        => from machine in _environments
           from request in machine.Value
           from record in request.Value
           where IsRecord(record)
           select new EnvironmentId(request.Key, record.Key, machine.Key);

    /// <summary>Reads a list.</summary>
    /// <param name="json">The JSON in UTF-8; nothing at all is an empty list.</param>
    /// <returns>The list.</returns>
    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="FormatException">It is not a list of environments.</exception>
    /// <exception cref="NotSupportedException">It has a version that is not known.</exception>
    public static ManifestContent Read(ReadOnlyMemory<byte> json)
    {
        var content = new ManifestContent();
        if (json.IsEmpty)
        {
            return content;
        }

        using var document = JsonDocument.Parse(json);
        var root = document.RootElement.Clone();
        CheckVersion(root);
        content._others = OtherMembers.Of(root, "version", "mutable_aliases", "aliases", "environments");
        ReadAliases(root, "mutable_aliases", content._mutableAliases);
        ReadAliases(root, "aliases", content._aliases);
        foreach (var machine in RecordMembers.Members(root, "environments"))
        {
            foreach (var request in RecordMembers.Members(root.GetProperty("environments"), machine.Name))
            {
                var records = content.RecordsOf(machine.Name, request.Name);
                foreach (var record in Members(request))
                {
                    records[record.Name] = record.Value;
                }
            }
        }

        return content;
    }

    /// <summary>Returns the JSON.</summary>
    /// <returns>The bytes.</returns>
    public byte[] ToBytes() => Metaflow.Storage.RecordJson.Write(json =>
    {
        json.WriteNumber("version", Version);
        if (!_others.Members.Any(static member => member.Key == MappingsName))
        {
            json.WriteStartObject(MappingsName);
            json.WriteEndObject();
        }

        _others.Write(json);
        WriteAliases(json, "mutable_aliases", _mutableAliases);
        WriteAliases(json, "aliases", _aliases);
        json.WriteStartObject("environments");
        foreach (var (machine, requests) in _environments)
        {
            json.WriteStartObject(machine);
            foreach (var (request, records) in requests)
            {
                json.WriteStartObject(request);
                foreach (var (name, record) in records)
                {
                    json.WritePropertyName(name);
                    json.WriteRawValue(record.GetRawText());
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    });

    /// <summary>Returns the record of an environment.</summary>
    /// <param name="id">The identity.</param>
    /// <returns>The record; <see langword="null"/> if it is not in the list.</returns>
    public JsonElement? Find(EnvironmentId id)
        => RecordsOrNull(id.Architecture, id.RequestId) is { } records && records.TryGetValue(id.FullId, out var record)
            && IsRecord(new(id.FullId, record)) ? record : null;

    /// <summary>Returns the environments that were found for the same requirements.</summary>
    /// <param name="requestId">The hash of the requirements.</param>
    /// <param name="architecture">The kind of machine.</param>
    /// <returns>Their identities.</returns>
    public IEnumerable<EnvironmentId> IdsOf(string requestId, string architecture)
        => (RecordsOrNull(architecture, requestId) ?? []).Where(IsRecord)
            .Select(record => new EnvironmentId(requestId, record.Key, architecture));

    /// <summary>Returns the environment that this machine uses for some requirements.</summary>
    /// <param name="requestId">The hash of the requirements.</param>
    /// <param name="architecture">The kind of machine.</param>
    /// <returns>Its identity; <see langword="null"/> if none was chosen.</returns>
    public EnvironmentId? DefaultOf(string requestId, string architecture)
        => RecordsOrNull(architecture, requestId) is { } records && records.TryGetValue(DefaultName, out var chosen)
            && chosen.ValueKind == JsonValueKind.String
                ? new EnvironmentId(requestId, chosen.GetString()!, architecture)
                : null;

    /// <summary>Returns what a name stands for.</summary>
    /// <param name="name">The name as it is stored: <c>name/tag</c>, or the hash of the packages.</param>
    /// <returns>The environment; <see langword="null"/> if there is no such name.</returns>
    public EnvironmentTarget? TargetOf(string name) => _aliases.GetValueOrDefault(name) ?? _mutableAliases.GetValueOrDefault(name);

    /// <summary>Adds an environment unless it is there. The hash of its packages becomes a name of it.</summary>
    /// <param name="id">The identity.</param>
    /// <param name="record">The record.</param>
    public bool Add(EnvironmentId id, JsonElement record)
        => RecordsOf(id.Architecture, id.RequestId).TryAdd(id.FullId, record)
            | _aliases.TryAdd(id.FullId, EnvironmentTarget.Of(id));

    /// <summary>Chooses an environment for its requirements.</summary>
    /// <param name="id">The identity.</param>
    public bool SetDefault(EnvironmentId id)
    {
        if (DefaultOf(id.RequestId, id.Architecture) == id)
        {
            return false;
        }

        RecordsOf(id.Architecture, id.RequestId)[DefaultName] = TextElement(id.FullId);
        return true;
    }

    /// <summary>Takes back the choice of an environment for some requirements.</summary>
    /// <param name="requestId">The hash of the requirements.</param>
    /// <param name="architecture">The kind of machine.</param>
    public bool ClearDefault(string requestId, string architecture)
        => RecordsOrNull(architecture, requestId)?.Remove(DefaultName) ?? false;

    /// <summary>Gives an environment a name.</summary>
    /// <param name="name">The name as it is stored.</param>
    /// <param name="isMutable">Whether the name may belong to another environment later.</param>
    /// <param name="target">The environment.</param>
    public bool SetAlias(string name, bool isMutable, EnvironmentTarget target)
    {
        if (TargetOf(name) == target)
        {
            return false;
        }

        (isMutable ? _mutableAliases : _aliases)[name] = target;
        return true;
    }

    /// <summary>Takes a name away.</summary>
    /// <param name="name">The name as it is stored.</param>
    public bool RemoveAlias(string name) => _mutableAliases.Remove(name) | _aliases.Remove(name);

    /// <summary>Removes an environment, and that it is the chosen one.</summary>
    /// <param name="id">The identity.</param>
    public bool Remove(EnvironmentId id)
    {
        var removed = RecordsOrNull(id.Architecture, id.RequestId)?.Remove(id.FullId) ?? false;
        if (DefaultOf(id.RequestId, id.Architecture) == id)
        {
            removed |= ClearDefault(id.RequestId, id.Architecture);
        }

        RemoveEmpty(id);
        if (TargetOf(id.FullId) == EnvironmentTarget.Of(id) && !Ids.Any(other => IsSameTarget(other, id)))
        {
            removed |= RemoveAlias(id.FullId);
        }

        return removed;
    }

    /// <summary>Takes over what another list has. Where both have something, the other one counts.</summary>
    /// <param name="other">The other list.</param>
    public void TakeOver(ManifestContent other)
    {
        foreach (var (machine, requests) in other._environments)
        {
            foreach (var (request, records) in requests)
            {
                foreach (var (name, record) in records)
                {
                    RecordsOf(machine, request)[name] = record;
                }
            }
        }

        foreach (var (name, target) in other._aliases)
        {
            _aliases[name] = target;
        }

        foreach (var (name, target) in other._mutableAliases)
        {
            _mutableAliases[name] = target;
        }
    }

    private static void CheckVersion(JsonElement root)
    {
        switch (RecordMembers.Find(root, "version"))
        {
            case { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out var version):
                if (version != Version)
                {
                    throw new NotSupportedException($"its version is {version}, this one reads version {Version}");
                }

                return;
            default:
                throw new FormatException("it has no version");
        }
    }

    private static void ReadAliases(JsonElement root, string name, OrderedDictionary<string, EnvironmentTarget> aliases)
    {
        foreach (var alias in RecordMembers.Members(root, name))
        {
            aliases[alias.Name] = EnvironmentTarget.Read(alias.Value);
        }
    }

    private static void WriteAliases(Utf8JsonWriter json, string name, OrderedDictionary<string, EnvironmentTarget> aliases)
    {
        json.WriteStartObject(name);
        foreach (var (alias, target) in aliases)
        {
            json.WritePropertyName(alias);
            target.Write(json);
        }

        json.WriteEndObject();
    }

    private static JsonElement.ObjectEnumerator Members(JsonProperty request) => request.Value.ValueKind == JsonValueKind.Object
        ? request.Value.EnumerateObject()
        : throw new FormatException($"'{request.Name}' is not an object");

    // Besides records, there is a text: which one is chosen.
    private static bool IsRecord(KeyValuePair<string, JsonElement> entry)
        => entry.Key is not (DefaultName or UnresolvedName) && entry.Value.ValueKind == JsonValueKind.Object;

    private static bool IsSameTarget(EnvironmentId one, EnvironmentId other)
        => one.RequestId == other.RequestId && one.FullId == other.FullId;

    private static JsonElement TextElement(string text)
    {
        using var document = JsonDocument.Parse($"\"{JsonEncodedText.Encode(text)}\"");
        return document.RootElement.Clone();
    }

    private OrderedDictionary<string, JsonElement>? RecordsOrNull(string architecture, string requestId)
        => _environments.GetValueOrDefault(architecture)?.GetValueOrDefault(requestId);

    private OrderedDictionary<string, JsonElement> RecordsOf(string architecture, string requestId)
    {
        if (!_environments.TryGetValue(architecture, out var requests))
        {
            _environments[architecture] = requests = new(StringComparer.Ordinal);
        }

        if (!requests.TryGetValue(requestId, out var records))
        {
            requests[requestId] = records = new(StringComparer.Ordinal);
        }

        return records;
    }

    private void RemoveEmpty(EnvironmentId id)
    {
        if (RecordsOrNull(id.Architecture, id.RequestId) is { Count: 0 })
        {
            _environments[id.Architecture].Remove(id.RequestId);
        }

        if (_environments.GetValueOrDefault(id.Architecture) is { Count: 0 })
        {
            _environments.Remove(id.Architecture);
        }
    }
}
