using System.Text.Json;
using Metaflow.Storage;

namespace Metaflow.Artifacts;

/// <summary>The list of an attempt's artifacts, <c>N.data.json</c>.</summary>
internal static class DataFile
{
    // What a record without an encoding was written with, long ago.
    private const string OldestEncoding = "gzip+pickle-v2";
    private const string PickleEncoding = "pickle-v";

    /// <summary>Writes the list.</summary>
    /// <param name="datastoreType">The type of the datastore.</param>
    /// <param name="attempt">The attempt's number.</param>
    /// <param name="records">The artifacts.</param>
    /// <returns>The JSON.</returns>
    public static byte[] ToJson(string datastoreType, int attempt, IReadOnlyCollection<ArtifactRecord> records) => RecordJson.Write(json =>
    {
        json.WriteString("datastore", datastoreType);
        json.WriteString("version", "1.0");
        json.WriteNumber("attempt", attempt);
        json.WriteString("python_version", $"dotnet {Environment.Version}");
        json.WriteStartObject("objects");
        foreach (var record in records)
        {
            json.WriteString(record.Name, record.Key);
        }

        json.WriteEndObject();
        json.WriteStartObject("info");
        foreach (var record in records)
        {
            WriteInfo(json, record);
        }

        json.WriteEndObject();
    });

    /// <summary>Reads the list.</summary>
    /// <param name="json">The bytes.</param>
    /// <returns>The artifacts by name.</returns>
    /// <exception cref="JsonException">The bytes are not JSON of this form.</exception>
    public static Dictionary<string, ArtifactRecord> FromJson(ReadOnlyMemory<byte> json)
    {
        try
        {
            return Read(json);
        }
        catch (InvalidOperationException error)
        {
            // A text in it is not UTF-8, which the parser does not look at.
            throw new JsonException(error.Message, error);
        }
    }

    private static Dictionary<string, ArtifactRecord> Read(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("objects", out var objects)
            || objects.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("It has no 'objects'.");
        }

        var info = root.TryGetProperty("info", out var found) && found.ValueKind == JsonValueKind.Object ? found : default;
        var records = new Dictionary<string, ArtifactRecord>(StringComparer.Ordinal);
        foreach (var item in objects.EnumerateObject())
        {
            if (item.Value.ValueKind != JsonValueKind.String)
            {
                throw new JsonException($"The key of '{item.Name}' is not a string.");
            }

            records[item.Name] = ReadRecord(item.Name, item.Value.GetString()!, info);
        }

        return records;
    }

    private static void WriteInfo(Utf8JsonWriter json, ArtifactRecord record)
    {
        json.WriteStartObject(record.Name);
        json.WriteNumber("size", record.Size);
        json.WriteText("type", record.TypeName ?? "<class 'object'>");
        json.WriteText("encoding", record.Encoding);
        json.WriteStartObject("serializer_info");
        json.WriteString("source", record.Encoding.Contains(PickleEncoding, StringComparison.Ordinal) ? "metaflow" : "metaflow-dotnet");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static ArtifactRecord ReadRecord(string name, string key, JsonElement info)
    {
        if (info.ValueKind != JsonValueKind.Object || !info.TryGetProperty(name, out var item) || item.ValueKind != JsonValueKind.Object)
        {
            return new ArtifactRecord(name, key, 0, null, OldestEncoding);
        }

        var size = item.TryGetProperty("size", out var value) && value.TryGetInt64(out var length) ? length : 0;
        return new ArtifactRecord(name, key, size, Text(item, "type"), Text(item, "encoding") ?? OldestEncoding);
    }

    private static string? Text(JsonElement item, string name)
        => item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
