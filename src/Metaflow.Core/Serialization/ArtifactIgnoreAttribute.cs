namespace Metaflow.Serialization;

/// <summary>States that a property or field of a stored type is not data, for example a cache that can be computed again. It is neither
/// stored nor read.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ArtifactIgnoreAttribute : Attribute;
