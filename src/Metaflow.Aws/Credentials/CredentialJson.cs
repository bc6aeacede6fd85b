using System.Globalization;
using System.Text.Json;
using Metaflow.Aws.Signing;

namespace Metaflow.Aws.Credentials;

/// <summary>Credentials as JSON, which programs and services of AWS write with small differences.</summary>
internal static class CredentialJson
{
    /// <summary>Reads credentials.</summary>
    /// <param name="json">The JSON.</param>
    /// <param name="member">The member that has them; <see langword="null"/> for the whole.</param>
    /// <returns>The credentials; <see langword="null"/> when the JSON has none.</returns>
    public static AwsCredentials? Read(ReadOnlyMemory<byte> json, string? member = null)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || (member is not null && !root.TryGetProperty(member, out root)))
            {
                return null;
            }

            var key = Text(root, "AccessKeyId") ?? Text(root, "accessKeyId");
            var secret = Text(root, "SecretAccessKey") ?? Text(root, "secretAccessKey");
            return key is null || secret is null ? null : new AwsCredentials(
                key, secret, Text(root, "SessionToken") ?? Text(root, "Token") ?? Text(root, "sessionToken"), EndOf(root));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement json, string name)
        => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static DateTimeOffset? EndOf(JsonElement json)
        => json.TryGetProperty("expiration", out var milliseconds) && milliseconds.TryGetInt64(out var number)
            ? DateTimeOffset.FromUnixTimeMilliseconds(number)
            : DateTimeOffset.TryParse(
                Text(json, "Expiration"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end) ? end : null;
}
