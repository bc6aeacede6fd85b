using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Metaflow.Naming;

namespace Metaflow.Definition;

/// <summary>Checks a tree against a type, with the names and places that the user wrote, and writes it in the one form that the type is
/// made from.</summary>
/// <param name="options">How types are made; its converters take scalars as texts.</param>
/// <param name="isStored">Whether keys that the type lacks are omitted.</param>
internal sealed class NodeFitting(JsonSerializerOptions options, bool isStored)
{
    private readonly List<string> _problems = [];
    private readonly List<string> _path = [];

    /// <summary>Fits a tree.</summary>
    /// <exception cref="FormatException">It does not fit; the message has all that is wrong.</exception>
    public byte[] Fit(ConfigNode node, Type type, NullMap nulls)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            Write(json, node, type, nulls);
        }

        return _problems.Count == 0 ? buffer.WrittenSpan.ToArray() : throw new FormatException(string.Join("; ", _problems));
    }

    private void Write(Utf8JsonWriter json, ConfigNode node, Type given, NullMap nulls)
    {
        var type = Nullable.GetUnderlyingType(given) ?? given;
        if (node.Kind == ConfigNodeKind.Null)
        {
            if ((given.IsValueType && type == given) || (!given.IsValueType && !nulls.AllowsNull))
            {
                Wrong(node, $"null, but {Expected(type)} is expected");
            }

            json.WriteNullValue();
            return;
        }

        if (type == typeof(object))
        {
            PlainDataConverter.Write(json, node);
        }
        else if (type == typeof(string) || ScalarText.Knows(type))
        {
            WriteScalar(json, node, type);
        }
        else
        {
            WriteParts(json, node, type, nulls, options.GetTypeInfo(ReadOnlyCollections.MadeFrom(type)));
        }
    }

    private void WriteParts(Utf8JsonWriter json, ConfigNode node, Type type, NullMap nulls, JsonTypeInfo info)
    {
        switch (info.Kind)
        {
            case JsonTypeInfoKind.None when type == typeof(byte[]) && node.Kind == ConfigNodeKind.List:
                WriteBytes(json, node);
                break;
            case JsonTypeInfoKind.None:
            case JsonTypeInfoKind.Object when info.PolymorphismOptions is not null:
                RawJson.Write(json, node);
                break;
            case JsonTypeInfoKind.Object when node.Kind == ConfigNodeKind.Map:
                WriteRecord(json, node, info);
                break;
            case JsonTypeInfoKind.Dictionary when node.Kind == ConfigNodeKind.Map:
                WriteEntries(json, node, info, nulls);
                break;
            case JsonTypeInfoKind.Enumerable when node.Kind == ConfigNodeKind.List:
                WriteItems(json, node, info, nulls);
                break;
            default:
                Wrong(node, $"{Described(node)}, but {Expected(type)} is expected");
                json.WriteNullValue();
                break;
        }
    }

    // The library takes bytes as base64 alone.
    private void WriteBytes(Utf8JsonWriter json, ConfigNode node)
    {
        var bytes = new byte[node.Items.Count];
        for (var at = 0; at < bytes.Length; at++)
        {
            var item = node.Items[at];
            if (Takes(typeof(byte), item) && ScalarText.Read(typeof(byte), item.Text) is byte value)
            {
                bytes[at] = value;
            }
            else
            {
                Within($"[{at}]", () => Wrong(item, $"{Described(item)}, but {Expected(typeof(byte))} is expected"));
            }
        }

        json.WriteBase64StringValue(bytes);
    }

    private void WriteItems(Utf8JsonWriter json, ConfigNode node, JsonTypeInfo info, NullMap nulls)
    {
        json.WriteStartArray();
        for (var at = 0; at < node.Items.Count; at++)
        {
            Within($"[{at}]", () => Write(json, node.Items[at], info.ElementType!, nulls.Element));
        }

        json.WriteEndArray();
    }

    private void WriteEntries(Utf8JsonWriter json, ConfigNode node, JsonTypeInfo info, NullMap nulls)
    {
        json.WriteStartObject();
        var seen = new Dictionary<object, string>();
        foreach (var (name, value) in node.Members)
        {
            var key = info.KeyType is { } type && ScalarText.Knows(type) ? ScalarText.Read(type, name) : name;
            if (key is null)
            {
                Wrong(value.AtName, $"the key '{name}' is not {ScalarText.Expected(info.KeyType!)}");
            }
            else if (!seen.TryAdd(key, name))
            {
                Wrong(value.AtName, $"'{seen[key]}' and '{name}' are the same key");
            }

            json.WritePropertyName(key is null or string ? name : ScalarText.Write(key));
            Within(name, () => Write(json, value, info.ElementType!, nulls.Element));
        }

        json.WriteEndObject();
    }

    private void WriteRecord(Utf8JsonWriter json, ConfigNode node, JsonTypeInfo info)
    {
        json.WriteStartObject();
        var seen = new Dictionary<JsonPropertyInfo, string>();
        var takesOthers = isStored || info.Properties.Any(static property => property.IsExtensionData);
        foreach (var (name, value) in node.Members)
        {
            var property = info.Properties
                .FirstOrDefault(known => !known.IsExtensionData && CanSet(known) && Bare(known.Name) == Bare(name));
            if (property is null)
            {
                WriteOther(json, name, value, info, takesOthers);
            }
            else if (!seen.TryAdd(property, name))
            {
                Wrong(value.AtName, $"'{seen[property]}' and '{name}' are two spellings of one member; keep one of them");
            }
            else
            {
                json.WritePropertyName(property.Name);
                Within(name, () => WriteMember(json, value, property));
            }
        }

        foreach (var missing in info.Properties.Where(property => IsNeeded(property) && !seen.ContainsKey(property)))
        {
            Wrong(node, $"'{SnakeCase.FromMember(missing.Name)}' is missing");
        }

        json.WriteEndObject();
    }

    private void WriteOther(Utf8JsonWriter json, string name, ConfigNode value, JsonTypeInfo info, bool isTaken)
    {
        if (isTaken)
        {
            json.WritePropertyName(name);
            RawJson.Write(json, value);
            return;
        }

        var known = info.Properties.Where(CanSet).Select(static property => SnakeCase.FromMember(property.Name)).ToList();
        var closest = ClosestName.Find(name, known);
        Wrong(value.AtName, closest is null
            ? $"there is no key '{name}'; the keys are {string.Join(", ", known.Select(static key => $"'{key}'"))}"
            : $"there is no key '{name}'; did you mean '{closest}'?");
    }

    private void WriteMember(Utf8JsonWriter json, ConfigNode value, JsonPropertyInfo property)
    {
        if (property.CustomConverter is not null)
        {
            RawJson.Write(json, value);
            return;
        }

        var nulls = NullMap.Of(property.AttributeProvider);
        var allowsNull = property.IsSetNullable && property.AssociatedParameter is not { IsNullable: false };
        Write(json, value, property.PropertyType, allowsNull ? nulls.WithNull() : nulls.WithoutNull());
    }

    private void WriteScalar(Utf8JsonWriter json, ConfigNode node, Type type)
    {
        if (type == typeof(string))
        {
            if (node.Kind is ConfigNodeKind.Text or ConfigNodeKind.Loose)
            {
                json.WriteStringValue(node.Text);
                return;
            }
        }
        else if (Takes(type, node) && ScalarText.Read(type, node.Text) is { } value)
        {
            json.WriteStringValue(ScalarText.Write(value));
            return;
        }

        Wrong(
            node,
            $"{Described(node)}, but {(ScalarText.Knows(type) ? ScalarText.ExpectedFor(type, node.Text) : Expected(type))} is expected");
        json.WriteNullValue();
    }

    // A text is not a number, and 1 is not true: whoever writes that means something else.
    private static bool Takes(Type type, ConfigNode node) => node.Kind switch
    {
        ConfigNodeKind.Loose => true,
        ConfigNodeKind.Boolean => type == typeof(bool),
        ConfigNodeKind.Whole => ScalarText.IsInteger(type) || ScalarText.IsReal(type) || type == typeof(char) || type == typeof(Version),
        ConfigNodeKind.Real => ScalarText.IsReal(type) || type == typeof(Version),
        ConfigNodeKind.Text when ScalarText.IsReal(type) => type != typeof(decimal) && node.Text is "NaN" or "Infinity" or "-Infinity",
        ConfigNodeKind.Text => type != typeof(bool) && !ScalarText.IsInteger(type),
        _ => false,
    };

    private void Within(string part, Action write)
    {
        _path.Add(part);
        write();
        _path.RemoveAt(_path.Count - 1);
    }

    private void Wrong(ConfigNode node, string what)
    {
        var path = string.Join('.', _path).Replace(".[", "[", StringComparison.Ordinal);
        _problems.Add(node.Place + (path.Length == 0 ? what : $"'{path}': {what}"));
    }

    private static string Expected(Type type) => type switch
    {
        _ when type == typeof(string) => "a text",
        _ when ScalarText.Knows(type) => ScalarText.Expected(type),
        _ => $"a value of the type '{type.Name.Split('`')[0]}'",
    };

    private static string Described(ConfigNode node) => node.Kind switch
    {
        ConfigNodeKind.List => "a list",
        ConfigNodeKind.Map => "an object",
        ConfigNodeKind.Null => "null",
        ConfigNodeKind.Text => $"the text '{node.Text}'",
        _ => $"'{node.Text}'",
    };

    private static bool CanSet(JsonPropertyInfo property) => property.Set is not null || property.AssociatedParameter is not null;

    private static bool IsNeeded(JsonPropertyInfo property)
        => property.IsRequired || property.AssociatedParameter is { HasDefaultValue: false }
            || StructConstruction.ParameterOf(property.AttributeProvider as System.Reflection.MemberInfo) is { HasDefaultValue: false };

    private static string Bare(string name)
        => name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();
}
