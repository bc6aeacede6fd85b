using System.Text.Json.Serialization;

namespace Metaflow.Metadata;

/// <summary>JSON of the few generic values of metadata, without reflection.</summary>
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class MetadataJson : JsonSerializerContext;
