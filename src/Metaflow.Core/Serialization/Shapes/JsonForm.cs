using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Metaflow.Serialization;

/// <summary>Turns JSON values into plain data, as Python's own reader of JSON does, and back.</summary>
internal static class JsonForm
{
    /// <summary>Returns true if a type holds JSON.</summary>
    public static bool Is(Type type)
        => type == typeof(JsonElement) || type == typeof(JsonDocument) || typeof(JsonNode).IsAssignableFrom(type);

    /// <summary>Returns a JSON value as an element.</summary>
    public static JsonElement ElementOf(object json) => json switch
    {
        JsonElement element => element,
        JsonDocument document => document.RootElement,
        _ => JsonSerializer.SerializeToElement((JsonNode)json),
    };

    /// <summary>Returns an integer or a float.</summary>
    /// <returns><see langword="null"/> when the number is greater than any float.</returns>
    public static object? Number(JsonElement element)
    {
        if (element.TryGetInt64(out var number))
        {
            return number;
        }

        var text = element.GetRawText();
        if (text.AsSpan().IndexOfAny('.', 'e', 'E') < 0)
        {
            return BigInteger.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        }

        return element.TryGetDouble(out var real) && double.IsFinite(real) ? real : null;
    }

    /// <summary>Makes JSON of plain data.</summary>
    /// <returns><see langword="null"/> when a part has no form in JSON, or the JSON is of another kind than the type.</returns>
    public static object? FromPlain(object? value, Type type)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { MaxDepth = MaxDepth }))
        {
            var left = MostParts;
            if (!TryWrite(writer, value, ref left))
            {
                return null;
            }
        }

        var bytes = stream.ToArray();
        if (type == typeof(JsonDocument))
        {
            return JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = MaxDepth });
        }

        using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = MaxDepth });
        var element = document.RootElement.Clone();
        return type == typeof(JsonElement) ? element : NodeOf(element, type);
    }

    private const int MaxDepth = 1000;

    /// <summary>The most values of one JSON: a list that holds another one twice, which holds another one twice, is short and its JSON is
    /// not.</summary>
    private const int MostParts = 50_000_000;

    /// <summary>The longest integer that Python turns into text: 4,300 digits.</summary>
    private const int MostBits = 14_284;

    private static JsonNode? NodeOf(JsonElement element, Type type)
    {
        JsonNode? node = element.ValueKind switch
        {
            JsonValueKind.Object => JsonObject.Create(element),
            JsonValueKind.Array => JsonArray.Create(element),
            _ => JsonValue.Create(element),
        };
        return type.IsInstanceOfType(node) ? node : null;
    }

    private static bool TryWrite(Utf8JsonWriter writer, object? value, ref int left)
    {
        if (--left < 0)
        {
            return false;
        }

        switch (value)
        {
            case null:
                writer.WriteNullValue();
                return true;
            case bool flag:
                writer.WriteBooleanValue(flag);
                return true;
            case string text:
                writer.WriteStringValue(text);
                return true;
            case long number:
                writer.WriteNumberValue(number);
                return true;
            case double number when double.IsFinite(number):
                // The shortest text of a whole float would be an integer's.
                var digits = number.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
                writer.WriteRawValue(digits.AsSpan().IndexOfAny('.', 'E') < 0 ? digits + ".0" : digits);
                return true;
            case BigInteger number when number.GetBitLength() <= MostBits:
                writer.WriteRawValue(number.ToString(System.Globalization.CultureInfo.InvariantCulture));
                return true;
            default:
                return writer.CurrentDepth < MaxDepth - 1 && TryWriteParts(writer, value, ref left);
        }
    }

    private static bool TryWriteParts(Utf8JsonWriter writer, object value, ref int left)
    {
        if (value is Dictionary<object, object?> pairs)
        {
            writer.WriteStartObject();
            foreach (var (key, item) in pairs)
            {
                if (key is not string name)
                {
                    return false;
                }

                writer.WritePropertyName(name);
                if (!TryWrite(writer, item, ref left))
                {
                    return false;
                }
            }

            writer.WriteEndObject();
            return true;
        }

        if (value is not List<object?> items)
        {
            return false;
        }

        writer.WriteStartArray();
        foreach (var item in items)
        {
            if (!TryWrite(writer, item, ref left))
            {
                return false;
            }
        }

        writer.WriteEndArray();
        return true;
    }
}
