using System.Text.Json;

namespace Metaflow.Secrets;

/// <summary>Finds the texts that disclose a secret: the value itself, its lines, and the texts and numbers in it where it is
/// JSON.</summary>
internal static class SecretTexts
{
    private const int MinLength = 4;

    // JSON whose texts are JSON again; what is nested deeper is nobody's.
    private const int MostNested = 8;

    private static readonly JsonDocumentOptions Json = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = 1024,
    };

    /// <summary>Returns the texts of a secret that are to be hidden.</summary>
    /// <param name="value">The secret.</param>
    /// <returns>The texts; one may be returned several times.</returns>
    public static IEnumerable<string> Of(string value) => All(value, MostNested).Where(IsSecret);

    // What is short, or a constant of JSON, is found everywhere and discloses nothing.
    private static bool IsSecret(string text)
        => text.Length >= MinLength && text.Trim() is not ("null" or "true" or "false" or "None" or "True" or "False");

    private static IEnumerable<string> All(string value, int depth)
    {
        yield return value;
        foreach (var line in value.Contains('\n', StringComparison.Ordinal) ? value.Split('\n') : [])
        {
            // Of JSON with indentation, many lines are a bracket after blanks.
            yield return line.Trim().Length < MinLength ? "" : line.TrimEnd('\r');
        }

        foreach (var text in depth > 0 ? LeavesOf(value).SelectMany(leaf => All(leaf, depth - 1)) : [])
        {
            yield return text;
        }
    }

    /// <summary>Returns the texts and numbers in a value that is a JSON object, array or text.</summary>
    private static List<string> LeavesOf(string value)
    {
        var leaves = new List<string>();
        if (value.AsSpan().TrimStart() is not ['{' or '[' or '"' or '/', ..])
        {
            return leaves;
        }

        try
        {
            using var document = JsonDocument.Parse(value, Json);
            var rest = new Stack<JsonElement>([document.RootElement]);
            while (rest.TryPop(out var element))
            {
                if (element.ValueKind == JsonValueKind.Object)
                {
                    foreach (var member in element.EnumerateObject())
                    {
                        rest.Push(member.Value);
                    }
                }
                else if (element.ValueKind == JsonValueKind.Array)
                {
                    foreach (var item in element.EnumerateArray())
                    {
                        rest.Push(item);
                    }
                }
                else if (LeafOf(element) is { } leaf)
                {
                    leaves.Add(leaf);
                }
            }
        }
        catch (JsonException)
        {
            // Then it is a text that begins like JSON.
        }

        return leaves;
    }

    private static string? LeafOf(JsonElement element)
    {
        try
        {
            return element.ValueKind switch
            {
                JsonValueKind.String => element.GetString(),
                JsonValueKind.Number => element.GetRawText(),
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            // A text with half a surrogate pair, which no step can read either.
            return null;
        }
    }
}
