using System.Globalization;
using System.Text.Json;

namespace Metaflow.Decorators;

/// <summary>Reads the values of a decorator's attributes from text: JSON where that fits, else the text itself.</summary>
internal static class DecoratorValue
{
    /// <summary>Reads a value.</summary>
    /// <param name="text">The text.</param>
    /// <param name="type">The type of the attribute's property.</param>
    /// <param name="value">The value.</param>
    /// <returns>Whether the text is one.</returns>
    public static bool TryRead(string text, Type type, out object? value)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        value = type switch
        {
            _ when type == typeof(string) => Quoted(text),
            _ when type == typeof(bool) => bool.TryParse(text, out var truth) ? truth : null,
            _ when type == typeof(int) =>
                int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null,
            _ when type == typeof(long) =>
                long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null,
            _ when type == typeof(double) =>
                double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null,
            _ when type.IsEnum =>
                text is [var first, ..] && !char.IsAsciiDigit(first) && first is not ('-' or '+')
                    && Enum.TryParse(type, text, ignoreCase: true, out var member) ? member : null,
            _ when type.IsAssignableFrom(typeof(Dictionary<string, string>)) => Map(text),
            _ when type.IsAssignableFrom(typeof(string[])) => List(text),
            _ => null,
        };
        return value is not null;
    }

    /// <summary>Returns true if a value of a type is a number, a choice, or yes or no, and thus no secret.</summary>
    /// <param name="type">The type.</param>
    /// <returns>Whether it is.</returns>
    public static bool IsPlain(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsPrimitive || type.IsEnum;
    }

    /// <summary>Says what a value of a type is.</summary>
    /// <param name="type">The type.</param>
    /// <returns>Words such as <c>a whole number</c>.</returns>
    public static string InWords(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            _ when type == typeof(string) => "a text",
            _ when type == typeof(bool) => "true or false",
            _ when type == typeof(int) || type == typeof(long) => "a whole number",
            _ when type == typeof(double) => "a number",
            _ when type.IsEnum => $"one of {string.Join(", ", Enum.GetNames(type))}",
            _ when type.IsAssignableFrom(typeof(Dictionary<string, string>)) => "a JSON object of strings, for example {\"A\": \"1\"}",
            _ when type.IsAssignableFrom(typeof(string[])) => "a JSON list of strings, for example [\"a\", \"b\"], or one text",
            _ => "it in the source: it has no form as text",
        };
    }

    private static string Quoted(string text)
        => text is ['"', .., '"'] && Json(text) is { ValueKind: JsonValueKind.String } quoted ? quoted.GetString()! : text;

    private static Dictionary<string, string>? Map(string text)
        => Json(text) is { ValueKind: JsonValueKind.Object } map
            ? MapOf([.. map.EnumerateObject()]) : null;

    // Of a name that is written twice nobody knows which value is meant, and null is not text.
    private static Dictionary<string, string>? MapOf(IReadOnlyList<JsonProperty> entries)
        => entries.DistinctBy(static entry => entry.Name).Count() == entries.Count
            && entries.All(static entry => entry.Value.ValueKind != JsonValueKind.Null)
            ? entries.ToDictionary(static entry => entry.Name, static entry => TextOf(entry.Value)) : null;

    private static string[]? List(string text)
    {
        if (text is not ['[', ..])
        {
            return [Quoted(text)];
        }

        return Json(text) is { ValueKind: JsonValueKind.Array } list
            && list.EnumerateArray().All(static item => item.ValueKind == JsonValueKind.String)
            ? [.. list.EnumerateArray().Select(TextOf)] : null;
    }

    private static string TextOf(JsonElement element)
        => element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText();

    private static JsonElement? Json(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
