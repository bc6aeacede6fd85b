namespace Metaflow.Serialization;

/// <summary>Says that a property or field of a stored type is not data: a cache, say, that can be made again. It is neither stored nor
/// read.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ArtifactIgnoreAttribute : Attribute;
