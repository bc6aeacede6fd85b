using System.Reflection.Metadata;
using Metaflow.Environments.Checks;

namespace Metaflow.Environments.Crossings;

/// <summary>Reads the attributes that the serializer heeds.</summary>
internal static class Markers
{
    private const string Compiler = "System.Runtime.CompilerServices.";

    // The two bytes that begin the value of an attribute, one of the value, two of the number of named values.
    private const int LengthWithOneByte = 5;

    /// <summary>Says whether something has an attribute.</summary>
    /// <param name="reader">The metadata.</param>
    /// <param name="attributes">The attributes.</param>
    /// <param name="name">The full name of the attribute's class.</param>
    /// <returns><see langword="true"/> if so.</returns>
    public static bool Has(MetadataReader reader, CustomAttributeHandleCollection attributes, string name)
        => Named(reader, attributes, name).Any();

    /// <summary>Returns the texts that attributes were given.</summary>
    /// <param name="reader">The metadata.</param>
    /// <param name="attributes">The attributes.</param>
    /// <param name="name">The full name of the attributes' class.</param>
    /// <returns>The first argument of each.</returns>
    public static IReadOnlyList<string> Texts(MetadataReader reader, CustomAttributeHandleCollection attributes, string name)
        => [.. Named(reader, attributes, name).Select(attribute => TextOf(reader, attribute)).OfType<string>()];

    /// <summary>Says whether a reference is declared to be never <see langword="null"/>.</summary>
    /// <param name="reader">The metadata.</param>
    /// <param name="attributes">The attributes of the property, field or parameter.</param>
    /// <param name="method">The method of a parameter; nil otherwise.</param>
    /// <param name="type">The type that has the member.</param>
    /// <returns><see langword="true"/> if so; <see langword="false"/> if it may be, or was compiled without annotations.</returns>
    public static bool IsNeverNull(
        MetadataReader reader, CustomAttributeHandleCollection attributes, MethodDefinitionHandle method, TypeDefinitionHandle type)
    {
        const byte Never = 1;
        if (Has(reader, attributes, "System.Diagnostics.CodeAnalysis.AllowNullAttribute")
            || Has(reader, attributes, "System.Diagnostics.CodeAnalysis.MaybeNullAttribute"))
        {
            return false;
        }

        var flag = FlagOf(reader, attributes, Compiler + "NullableAttribute");
        if (flag is null && !method.IsNil)
        {
            flag = FlagOf(reader, reader.GetMethodDefinition(method).GetCustomAttributes(), Compiler + "NullableContextAttribute");
        }

        foreach (var level in flag is null ? ReferencedType.Definitions(reader, type) : [])
        {
            flag ??= FlagOf(reader, level.GetCustomAttributes(), Compiler + "NullableContextAttribute");
        }

        return flag == Never;
    }

    private static IEnumerable<CustomAttribute> Named(MetadataReader reader, CustomAttributeHandleCollection attributes, string name)
        => attributes.Select(reader.GetCustomAttribute).Where(attribute => TypeOf(reader, attribute) == name);

    private static string? TypeOf(MetadataReader reader, CustomAttribute attribute)
    {
        var type = attribute.Constructor.Kind == HandleKind.MethodDefinition
            ? reader.GetMethodDefinition((MethodDefinitionHandle)attribute.Constructor).GetDeclaringType()
            : reader.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent;
        return type.Kind is HandleKind.TypeReference or HandleKind.TypeDefinition ? SignatureTexts.Named(reader, type).Name : null;
    }

    private static string? TextOf(MetadataReader reader, CustomAttribute attribute)
    {
        var value = reader.GetBlobReader(attribute.Value);
        value.ReadUInt16();
        return value.ReadSerializedString();
    }

    // The annotation of a type with parts is a list, whose first number is that of the type itself.
    private static byte? FlagOf(MetadataReader reader, CustomAttributeHandleCollection attributes, string name)
    {
        foreach (var attribute in Named(reader, attributes, name))
        {
            var value = reader.GetBlobReader(attribute.Value);
            value.ReadUInt16();
            return value.Length == LengthWithOneByte || value.ReadInt32() > 0 ? value.ReadByte() : null;
        }

        return null;
    }
}
