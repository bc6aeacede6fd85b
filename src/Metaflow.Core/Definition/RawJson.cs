using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Metaflow.Definition;

/// <summary>Writes a tree as the JSON that an author's own converter expects.</summary>
internal static class RawJson
{
    /// <summary>Returns a tree as text.</summary>
    public static string TextOf(ConfigNode node)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            Write(json, node);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Writes a tree.</summary>
    public static void Write(Utf8JsonWriter json, ConfigNode node) => Write(json, node, WriteScalar);

    /// <summary>Writes a tree with scalars of the caller's form.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="node">The tree.</param>
    /// <param name="writeScalar">Writes a text, a number, a boolean or nothing.</param>
    public static void Write(Utf8JsonWriter json, ConfigNode node, Action<Utf8JsonWriter, ConfigNode> writeScalar)
    {
        switch (node.Kind)
        {
            case ConfigNodeKind.List:
                json.WriteStartArray();
                foreach (var item in node.Items)
                {
                    Write(json, item, writeScalar);
                }

                json.WriteEndArray();
                break;
            case ConfigNodeKind.Map:
                json.WriteStartObject();
                foreach (var (name, value) in node.Members)
                {
                    json.WritePropertyName(name);
                    Write(json, value, writeScalar);
                }

                json.WriteEndObject();
                break;
            default: writeScalar(json, node); break;
        }
    }

    private static void WriteScalar(Utf8JsonWriter json, ConfigNode node)
    {
        switch (node.Kind)
        {
            case ConfigNodeKind.Null: json.WriteNullValue(); break;
            case ConfigNodeKind.Boolean: json.WriteBooleanValue(node.Text == "true"); break;
            case ConfigNodeKind.Whole or ConfigNodeKind.Real when IsNumber(node.Text): json.WriteRawValue(node.Text); break;
            default: json.WriteStringValue(node.Text); break;
        }
    }

    // YAML has numbers that JSON has not: .5, +5, infinities.
    private static bool IsNumber(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
