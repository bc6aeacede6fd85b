using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Metaflow.ObjectStorage.Data;

/// <summary>The author's texts beside an object, as Python Metaflow keeps them: one text of the service's metadata, in JSON.</summary>
internal static class UserMetadata
{
    /// <summary>The name of the text.</summary>
    public const string Name = "metaflow-user-attributes";

    /// <summary>No texts.</summary>
    public static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();

    /// <summary>Returns the JSON. It has only characters that a header may have.</summary>
    /// <param name="texts">The texts.</param>
    public static string ToJson(IReadOnlyDictionary<string, string> texts)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, text) in texts)
            {
                writer.WriteString(name, text);
            }

            writer.WriteEndObject();
        }

        return Encoding.ASCII.GetString(buffer.WrittenSpan);
    }

    /// <summary>Reads the JSON.</summary>
    /// <param name="json">The JSON; <see langword="null"/> where there is none.</param>
    /// <returns>The texts. Values that are no texts, which Python can store, stay JSON. None where the JSON is of another form, as another
    /// program may use the name.</returns>
    public static IReadOnlyDictionary<string, string> FromJson(string? json)
    {
        if (json is null)
        {
            return None;
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            var texts = new Dictionary<string, string>(StringComparer.Ordinal);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                foreach (var entry in document.RootElement.EnumerateObject())
                {
                    var value = entry.Value;
                    texts[entry.Name] = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
                }
            }

            return texts;
        }
        catch (JsonException)
        {
            return None;
        }
    }
}
