using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Metaflow.Configs;

/// <summary>Turns JSON into plain data and back.</summary>
internal static class PlainJson
{
    private static readonly JsonDocumentOptions Options = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>Reads JSON; comments and trailing commas are allowed.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Texts, whole numbers as <see cref="long"/>, other numbers as <see cref="double"/>, booleans, lists and dictionaries.</returns>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public static object? Read(string text)
    {
        using var document = JsonDocument.Parse(text, Options);
        return Plain(document.RootElement);
    }

    /// <summary>Writes plain data as JSON.</summary>
    /// <param name="value">The data.</param>
    /// <returns>The text.</returns>
    public static string Write(object? value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            Write(json, value);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static object? Plain(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => PlainObject(element),
        JsonValueKind.Array => element.EnumerateArray().Select(Plain).ToList(),
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.TryGetInt64(out var whole) ? (object)whole : element.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    // Of a name that is written twice the last value counts, as in the reference.
    private static Dictionary<string, object?> PlainObject(JsonElement element)
    {
        var members = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            members[member.Name] = Plain(member.Value);
        }

        return members;
    }

    private static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case string text: json.WriteStringValue(text); break;
            case bool truth: json.WriteBooleanValue(truth); break;
            case int whole: json.WriteNumberValue(whole); break;
            case long whole: json.WriteNumberValue(whole); break;
            case double number when double.IsFinite(number): WriteReal(json, number); break;
            case System.Collections.IDictionary members: WriteObject(json, members); break;
            case System.Collections.IEnumerable items: WriteArray(json, items); break;
            default: json.WriteStringValue(Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)); break;
        }
    }

    // A real number stays one when it is read again.
    private static void WriteReal(Utf8JsonWriter json, double number)
    {
        var text = number.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        json.WriteRawValue(text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0");
    }

    private static void WriteObject(Utf8JsonWriter json, System.Collections.IDictionary members)
    {
        json.WriteStartObject();
        foreach (System.Collections.DictionaryEntry member in members)
        {
            json.WritePropertyName(Convert.ToString(member.Key, System.Globalization.CultureInfo.InvariantCulture) ?? "");
            Write(json, member.Value);
        }

        json.WriteEndObject();
    }

    private static void WriteArray(Utf8JsonWriter json, System.Collections.IEnumerable items)
    {
        json.WriteStartArray();
        foreach (var item in items)
        {
            Write(json, item);
        }

        json.WriteEndArray();
    }
}
