using System.Reflection;
using System.Reflection.Metadata;
using Metaflow.Environments.Checks;
using Metaflow.Naming;

namespace Metaflow.Environments.Crossings;

/// <summary>Finds the members of a type that are stored, as the serializer does: its public properties and fields.</summary>
internal static class RecordMembers
{
    private const string Required = "System.Runtime.CompilerServices.RequiredMemberAttribute";
    private const string Ignored = "Metaflow.Serialization.ArtifactIgnoreAttribute";
    private const string OtherKey = "Metaflow.Serialization.ArtifactKeyAttribute";
    private const string FormerName = "Metaflow.FormerArtifactNameAttribute";

    /// <summary>Returns the members of a type, those of its base types first.</summary>
    /// <param name="type">The type.</param>
    /// <param name="assemblies">The assemblies of its environment.</param>
    /// <returns>The members.</returns>
    public static IReadOnlyList<RecordMember> Of(StoredType type, AssemblySet assemblies)
    {
        var members = new Dictionary<string, RecordMember>(StringComparer.Ordinal);
        foreach (var level in TypeLevels.Of(type, assemblies).Reverse())
        {
            if (level is { Reader: { } reader, Type.Found: { Assembly: { } assembly } found })
            {
                var definition = assembly.Reader.GetTypeDefinition(found.Handle);
                var source = new Source(assembly.Reader, definition, found.Handle, reader, level.Type.Arguments);
                foreach (var member in Properties(source).Concat(Fields(source)))
                {
                    // A member of a derived type takes the place of the one of the same name in its base.
                    members[member.Name] = member;
                }
            }
        }

        return [.. members.Values];
    }

    /// <summary>Finds a property of a type that reads its value.</summary>
    /// <param name="type">The type.</param>
    /// <param name="name">The name of the property.</param>
    /// <param name="assemblies">The assemblies of the environment.</param>
    /// <returns>The property of whatever access; <see langword="null"/> if neither the type nor one of its base types has it.</returns>
    public static RecordMember? Property(StoredType type, string name, AssemblySet assemblies)
    {
        foreach (var level in TypeLevels.Of(type, assemblies))
        {
            if (level is { Reader: { } reader, Type.Found: { Assembly: { } assembly } found })
            {
                var definition = assembly.Reader.GetTypeDefinition(found.Handle);
                var property = definition.GetProperties().FirstOrDefault(
                    handle => assembly.Reader.StringComparer.Equals(assembly.Reader.GetPropertyDefinition(handle).Name, name));
                if (!property.IsNil)
                {
                    return Of(
                        new Source(assembly.Reader, definition, found.Handle, reader, level.Type.Arguments),
                        assembly.Reader.GetPropertyDefinition(property));
                }
            }
        }

        return null;
    }

    private static IEnumerable<RecordMember> Properties(Source source)
        => from handle in source.Definition.GetProperties()
           let property = source.Metadata.GetPropertyDefinition(handle)
           let getter = property.GetAccessors().Getter
           where !getter.IsNil && IsPublic(source.Metadata.GetMethodDefinition(getter).Attributes)
               && !Markers.Has(source.Metadata, property.GetCustomAttributes(), Ignored)
               && property.DecodeSignature(source.Reader, source.Arguments).ParameterTypes.Length == 0
           select Of(source, property);

    private static RecordMember Of(Source source, PropertyDefinition property)
    {
        var setter = property.GetAccessors().Setter;
        var name = source.Metadata.GetString(property.Name);
        var isSetPublicly = !setter.IsNil && IsPublic(source.Metadata.GetMethodDefinition(setter).Attributes);
        return Of(source, name, property.DecodeSignature(source.Reader, source.Arguments).ReturnType, property.GetCustomAttributes()) with
        {
            IsSetPublicly = isSetPublicly,
            CanSet = !setter.IsNil || source.Definition.GetFields().Any(field => source.Metadata.StringComparer.Equals(
                source.Metadata.GetFieldDefinition(field).Name, $"<{name}>k__BackingField")),
        };
    }

    private static IEnumerable<RecordMember> Fields(Source source)
        => from handle in source.Definition.GetFields()
           let field = source.Metadata.GetFieldDefinition(handle)
           where field.Attributes.HasFlag(FieldAttributes.Public) && !field.Attributes.HasFlag(FieldAttributes.Static)
               && !Markers.Has(source.Metadata, field.GetCustomAttributes(), Ignored)
           select Of(
               source, source.Metadata.GetString(field.Name), field.DecodeSignature(source.Reader, source.Arguments),
               field.GetCustomAttributes()) with
           {
               IsSetPublicly = !field.Attributes.HasFlag(FieldAttributes.InitOnly),
               CanSet = true,
           };

    private static RecordMember Of(Source source, string name, StoredType type, CustomAttributeHandleCollection attributes)
        => new(name, Markers.Texts(source.Metadata, attributes, OtherKey) is [var key, ..] ? key : SnakeCase.FromMember(name), type)
        {
            FormerKeys =
            [
                .. Markers.Texts(source.Metadata, attributes, FormerName)
                    .SelectMany(static former => (string[])[former, SnakeCase.FromMember(former)]),
            ],
            IsNeverNull = Markers.IsNeverNull(source.Metadata, attributes, default, source.Handle),
            IsRequired = Markers.Has(source.Metadata, attributes, Required),
        };

    private static bool IsPublic(MethodAttributes attributes)
        => (attributes & MethodAttributes.MemberAccessMask) == MethodAttributes.Public && !attributes.HasFlag(MethodAttributes.Static);

    /// <summary>A type whose members are read.</summary>
    private sealed record Source(
        MetadataReader Metadata, TypeDefinition Definition, TypeDefinitionHandle Handle, StoredTypeReader Reader,
        IReadOnlyList<StoredType> Arguments);
}
