using System.Globalization;
using System.Text.Json;
using Metaflow.ObjectStorage.Credentials;

namespace Metaflow.Azure.Credentials;

/// <summary>A token that says to Azure Storage who sends a request.</summary>
/// <param name="Value">The token.</param>
/// <param name="ExpiresAt">When it ends.</param>
internal sealed record AccessToken(string Value, DateTimeOffset? ExpiresAt) : IExpiringCredentials
{
    /// <summary>Services say when a token ends, each in its own words. Where none is understood, the token is asked for again
    /// soon.</summary>
    private static readonly TimeSpan UnknownLife = TimeSpan.FromMinutes(10);

    /// <summary>Reads a token from JSON.</summary>
    /// <param name="json">The answer of a service, or of the Azure CLI.</param>
    /// <param name="now">The time.</param>
    /// <returns>The token; <see langword="null"/> when the JSON has none.</returns>
    public static AccessToken? Read(ReadOnlyMemory<byte> json, DateTimeOffset now)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || (Text(root, "access_token") ?? Text(root, "accessToken")) is not { } token)
            {
                return null;
            }

            var end = Seconds(root, "expires_on") is { } at ? DateTimeOffset.FromUnixTimeSeconds(at)
                : now + (Seconds(root, "expires_in") is { } life ? TimeSpan.FromSeconds(life) : UnknownLife);
            return new AccessToken(token, end);
        }
        catch (Exception error) when (error is JsonException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>Returns why a service gave no token.</summary>
    /// <param name="reply">Its answer.</param>
    public static string ReasonOf(ServiceReply reply)
    {
        try
        {
            using var document = JsonDocument.Parse(reply.Body);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && (Text(root, "error_description") ?? Text(root, "error")) is { } reason)
            {
                return reason.ReplaceLineEndings("\n").Split('\n')[0];
            }
        }
        catch (JsonException)
        {
            // Then it is no JSON, and the number has to do.
        }

        return string.Create(CultureInfo.InvariantCulture, $"it answered {reply.Status}");
    }

    /// <inheritdoc/>
    /// <remarks>A secret in a message would be in a log.</remarks>
    public override string ToString() => "a token";

    private static string? Text(JsonElement json, string name)
        => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Seconds(JsonElement json, string name)
        => !json.TryGetProperty(name, out var value) ? null
            : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number
            : value.ValueKind == JsonValueKind.String
                && long.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out number) ? number
            : null;
}
