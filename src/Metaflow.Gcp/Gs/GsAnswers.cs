using System.Globalization;
using System.Text.Json;
using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Transfer;

namespace Metaflow.Gcp.Gs;

/// <summary>Reads what Google Cloud Storage answers to requests that succeed.</summary>
internal static class GsAnswers
{
    private const string KindOfLists = "storage#objects";

    /// <summary>Reads a page of a list.</summary>
    /// <param name="page">The body of the answer.</param>
    /// <param name="entries">Gets what is on the page.</param>
    /// <returns>What asks for the next page; <see langword="null"/> at the last one.</returns>
    /// <exception cref="UnexpectedAnswerException">It is not a page of a list.</exception>
    public static string? ReadList(byte[] page, List<ListedObject> entries) => Read(page, $"A JSON object '{KindOfLists}'", list =>
    {
        // An empty list has its kind alone.
        if (Text(list, "kind") != KindOfLists)
        {
            throw UnexpectedAnswerException.Of($"A JSON object '{KindOfLists}'", page);
        }

        if (list.TryGetProperty("prefixes", out var prefixes))
        {
            foreach (var prefix in prefixes.EnumerateArray())
            {
                entries.Add(new ListedObject(Required(prefix), isFolder: true));
            }
        }

        if (list.TryGetProperty("items", out var items))
        {
            foreach (var item in items.EnumerateArray())
            {
                entries.Add(new ListedObject(
                    Required(item.GetProperty("name")), isFolder: false, Text(item, "size"), Text(item, "timeCreated")));
            }
        }

        return Text(list, "nextPageToken");
    });

    /// <summary>Reads what the service says about an object.</summary>
    /// <param name="body">The body of the answer.</param>
    /// <exception cref="UnexpectedAnswerException">It says nothing about an object.</exception>
    public static ObjectFacts FactsOf(byte[] body) => Read(body, "A JSON object about an object", facts =>
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        if (facts.TryGetProperty("metadata", out var texts))
        {
            foreach (var text in texts.EnumerateObject())
            {
                metadata[text.Name] = text.Value.GetString() ?? "";
            }
        }

        var length = long.Parse(Text(facts, "size") ?? "0", NumberStyles.None, CultureInfo.InvariantCulture);
        return new ObjectFacts(length, ObjectFacts.TimeOf(Text(facts, "timeCreated")), metadata)
        {
            Version = Required(facts.GetProperty("generation")),
            ContentType = Text(facts, "contentType"),
        };
    });

    /// <summary>Reads which version of an object a request has stored.</summary>
    /// <param name="body">The body of the answer.</param>
    /// <exception cref="UnexpectedAnswerException">It does not say it.</exception>
    public static string GenerationOf(byte[] body)
        => Read(body, "A JSON object with a 'generation'", static facts => Required(facts.GetProperty("generation")));

    private static T Read<T>(byte[] body, string expected, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return read(document.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException
            or FormatException or OverflowException)
        {
            throw UnexpectedAnswerException.Of(expected, body, error);
        }
    }

    private static string Required(JsonElement text) => text.GetString() ?? throw new FormatException("A text is null.");

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
