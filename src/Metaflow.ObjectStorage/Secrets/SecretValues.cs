using System.Text.Json;

namespace Metaflow.ObjectStorage.Secrets;

/// <summary>Makes environment variables of the value of a secret.</summary>
internal static class SecretValues
{
    /// <summary>Returns the variable of a secret that has one value.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="name">The name of the variable, unless the reference has another one.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="Errors.StepFailedException">MF3043: no variable can have the value.</exception>
    public static IReadOnlyDictionary<string, string> One(SecretReference secret, string name, string value)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        Add(values, secret, secret.Option(SecretReference.NameOption) ?? name, value);
        return values;
    }

    /// <summary>Returns the variables of a secret that is a JSON object: one for each member.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="text">The JSON.</param>
    /// <exception cref="Errors.StepFailedException">MF3043: it is none, or two members have one name.</exception>
    public static IReadOnlyDictionary<string, string> OfJson(SecretReference secret, string text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw NoObject(secret, $"It is JSON, but no object: it is {Kind(document.RootElement.ValueKind)}.");
            }

            foreach (var member in document.RootElement.EnumerateObject())
            {
                Add(
                    values, secret, member.Name,
                    member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : member.Value.GetRawText());
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The parser's own message may quote the text.
            throw NoObject(secret, "It is not valid JSON.");
        }

        return values;
    }

    private static void Add(Dictionary<string, string> values, SecretReference secret, string name, string value)
    {
        if (value.Contains('\0', StringComparison.Ordinal))
        {
            throw SecretErrors.ValueInvalid(
                secret, "It contains the character U+0000, which no environment variable can.", "Store the value in base 64.");
        }

        // As Python Metaflow: the usual separators of names, and no others.
        var clean = name.Replace('-', '_').Replace('.', '_').Replace('/', '_');
        if (!values.TryAdd(clean, value))
        {
            throw SecretErrors.ValueInvalid(
                secret,
                $"Two of its members become the variable '{clean}'.",
                "Rename one of them: '-', '.' and '/' become '_'.");
        }
    }

    private static Errors.StepFailedException NoObject(SecretReference secret, string why) => SecretErrors.ValueInvalid(
        secret, why, $"Store a JSON object of texts, or write '{secret.Shown}?{SecretReference.JsonOption}=false' for the value as it is.");

    private static string Kind(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        _ => "a constant",
    };
}
