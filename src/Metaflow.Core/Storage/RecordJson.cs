using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Metaflow.Storage;

/// <summary>Writes the small JSON records. They are pure ASCII, because readers may open them with any encoding.</summary>
internal static class RecordJson
{
    /// <summary>Writes one object.</summary>
    /// <param name="content">Writes its members.</param>
    /// <returns>The bytes.</returns>
    public static byte[] Write(Action<Utf8JsonWriter> content)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            content(writer);
            writer.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Writes a text member.</summary>
    /// <param name="writer">The writer.</param>
    /// <param name="name">The member's name.</param>
    /// <param name="value">The text, or <see langword="null"/>.</param>
    public static void WriteText(this Utf8JsonWriter writer, string name, string? value)
    {
        writer.WritePropertyName(name);
        writer.WriteText(value);
    }

    /// <summary>Writes a list of texts.</summary>
    /// <param name="writer">The writer.</param>
    /// <param name="name">The member's name.</param>
    /// <param name="values">The texts.</param>
    public static void WriteTexts(this Utf8JsonWriter writer, string name, IReadOnlyList<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteText(value);
        }

        writer.WriteEndArray();
    }

    // The writer's own encoder also escapes quotes and angle brackets, which makes type names such as <class 'int'> hard to read.
    private static void WriteText(this Utf8JsonWriter writer, string? value)
    {
        if (value is not null && Ascii.IsValid(value))
        {
            writer.WriteStringValue(JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping));
        }
        else
        {
            writer.WriteStringValue(value);
        }
    }
}
