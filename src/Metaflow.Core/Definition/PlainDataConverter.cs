using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Metaflow.Definition;

/// <summary>Where any value goes, values become texts, numbers, lists and dictionaries, which every serializer knows.</summary>
internal sealed class PlainDataConverter : JsonConverter<object>
{
    // JSON has no infinities, and its reader would round what is not a double: numbers travel as marked texts.
    private const char Mark = '\u0001';

    /// <summary>Writes a tree so that this converter reads the same values.</summary>
    public static void Write(Utf8JsonWriter json, ConfigNode node) => RawJson.Write(json, node, WriteScalar);

    /// <inheritdoc/>
    public override object? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        JsonTokenType.Null => null,
        JsonTokenType.String => Unmarked(reader.GetString()!),
        JsonTokenType.Number => reader.TryGetInt64(out var integer) ? (object)integer : reader.GetDouble(),
        JsonTokenType.StartArray => JsonSerializer.Deserialize<List<object?>>(ref reader, options),
        _ => JsonSerializer.Deserialize<Dictionary<string, object?>>(ref reader, options),
    };

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, object value, JsonSerializerOptions options)
        => throw new NotSupportedException("Parameters are read, never written.");

    private static void WriteScalar(Utf8JsonWriter json, ConfigNode node)
    {
        switch (node.Kind)
        {
            case ConfigNodeKind.Whole: json.WriteStringValue($"{Mark}i{node.Text}"); break;
            case ConfigNodeKind.Real: json.WriteStringValue($"{Mark}r{node.Text}"); break;
            case ConfigNodeKind.Text or ConfigNodeKind.Loose:
                json.WriteStringValue(node.Text.StartsWith(Mark) ? $"{Mark}t{node.Text}" : node.Text);
                break;
            case ConfigNodeKind.Boolean: json.WriteBooleanValue(node.Text == "true"); break;
            default: json.WriteNullValue(); break;
        }
    }

    private static object? Unmarked(string text) => text switch
    {
        [Mark, 'i', .. var number] => new ConfigNode { Kind = ConfigNodeKind.Whole, Text = number }.ToPlain(),
        [Mark, 'r', .. var number] => double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture),
        [Mark, 't', .. var plain] => plain,
        _ => text,
    };
}
