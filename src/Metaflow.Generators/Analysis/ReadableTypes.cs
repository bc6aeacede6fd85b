using Metaflow.Generators.Extraction;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis;

/// <summary>Says which types have a form on the command line: of those that have none, no text is ever read.</summary>
/// <remarks>The run time has the same rule over types; a test walks the same types through both, and through the reading
/// itself.</remarks>
internal static class ReadableTypes
{
    private static readonly HashSet<string> Words =
    [
        "System.Half", "System.Int128", "System.UInt128", "System.Numerics.BigInteger", "System.Text.Rune", "System.Guid", "System.Version",
        "System.Uri", "System.IO.FileInfo", "System.IO.DirectoryInfo", "System.DateTimeOffset", "System.DateOnly", "System.TimeOnly",
        "System.TimeSpan",
    ];

    private static readonly HashSet<string> Filled =
    [
        "System.Collections.IEnumerable", "System.Collections.ICollection", "System.Collections.IList", "System.Collections.IDictionary",
        "System.Collections.Generic.IEnumerable`1", "System.Collections.Generic.ICollection`1", "System.Collections.Generic.IList`1",
        "System.Collections.Generic.IReadOnlyCollection`1", "System.Collections.Generic.IReadOnlyList`1",
        "System.Collections.Generic.ISet`1", "System.Collections.Generic.IReadOnlySet`1", "System.Collections.Generic.IDictionary`2",
        "System.Collections.Generic.IReadOnlyDictionary`2", "System.Collections.ObjectModel.ReadOnlySet`1",
        "System.Collections.ObjectModel.ReadOnlyCollection`1", "System.Collections.ObjectModel.ReadOnlyDictionary`2",
        "System.Collections.Frozen.FrozenSet`1", "System.Collections.Frozen.FrozenDictionary`2",
    ];

    private static readonly HashSet<string> Piles =
    [
        "System.Collections.Generic.Stack`1", "System.Collections.Generic.Queue`1", "System.Collections.Concurrent.ConcurrentStack`1",
        "System.Collections.Concurrent.ConcurrentQueue`1", "System.Collections.Stack", "System.Collections.Queue",
    ];

    /// <summary>Returns the part of a type, or the type itself, that has no form.</summary>
    /// <param name="type">The type of a parameter.</param>
    /// <returns>The part; <see langword="null"/> when values of the type can be read, or when the type is not known.</returns>
    public static ITypeSymbol? FirstWithoutForm(ITypeSymbol type) => Find(type, new HashSet<ITypeSymbol>(SymbolEqualityComparer.Default));

    /// <summary>Returns true if values of a type are one word.</summary>
    public static bool IsWord(ITypeSymbol type) => type.TypeKind == TypeKind.Enum || Words.Contains(NameOf(type))
        || type.SpecialType is SpecialType.System_Boolean or (>= SpecialType.System_Char
            and <= SpecialType.System_Double) or SpecialType.System_Decimal
            or SpecialType.System_IntPtr or SpecialType.System_UIntPtr or SpecialType.System_DateTime;

    /// <summary>Returns the type of a collection's items; <see langword="null"/> for other types, for dictionaries, and for bytes, which
    /// are base64.</summary>
    public static ITypeSymbol? ItemOf(ITypeSymbol type)
        => type is IArrayTypeSymbol { Rank: 1 } array
            ? (array.ElementType.SpecialType == SpecialType.System_Byte ? null : array.ElementType)
            : type.SpecialType != SpecialType.System_String && IsCollection(type) && DictionaryOf(type) is null
            ? PartsOfCollection(type)?.FirstOrDefault()
            : null;

    /// <summary>Returns the full name with the number of type arguments, as <c>System.Collections.Generic.List`1</c>.</summary>
    public static string NameOf(ITypeSymbol type)
        => type.ContainingType is null
            ? $"{type.ContainingNamespace?.ToDisplayString()}.{type.MetadataName}"
            : $"{NameOf(type.ContainingType)}+{type.MetadataName}";

