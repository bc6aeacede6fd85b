using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Metaflow.Definition;

/// <summary>Reads records and lists from JSON text whose keys may be in snake, camel or Pascal case.</summary>
internal static class ParameterJson
{
    // The resolver is named because file-based programs switch reflection off by default.
    private static readonly JsonSerializerOptions Options = new()
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        PropertyNameCaseInsensitive = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowTrailingCommas = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
        Converters = { new JsonStringEnumConverter(), new PlainDataConverter() },
    };

    private static readonly JsonSerializerOptions PlainOptions = new()
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        Converters = { new JsonStringEnumConverter() },
    };

    private static readonly JsonDocumentOptions DocumentOptions = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>Reads a value.</summary>
    /// <param name="type">The type wanted.</param>
    /// <param name="text">JSON; where it is not, it is taken as a JSON string, so that <c>Uri</c> and its like need no quotes.</param>
    /// <returns>The value.</returns>
    /// <exception cref="JsonException">The text is no value of the type.</exception>
    /// <exception cref="FormatException">Members that have no default are missing; the message names them.</exception>
    public static object? Read(Type type, string text)
    {
        JsonNode? node;
        try
        {
            node = JsonNode.Parse(text, documentOptions: DocumentOptions);
        }
        catch (JsonException) when (!LooksLikeJson(text))
        {
            node = JsonValue.Create(text);
        }

        return Deserialize(node, type);
    }

    /// <summary>Makes a list of a type from texts.</summary>
    /// <param name="type">The list's type.</param>
    /// <param name="items">The items.</param>
    /// <returns>The list.</returns>
    /// <exception cref="JsonException">The type is no list of texts.</exception>
    public static object? FromTexts(Type type, IEnumerable<string> items)
        => Deserialize(new JsonArray([.. items.Select(static item => JsonValue.Create(item))]), type);

    /// <summary>Makes a value of a type from an object of another that has the same members, or from a list of such.</summary>
    /// <param name="type">The type wanted.</param>
    /// <param name="given">The object.</param>
    /// <returns>The value.</returns>
    /// <exception cref="JsonException">The members do not fit.</exception>
    /// <exception cref="FormatException">Members that have no default are missing; the message names them.</exception>
    public static object? Rebuild(Type type, object given) => Deserialize(JsonSerializer.SerializeToNode(given, given.GetType(), PlainOptions), type);

    private static bool LooksLikeJson(string text) => text.TrimStart() is ['{' or '[' or '"', ..];

    private static object? Deserialize(JsonNode? node, Type type)
    {
        try
        {
            return WithMemberNames(node, type).Deserialize(type, Options);
        }
        catch (NotSupportedException exception)
        {
            throw new JsonException(exception.Message, exception);
        }
    }

    private static JsonNode? WithMemberNames(JsonNode? node, Type type)
    {
        var info = Options.GetTypeInfo(type);
        return (node, info.Kind) switch
        {
            (JsonObject members, JsonTypeInfoKind.Object) => Complete(new JsonObject(members.Select(member => Renamed(member, info))), info),
            (JsonObject entries, JsonTypeInfoKind.Dictionary) => new JsonObject(
                entries.Select(entry => KeyValuePair.Create(entry.Key, WithMemberNames(entry.Value, info.ElementType!)))),
            (JsonArray items, JsonTypeInfoKind.Enumerable) => new JsonArray([.. items.Select(item => WithMemberNames(item, info.ElementType!))]),
            _ => node?.DeepClone(),
        };
    }

    private static JsonObject Complete(JsonObject members, JsonTypeInfo info)
    {
        var missing = info.Properties
            .Where(property => (property.IsRequired || property.AssociatedParameter is { HasDefaultValue: false }) && !members.ContainsKey(property.Name))
            .Select(static property => $"'{property.Name}'")
            .ToList();
        return missing.Count == 0
            ? members
            : throw new FormatException(string.Join(", ", missing) + (missing.Count == 1 ? " is missing" : " are missing"));
    }

    private static KeyValuePair<string, JsonNode?> Renamed(KeyValuePair<string, JsonNode?> member, JsonTypeInfo info)
    {
        var property = info.Properties.FirstOrDefault(candidate => Bare(candidate.Name).Equals(Bare(member.Key), StringComparison.OrdinalIgnoreCase));
        return property is null
            ? KeyValuePair.Create(member.Key, member.Value?.DeepClone())
            : KeyValuePair.Create(property.Name, WithMemberNames(member.Value, property.PropertyType));
    }

    private static string Bare(string name) => name.Replace("_", "", StringComparison.Ordinal);

    /// <summary>Where any value goes, values become texts, numbers, lists and dictionaries, which every serializer knows.</summary>
    private sealed class PlainDataConverter : JsonConverter<object>
    {
        public override object? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            JsonTokenType.Null => null,
            JsonTokenType.String => reader.GetString(),
            JsonTokenType.Number => reader.TryGetInt64(out var integer) ? (object)integer : reader.GetDouble(),
            JsonTokenType.StartArray => JsonSerializer.Deserialize<List<object?>>(ref reader, options),
            _ => JsonSerializer.Deserialize<Dictionary<string, object?>>(ref reader, options),
        };

        public override void Write(Utf8JsonWriter writer, object value, JsonSerializerOptions options)
            => throw new NotSupportedException("Parameters are read from JSON, never written.");
    }
}
