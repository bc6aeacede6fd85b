using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Metaflow.Metadata;
using Metaflow.Storage;

namespace Metaflow.Copying;

/// <summary>Names the target where records and notes of the source say where their data is: other programs follow them.</summary>
/// <param name="flow">The flow's name.</param>
/// <param name="target">The target.</param>
internal sealed class CopiedPlace(string flow, IBlobStore target)
{
    private const string PackageField = "code-package";

    /// <summary>Returns the key of a code package that a datum names.</summary>
    /// <param name="datum">The datum.</param>
    /// <returns>The key, or <see langword="null"/>.</returns>
    public static string? PackageOf(MetadataDatum datum)
        => datum.Field.StartsWith(PackageField, StringComparison.Ordinal)
            && Parse(datum.Text) is { } json && Text(json, "sha") is { Length: > 0 } key ? key : null;

    /// <summary>Returns a datum as it is in the target.</summary>
    /// <param name="datum">The datum of the source.</param>
    /// <returns>The datum.</returns>
    public MetadataDatum Of(MetadataDatum datum) => datum.Field switch
    {
        "ds-type" => datum with { Value = target.TypeName },
        "ds-root" => datum with { Value = target.Root },
        _ when PackageOf(datum) is { } key && Parse(datum.Text) is { } package => datum with
        {
            Value = Moved(package, key, "ds_type", "location").ToJsonString(),
        },
        _ => datum,
    };

    /// <summary>Returns the record of an artifact as it is in the target.</summary>
    /// <param name="artifact">The record of the source.</param>
    /// <returns>The record.</returns>
    public RegisteredArtifact Of(RegisteredArtifact artifact)
        => artifact with { DatastoreType = target.TypeName, Location = ":root:" + target.Root };

    /// <summary>Returns the note of an attempt's beginning as it is in the target.</summary>
    /// <param name="note">The note of the source.</param>
    /// <returns>The note.</returns>
    public byte[] OfBeginning(byte[] note)
        => Parse(note) is { } json && Text(json, "code_package_sha") is { Length: > 0 } key
            ? Encoding.UTF8.GetBytes(Moved(json, key, "code_package_ds", "code_package_url").ToJsonString())
            : note;

    private JsonObject Moved(JsonObject json, string key, string typeName, string locationName)
    {
        json[typeName] = target.TypeName;
        json[locationName] = $"{target.Root}/{new ContentAddressedStore(target, flow).PathOf(key)}";
        return json;
    }

    private static string? Text(JsonObject json, string name)
        => json[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static JsonObject? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonObject? Parse(byte[] utf8)
    {
        try
        {
            return JsonNode.Parse(utf8) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