    public static ITypeSymbol WithoutNullable(ITypeSymbol type)
        => type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable
            ? nullable.TypeArguments[0]
            : type;

    private static ITypeSymbol? Find(ITypeSymbol given, HashSet<ITypeSymbol> seen)
    {
        var type = WithoutNullable(given);
        if (type.TypeKind is TypeKind.Error or TypeKind.TypeParameter or TypeKind.Dynamic
            || type.SpecialType is SpecialType.System_Object or SpecialType.System_String
            || IsWord(type) || IsOfJson(type) || !seen.Add(type))
        {
            return null;
        }

        var parts = type is IArrayTypeSymbol array ? (array.Rank == 1 ? [array.ElementType] : null)
            : NameOf(type) is "System.Memory`1" or "System.ReadOnlyMemory`1" ? [.. ((INamedTypeSymbol)type).TypeArguments]
            : IsCollection(type) ? PartsOfCollection(type)
            : type is INamedTypeSymbol named ? ReadableObjects.PartsOf(named)
            : null;
        return parts is null ? type : parts.Select(part => Find(part, seen)).FirstOrDefault(static found => found is not null);
    }

    private static bool IsOfJson(ITypeSymbol type) => NameOf(type) is "System.Text.Json.JsonElement" or "System.Text.Json.JsonDocument"
        || MetaflowTypes.BasesOf(type).Prepend(type).Any(static level => NameOf(level) == "System.Text.Json.Nodes.JsonNode")
        || ReadableObjects.IsMarked(type, "JsonConverterAttribute");

    private static bool IsCollection(ITypeSymbol type)
        => WithInterfaces(type).Any(static other => other.SpecialType == SpecialType.System_Collections_IEnumerable);

    /// <summary>Returns the types of the values or items; <see langword="null"/> where no collection can be made, or filled.</summary>
    private static ITypeSymbol[]? PartsOfCollection(ITypeSymbol type)
    {
        if (!CanBeFilled(type))
        {
            return null;
        }

        if (DictionaryOf(type) is { } dictionary)
        {
            var key = dictionary.TypeArguments[0];
            return key.SpecialType == SpecialType.System_String || key.TypeKind is TypeKind.Error or TypeKind.TypeParameter || IsWord(key)
                ? [dictionary.TypeArguments[1]]
                : null;
        }

        return Implemented(type, "System.Collections.Generic.IEnumerable`1") is { } items ? [items.TypeArguments[0]] : [];
    }

    private static bool CanBeFilled(ITypeSymbol type)
    {
        var name = NameOf(type);
        if (Filled.Contains(name)
            || (type.ContainingType is null && type.ContainingNamespace?.ToDisplayString() == "System.Collections.Immutable"))
        {
            return true;
        }

        return type is INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct, IsAbstract: false } named
            && name != "System.ArraySegment`1"
            && (named.TypeKind == TypeKind.Struct
                || named.InstanceConstructors
                    .Any(static one => one.Parameters.Length == 0 && one.DeclaredAccessibility == Accessibility.Public))
            && (WithInterfaces(type)
                .Any(static other => NameOf(other) is "System.Collections.IList" or "System.Collections.IDictionary"
                    or "System.Collections.Generic.ICollection`1")
                || MetaflowTypes.BasesOf(type).Prepend(named).Any(static level => Piles.Contains(NameOf(level))));
    }

    private static INamedTypeSymbol? DictionaryOf(ITypeSymbol type)
        => Implemented(type, "System.Collections.Generic.IDictionary`2")
            ?? Implemented(type, "System.Collections.Generic.IReadOnlyDictionary`2");

    private static INamedTypeSymbol? Implemented(ITypeSymbol type, string name)
        => WithInterfaces(type).OfType<INamedTypeSymbol>().FirstOrDefault(other => NameOf(other) == name);

    private static IEnumerable<ITypeSymbol> WithInterfaces(ITypeSymbol type) => type.AllInterfaces.Prepend(type);
}
