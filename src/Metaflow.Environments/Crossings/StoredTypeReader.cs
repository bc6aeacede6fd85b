using System.Collections.Immutable;
using System.Reflection.Metadata;
using Metaflow.Environments.Checks;
using AssemblyFile = Metaflow.Environments.Checks.AssemblyFile;

namespace Metaflow.Environments.Crossings;

/// <summary>Reads the types in the signatures of an assembly. The context are the types that take the place of the parameters of the type
/// with the signature.</summary>
/// <param name="assemblies">The assemblies of the environment.</param>
/// <param name="from">The assembly.</param>
internal sealed class StoredTypeReader(AssemblySet assemblies, AssemblyFile from)
    : ISignatureTypeProvider<StoredType, IReadOnlyList<StoredType>?>
{
    private const byte ValueTypeKind = 0x11;

    /// <summary>Reads the type that a token means.</summary>
    /// <param name="handle">A definition or reference of a type, or a constructed type.</param>
    /// <param name="arguments">The types that take the place of the parameters of the type with the token.</param>
    /// <returns>The type.</returns>
    public StoredType Of(EntityHandle handle, IReadOnlyList<StoredType>? arguments) => handle.Kind switch
    {
        HandleKind.TypeDefinition => GetTypeFromDefinition(from.Reader, (TypeDefinitionHandle)handle, 0),
        HandleKind.TypeReference => GetTypeFromReference(from.Reader, (TypeReferenceHandle)handle, 0),
        HandleKind.TypeSpecification => from.Reader.GetTypeSpecification((TypeSpecificationHandle)handle)
            .DecodeSignature(this, arguments),
        _ => StoredType.Unknown,
    };

    /// <inheritdoc/>
    public StoredType GetArrayType(StoredType elementType, ArrayShape shape) => Bare(elementType, $"[{new string(',', shape.Rank - 1)}]");

    /// <inheritdoc/>
    public StoredType GetByReferenceType(StoredType elementType) => Bare(elementType, "&");

    /// <inheritdoc/>
    public StoredType GetFunctionPointerType(MethodSignature<StoredType> signature) => StoredType.Unknown;

    /// <inheritdoc/>
    public StoredType GetGenericInstantiation(StoredType genericType, ImmutableArray<StoredType> typeArguments) => genericType with
    {
        Name = $"{genericType.Name}<{string.Join(',', typeArguments.Select(static type => type.Name))}>",
        Shown = genericType.Definition == TypeForm.Nullable
            ? typeArguments[0].Shown + "?"
            : $"{genericType.Shown}<{string.Join(", ", typeArguments.Select(static type => type.Shown))}>",
        Arguments = typeArguments,
    };

    /// <inheritdoc/>
    public StoredType GetGenericMethodParameter(IReadOnlyList<StoredType>? genericContext, int index) => StoredType.Unknown;

    /// <inheritdoc/>
    public StoredType GetGenericTypeParameter(IReadOnlyList<StoredType>? genericContext, int index)
        => genericContext is not null && index < genericContext.Count ? genericContext[index] : StoredType.Unknown;

    /// <inheritdoc/>
    public StoredType GetModifiedType(StoredType modifier, StoredType unmodifiedType, bool isRequired) => unmodifiedType;

    /// <inheritdoc/>
    public StoredType GetPinnedType(StoredType elementType) => elementType;

    /// <inheritdoc/>
    public StoredType GetPointerType(StoredType elementType) => Bare(elementType, "*");

    /// <inheritdoc/>
    public StoredType GetPrimitiveType(PrimitiveTypeCode typeCode)
    {
        var text = SignatureTexts.Instance.GetPrimitiveType(typeCode);
        return new StoredType(text.Name, text.Shown)
        {
            Primitive = typeCode,
            IsValueType = typeCode is not (PrimitiveTypeCode.String or PrimitiveTypeCode.Object),
        };
    }

    /// <inheritdoc/>
    public StoredType GetSZArrayType(StoredType elementType) => Bare(elementType, "[]") with { Element = elementType };

    /// <inheritdoc/>
    public StoredType GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
        => Named(SignatureTexts.Named(reader, handle), new FoundType(from, handle, IsMissing: false), rawTypeKind);

    /// <inheritdoc/>
    public StoredType GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
    {
        var name = SignatureTexts.Named(reader, handle);
        var scope = ReferencedType.Of(reader, handle).Scope;
        var assembly = scope.Kind == HandleKind.AssemblyReference ? AssemblySet.NameOf(from, (AssemblyReferenceHandle)scope) : from.Name;
        if (IsOfFramework(assembly))
        {
            return Named(name, FoundType.Unknown, rawTypeKind);
        }

        var found = assemblies.Resolve(from, handle, from.Name);
        return Named(name, found, rawTypeKind) with { LackedBy = found.IsMissing ? assemblies.Find(assembly) : null };
    }

    /// <inheritdoc/>
    public StoredType GetTypeFromSpecification(
        MetadataReader reader, IReadOnlyList<StoredType>? genericContext, TypeSpecificationHandle handle, byte rawTypeKind)
        => StoredType.Unknown;

    private static StoredType Named(TypeText name, FoundType found, byte rawTypeKind) => new(name.Name, name.Shown)
    {
        Definition = name.Name,
        Found = found,
        IsValueType = rawTypeKind == ValueTypeKind,
    };

    private static StoredType Bare(StoredType element, string mark) => new(element.Name + mark, element.Shown + mark);

    // The serializer has the same rule: these are stored in forms of their own.
    private static bool IsOfFramework(string assembly)
        => assembly is "System" or "mscorlib" or "netstandard" || assembly.StartsWith("System.", StringComparison.Ordinal);
}
