using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace Metaflow.Environments.Checks;

/// <summary>Makes texts of signatures. The context are the types that take the place of a type's parameters; <see langword="null"/>
/// leaves the parameters as they are.</summary>
internal sealed class SignatureTexts : ISignatureTypeProvider<TypeText, IReadOnlyList<TypeText>?>
{
    /// <summary>Gets the only one: it has no state.</summary>
    public static SignatureTexts Instance { get; } = new();

    /// <summary>Returns the text by which methods are compared.</summary>
    /// <param name="signature">The signature.</param>
    /// <returns>The text.</returns>
    public static string Of(MethodSignature<TypeText> signature)
        => $"{signature.Header.CallingConvention} {signature.Header.IsInstance} {signature.GenericParameterCount} "
            + $"{signature.ReturnType.Name}({string.Join(',', signature.ParameterTypes.Select(static type => type.Name))})";

    /// <summary>Returns the name of a type by which it is compared.</summary>
    /// <param name="reader">The metadata with the type.</param>
    /// <param name="handle">The definition or reference of the type.</param>
    /// <returns>The type.</returns>
    public static TypeText Named(MetadataReader reader, EntityHandle handle)
    {
        string typeNamespace;
        IReadOnlyList<string> parts;
        if (handle.Kind == HandleKind.TypeDefinition)
        {
            var types = ReferencedType.Definitions(reader, (TypeDefinitionHandle)handle);
            typeNamespace = reader.GetString(types[^1].Namespace);
            parts = [.. types.Reverse().Select(type => reader.GetString(type.Name))];
        }
        else
        {
            (typeNamespace, parts, _) = ReferencedType.Of(reader, (TypeReferenceHandle)handle);
        }

        var prefix = typeNamespace.Length == 0 ? "" : typeNamespace + ".";
        return new TypeText(prefix + string.Join('+', parts), prefix + string.Join('.', parts.Select(static part => part.Split('`')[0])));
    }

    /// <inheritdoc/>
    public TypeText GetArrayType(TypeText elementType, ArrayShape shape)
    {
        var commas = new string(',', shape.Rank - 1);
        return new TypeText($"{elementType.Name}[{commas}]", $"{elementType.Shown}[{commas}]");
    }

    /// <inheritdoc/>
    public TypeText GetByReferenceType(TypeText elementType) => new(elementType.Name + "&", "ref " + elementType.Shown);

    /// <inheritdoc/>
    public TypeText GetFunctionPointerType(MethodSignature<TypeText> signature)
        => new(
            $"*({Of(signature)})",
            $"delegate*<{string.Join(", ", signature.ParameterTypes.Append(signature.ReturnType).Select(static type => type.Shown))}>");

    /// <inheritdoc/>
    public TypeText GetGenericInstantiation(TypeText genericType, ImmutableArray<TypeText> typeArguments)
        => new(
            $"{genericType.Name}<{string.Join(',', typeArguments.Select(static type => type.Name))}>",
            genericType.Name == "System.Nullable`1"
                ? typeArguments[0].Shown + "?"
                : $"{genericType.Shown}<{string.Join(", ", typeArguments.Select(static type => type.Shown))}>")
        {
            Arguments = typeArguments,
        };

    /// <inheritdoc/>
    public TypeText GetGenericMethodParameter(IReadOnlyList<TypeText>? genericContext, int index) => new($"!!{index}", $"TMethod{index}");

    /// <inheritdoc/>
    public TypeText GetGenericTypeParameter(IReadOnlyList<TypeText>? genericContext, int index)
        => genericContext is not null && index < genericContext.Count ? genericContext[index] : new TypeText($"!{index}", $"T{index}");

    /// <inheritdoc/>
    public TypeText GetModifiedType(TypeText modifier, TypeText unmodifiedType, bool isRequired)
        => new($"{unmodifiedType.Name} {(isRequired ? "modreq" : "modopt")}({modifier.Name})", unmodifiedType.Shown);

    /// <inheritdoc/>
    public TypeText GetPinnedType(TypeText elementType) => elementType;

    /// <inheritdoc/>
    public TypeText GetPointerType(TypeText elementType) => new(elementType.Name + "*", elementType.Shown + "*");

    /// <inheritdoc/>
    public TypeText GetPrimitiveType(PrimitiveTypeCode typeCode) => new($"System.{typeCode}", typeCode switch
    {
        PrimitiveTypeCode.Boolean => "bool",
        PrimitiveTypeCode.Byte => "byte",
        PrimitiveTypeCode.Char => "char",
        PrimitiveTypeCode.Double => "double",
        PrimitiveTypeCode.Int16 => "short",
        PrimitiveTypeCode.Int32 => "int",
        PrimitiveTypeCode.Int64 => "long",
        PrimitiveTypeCode.IntPtr => "nint",
        PrimitiveTypeCode.Object => "object",
        PrimitiveTypeCode.SByte => "sbyte",
        PrimitiveTypeCode.Single => "float",
        PrimitiveTypeCode.String => "string",
        PrimitiveTypeCode.UInt16 => "ushort",
        PrimitiveTypeCode.UInt32 => "uint",
        PrimitiveTypeCode.UInt64 => "ulong",
        PrimitiveTypeCode.UIntPtr => "nuint",
        PrimitiveTypeCode.Void => "void",
        _ => $"System.{typeCode}",
    });

    /// <inheritdoc/>
    public TypeText GetSZArrayType(TypeText elementType) => new(elementType.Name + "[]", elementType.Shown + "[]");

    /// <inheritdoc/>
    public TypeText GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => Named(reader, handle);

    /// <inheritdoc/>
    public TypeText GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => Named(reader, handle);

    /// <inheritdoc/>
    /// <remarks>No compiler names a constructed type within a signature this way. In a damaged file it could contain itself.</remarks>
    public TypeText GetTypeFromSpecification(
        MetadataReader reader, IReadOnlyList<TypeText>? genericContext, TypeSpecificationHandle handle, byte rawTypeKind)
        => new("?", "?");
}
