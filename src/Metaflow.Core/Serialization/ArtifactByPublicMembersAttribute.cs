namespace Metaflow.Serialization;

/// <summary>Says that the public properties and fields of a type, or the items of a collection, are all that it is: whatever private fields
/// it has follows from them.</summary>
/// <remarks>Without it a type with other fields is refused when it is stored (MF4112), because they would be lost. It holds for the fields
/// of the type that has it, and not for those of its bases and of types derived from it.</remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = false)]
public sealed class ArtifactByPublicMembersAttribute : Attribute;
