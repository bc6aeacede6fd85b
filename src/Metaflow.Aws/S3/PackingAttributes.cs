using System.Text.Json;
using Metaflow.Storage;

namespace Metaflow.Aws.S3;

/// <summary>The user metadata of a blob, which says how it is packed: <c>{"cas_raw": false, "cas_version": 1}</c>, as Python Metaflow
/// writes it.</summary>
internal static class PackingAttributes
{
    /// <summary>The header.</summary>
    public const string Header = "x-amz-meta-metaflow-user-attributes";

    private const int Version = 1;

    /// <summary>Returns the value of the header.</summary>
    /// <param name="packing">The packing.</param>
    public static string ToJson(BlobPacking packing)
        => packing.IsRaw ? "{\"cas_raw\": true, \"cas_version\": 1}" : "{\"cas_raw\": false, \"cas_version\": 1}";

    /// <summary>Reads the value of the header.</summary>
    /// <param name="json">The value; <see langword="null"/> where there is no header.</param>
    /// <returns>The packing; <see langword="null"/> where the header is missing or is of no known form.</returns>
    public static BlobPacking? FromJson(string? json)
    {
        if (json is null)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty("cas_version", out var version) && version.TryGetInt32(out var number) && number == Version
                && root.TryGetProperty("cas_raw", out var raw) && raw.ValueKind is JsonValueKind.True or JsonValueKind.False
                    ? new BlobPacking(raw.GetBoolean())
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
