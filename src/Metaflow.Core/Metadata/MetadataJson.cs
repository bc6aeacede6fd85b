using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Metaflow.Metadata;

/// <summary>JSON of the few generic values of metadata, without reflection.</summary>
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class MetadataJson : JsonSerializerContext
{
    /// <summary>Gets the context for text that people read: letters and quotes stand as they are.</summary>
    public static MetadataJson Readable { get; } = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
