using System.Buffers;
using System.Text;
using System.Text.Json;
using Metaflow.Definition;

namespace Metaflow.Configs;

/// <summary>Turns JSON into plain data and back.</summary>
internal static class ConfigJson
{
    /// <summary>Reads JSON; comments and trailing commas are allowed.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Plain data; see <see cref="ConfigNode.ToPlain"/>.</returns>
    /// <exception cref="FormatException">The text is not JSON; the message says where.</exception>
    public static object? Read(string text) => JsonNodes.Parse(text).ToPlain();

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

    private static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case string text: json.WriteStringValue(text); break;
            case bool truth: json.WriteBooleanValue(truth); break;
            case int whole: json.WriteNumberValue(whole); break;
            case long whole: json.WriteNumberValue(whole); break;
            case System.Numerics.BigInteger whole:
                json.WriteRawValue(whole.ToString(System.Globalization.CultureInfo.InvariantCulture));
                break;
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
