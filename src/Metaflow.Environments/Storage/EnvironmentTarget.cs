using System.Text.Json;
using Metaflow.Environments.Records;

namespace Metaflow.Environments.Storage;

/// <summary>What the name of an environment stands for, on machines of every kind.</summary>
/// <param name="RequestId">The hash of the requirements.</param>
/// <param name="FullId">The hash of the packages.</param>
internal sealed record EnvironmentTarget(string RequestId, string FullId)
{
    /// <summary>Returns what a record says.</summary>
    /// <param name="record">The record: a list of both hashes.</param>
    /// <returns>The target.</returns>
    /// <exception cref="FormatException">It is no such list.</exception>
    public static EnvironmentTarget Read(JsonElement record)
        => record.ValueKind == JsonValueKind.Array && record.GetArrayLength() == 2
            ? new EnvironmentTarget(RecordMembers.AsText(record[0], "a name"), RecordMembers.AsText(record[1], "a name"))
            : throw new FormatException("a name does not stand for two hashes");

    /// <summary>Returns what names of an environment stand for.</summary>
    /// <param name="id">The environment.</param>
    /// <returns>Its hashes.</returns>
    public static EnvironmentTarget Of(EnvironmentId id) => new(id.RequestId, id.FullId);

    /// <summary>Returns the environment for a kind of machine.</summary>
    /// <param name="architecture">The kind of machine.</param>
    /// <returns>Its identity.</returns>
    public EnvironmentId On(string architecture) => new(RequestId, FullId, architecture);

    /// <summary>Writes the record.</summary>
    /// <param name="json">The writer.</param>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray();
        json.WriteStringValue(RequestId);
        json.WriteStringValue(FullId);
        json.WriteEndArray();
    }
}
