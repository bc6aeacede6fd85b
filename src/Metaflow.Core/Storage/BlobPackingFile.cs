using System.Text.Json;

namespace Metaflow.Storage;

/// <summary>The companion of a blob: <c>{"cas_raw": false, "cas_version": 1}</c>.</summary>
internal static class BlobPackingFile
{
    /// <summary>The end of a companion's name.</summary>
    public const string Suffix = "_meta";

    private const int Version = 1;
    private const int Longest = 256;

    /// <summary>Returns the bytes of a companion.</summary>
    /// <param name="packing">The packing.</param>
    /// <returns>The JSON, as Python Metaflow writes it.</returns>
    public static ReadOnlySpan<byte> ToJson(BlobPacking packing)
        => packing.IsRaw ? "{\"cas_raw\": true, \"cas_version\": 1}"u8 : "{\"cas_raw\": false, \"cas_version\": 1}"u8;

    /// <summary>Returns true if a file is a companion, by its name, its neighbour and its content: a name alone may be
    /// anybody's.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="hasNeighbour">Whether there is a file of a name beside it.</param>
    /// <param name="open">Opens the file.</param>
    /// <returns>Whether it is.</returns>
    public static bool IsCompanion(string name, Func<string, bool> hasNeighbour, Func<Stream?> open)
    {
        if (!name.EndsWith(Suffix, StringComparison.Ordinal) || name.Length == Suffix.Length || !hasNeighbour(name[..^Suffix.Length]))
        {
            return false;
        }

        using var content = open();
        if (content is null || content.Length > Longest)
        {
            return false;
        }

        var json = new byte[content.Length];
        content.ReadExactly(json);
        return FromJson(json) is not null;
    }

    /// <summary>Reads a companion.</summary>
    /// <param name="json">Its bytes.</param>
    /// <returns>The packing, or <see langword="null"/> when the JSON is of no known form.</returns>
    public static BlobPacking? FromJson(ReadOnlyMemory<byte> json)
    {
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
