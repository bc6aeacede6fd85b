using System.Text.Json;
using Metaflow.ObjectStorage.Transfer;

namespace Metaflow.ObjectStorage.Data;

/// <summary>What is kept beside a file, where a service would keep it with the object.</summary>
/// <param name="ContentType">The type of the content.</param>
/// <param name="Metadata">The texts of the metadata by name.</param>
internal sealed record ObjectCompanion(string ContentType, IReadOnlyDictionary<string, string> Metadata)
{
    private const string TypeName = "content-type";

    /// <summary>Returns the bytes of a companion.</summary>
    /// <param name="properties">What it keeps.</param>
    /// <returns>The JSON; <see langword="null"/> if there is nothing to keep.</returns>
    public static byte[]? Of(ObjectProperties properties)
    {
        if (properties.Metadata.Count == 0 && properties.ContentType == ObjectProperties.Bytes)
        {
            return null;
        }

        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString(TypeName, properties.ContentType);
            for (var i = 0; i < properties.Metadata.Count; i++)
            {
                writer.WriteString(properties.Metadata.NameAt(i), properties.Metadata.ValueAt(i));
            }

            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>Reads a companion.</summary>
    /// <param name="json">Its bytes; <see langword="null"/> where there is none.</param>
    public static ObjectCompanion Read(byte[]? json)
    {
        var texts = json is null
            ? new Dictionary<string, string>()
            : new Dictionary<string, string>(UserMetadata.FromJson(System.Text.Encoding.UTF8.GetString(json)), StringComparer.Ordinal);
        return new ObjectCompanion(texts.Remove(TypeName, out var type) ? type : ObjectProperties.Bytes, texts);
    }

    /// <summary>Returns the facts about the file.</summary>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="changedAt">When it was written.</param>
    public ObjectFacts FactsOf(long length, DateTimeOffset changedAt) => new(length, changedAt, Metadata) { ContentType = ContentType };
}
