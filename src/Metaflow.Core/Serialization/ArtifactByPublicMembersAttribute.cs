namespace Metaflow.Serialization;

/// <summary>States that the public properties and fields of a type, or the items of a collection, are all its data: all private fields
/// follow from them.</summary>
/// <remarks>Without it, a type with other fields is rejected when it is stored (MF4112), because these fields would be lost. It applies
/// to the fields of the type that has it, not to those of its base classes and derived types.</remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = false)]
public sealed class ArtifactByPublicMembersAttribute : Attribute;
