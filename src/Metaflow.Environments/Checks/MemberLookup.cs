using System.Reflection;
using System.Reflection.Metadata;

namespace Metaflow.Environments.Checks;

/// <summary>Looks for a member in a type and the types that it derives from, as the runtime does.</summary>
/// <param name="assemblies">The assemblies.</param>
/// <param name="referring">The name of the assembly for which members must be visible.</param>
internal sealed class MemberLookup(AssemblySet assemblies, string referring)
{
    // Longer chains of base types exist in no library; the file of one could be damaged.
    private const int MostBaseTypes = 100;

    /// <summary>Says whether a type lacks a member.</summary>
    /// <param name="type">The type.</param>
    /// <param name="name">The name of the member.</param>
    /// <param name="isField">Whether it is a field.</param>
    /// <param name="signature">The text of its type, or of its signature.</param>
    /// <returns><see langword="true"/> if neither the type nor one of its base types has it; <see langword="false"/> also if a base type
    /// is not known.</returns>
    public bool Lacks(FoundType type, string name, bool isField, string signature)
    {
        IReadOnlyList<TypeText>? arguments = null;
        for (var level = 0; level < MostBaseTypes && type.Assembly is { } assembly; level++)
        {
            var definition = assembly.Reader.GetTypeDefinition(type.Handle);
            var has = isField
                ? HasField(assembly, definition, name, signature, arguments)
                : HasMethod(assembly, definition, name, signature, arguments);
            if (has)
            {
                return false;
            }

            // The runtime does not look for constructors in base types, nor for methods of interfaces in others.
            if (definition.BaseType.IsNil || name is ".ctor" or ".cctor")
            {
                return true;
            }

            (type, arguments) = BaseOf(assembly, definition.BaseType, arguments);
        }

        return type.IsMissing;
    }

    /// <summary>Returns the type that a constructed type is made of.</summary>
    /// <param name="reader">The metadata.</param>
    /// <param name="handle">The constructed type, such as <c>List&lt;int&gt;</c>.</param>
    /// <returns>The definition or reference of the type, such as <c>List&lt;T&gt;</c>; nil for arrays and the like.</returns>
    public static EntityHandle GenericOf(MetadataReader reader, TypeSpecificationHandle handle)
    {
        var blob = reader.GetBlobReader(reader.GetTypeSpecification(handle).Signature);
        if (blob.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance)
        {
            return default;
        }

        // Class or structure, then the type.
        blob.ReadByte();
        return blob.ReadTypeHandle();
    }

    private (FoundType Type, IReadOnlyList<TypeText>? Arguments) BaseOf(
        AssemblyFile assembly, EntityHandle handle, IReadOnlyList<TypeText>? arguments)
    {
        IReadOnlyList<TypeText>? own = null;
        if (handle.Kind == HandleKind.TypeSpecification)
        {
            var specification = (TypeSpecificationHandle)handle;
            own = assembly.Reader.GetTypeSpecification(specification).DecodeSignature(SignatureTexts.Instance, arguments).Arguments;
            handle = GenericOf(assembly.Reader, specification);
        }

        var type = handle.Kind switch
        {
            HandleKind.TypeDefinition => new FoundType(assembly, (TypeDefinitionHandle)handle, IsMissing: false),
            HandleKind.TypeReference => assemblies.Resolve(assembly, (TypeReferenceHandle)handle, referring: null),
            _ => FoundType.Unknown,
        };

        // Without its base type the type cannot be loaded at all, but not for the sake of this member.
        return (type.Assembly is null ? FoundType.Unknown : type, own);
    }

    private bool HasField(
        AssemblyFile assembly, TypeDefinition type, string name, string signature, IReadOnlyList<TypeText>? arguments)
    {
        foreach (var handle in type.GetFields())
        {
            var field = assembly.Reader.GetFieldDefinition(handle);
            if (assembly.Reader.StringComparer.Equals(field.Name, name)
                && field.DecodeSignature(SignatureTexts.Instance, arguments).Name == signature
                && IsVisible(assembly, (int)(field.Attributes & FieldAttributes.FieldAccessMask)))
            {
                return true;
            }
        }

        return false;
    }

    private bool HasMethod(
        AssemblyFile assembly, TypeDefinition type, string name, string signature, IReadOnlyList<TypeText>? arguments)
    {
        foreach (var handle in type.GetMethods())
        {
            var method = assembly.Reader.GetMethodDefinition(handle);
            if (assembly.Reader.StringComparer.Equals(method.Name, name)
                && SignatureTexts.Of(method.DecodeSignature(SignatureTexts.Instance, arguments)) == signature
                && IsVisible(assembly, (int)(method.Attributes & MethodAttributes.MemberAccessMask)))
            {
                return true;
            }
        }

        return false;
    }

    // The numbers of access are those of methods, which fields share.
    private bool IsVisible(AssemblyFile assembly, int access)
        => (MethodAttributes)access is MethodAttributes.Public or MethodAttributes.Family or MethodAttributes.FamORAssem
            || (access != (int)MethodAttributes.Private && assembly.Trusts(referring));
}
