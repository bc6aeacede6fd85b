using System.Text.Json;
using Metaflow.Storage;

namespace Metaflow.Environments.Records;

/// <summary>Reads members of records. What is not as it has to be is a <see cref="FormatException"/>, whose message is a part of a
/// sentence.</summary>
internal static class RecordMembers
{
    /// <summary>Returns a text that must be there.</summary>
    /// <param name="record">The record.</param>
    /// <param name="name">The member.</param>
    /// <returns>The text.</returns>
    public static string Text(JsonElement record, string name)
        => TextOrNull(record, name) ?? throw new FormatException($"the text '{name}' is missing");

    /// <summary>Returns a text.</summary>
    /// <param name="record">The record.</param>
    /// <param name="name">The member.</param>
    /// <returns>The text; <see langword="null"/> for none.</returns>
    public static string? TextOrNull(JsonElement record, string name) => Find(record, name) is { } value ? AsText(value, name) : null;

    /// <summary>Returns a whole number that must be there.</summary>
    /// <param name="record">The record.</param>
    /// <param name="name">The member.</param>
    /// <returns>The number.</returns>
    public static long Number(JsonElement record, string name)
        => Find(record, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number)
            ? number
            : throw new FormatException($"the number '{name}' is missing");

    /// <summary>Returns a list of texts.</summary>
    /// <param name="record">The record.</param>
    /// <param name="name">The member; no member is an empty list.</param>
    /// <returns>The texts.</returns>
    public static IReadOnlyList<string> Texts(JsonElement record, string name)
        => [.. Items(record, name).Select(item => AsText(item, name))];

    /// <summary>Returns a list.</summary>
    /// <param name="record">The record.</param>
    /// <param name="name">The member; no member is an empty list.</param>
    /// <returns>The items.</returns>
    public static IEnumerable<JsonElement> Items(JsonElement record, string name) => Find(record, name) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } list => list.EnumerateArray(),
        _ => throw new FormatException($"'{name}' is not a list"),
    };

    /// <summary>Returns the members of an object.</summary>
    /// <param name="record">The record.</param>
    /// <param name="name">The member; no member is an empty object.</param>
    /// <returns>The members of its value.</returns>
    public static IEnumerable<JsonProperty> Members(JsonElement record, string name) => Find(record, name) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Object } members => members.EnumerateObject(),
        _ => throw new FormatException($"'{name}' is not an object"),
    };

    /// <summary>Returns an object of texts. Members without a value are left out.</summary>
    /// <param name="record">The record.</param>
    /// <param name="name">The member; no member is an empty object.</param>
    /// <returns>The texts by name.</returns>
    public static IReadOnlyDictionary<string, string> TextsByName(JsonElement record, string name)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in Members(record, name).Where(static member => member.Value.ValueKind != JsonValueKind.Null))
        {
            texts[member.Name] = AsText(member.Value, name);
        }

        return texts;
    }

    /// <summary>Returns a text.</summary>
    /// <param name="value">The value.</param>
    /// <param name="name">The member that has it.</param>
    /// <returns>The text.</returns>
    public static string AsText(JsonElement value, string name)
        => value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new FormatException($"'{name}' has something else than text");

    /// <summary>Returns a value.</summary>
    /// <param name="record">The record.</param>
    /// <param name="name">The member.</param>
    /// <returns>The value; <see langword="null"/> if there is none.</returns>
    public static JsonElement? Find(JsonElement record, string name) => record.ValueKind != JsonValueKind.Object
        ? throw new FormatException("a record is not an object")
        : record.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>Writes an object of texts.</summary>
    /// <param name="json">The writer.</param>
    /// <param name="name">The member.</param>
    /// <param name="texts">The texts by name.</param>
    public static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string> texts)
    {
        json.WriteStartObject(name);
        foreach (var (key, text) in texts)
        {
            json.WriteText(key, text);
        }

        json.WriteEndObject();
    }
}
