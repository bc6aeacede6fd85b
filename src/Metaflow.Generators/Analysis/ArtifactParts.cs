using Metaflow.Generators.Extraction;
using Metaflow.Naming;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis;

/// <summary>Finds what the type of an artifact is made of: items, keys, values, and the members that are stored.</summary>
/// <remarks>It looks into types whose source is available only: the compiler does not read the private members of other
/// assemblies.</remarks>
internal static class ArtifactParts
{
    /// <summary>Returns a type and all that it is made of, each once.</summary>
    /// <param name="type">The type of an artifact.</param>
    /// <param name="isOfInterest">Says which members are looked at.</param>
    public static IEnumerable<INamedTypeSymbol> Of(ITypeSymbol type, Func<ISymbol, bool> isOfInterest)
        => Of(type, isOfInterest, new HashSet<ITypeSymbol>(SymbolEqualityComparer.Default));

    /// <summary>Returns the public members of a record, where one of a derived class takes the place of one with its name.</summary>
    public static List<ISymbol> StoredOf(INamedTypeSymbol type)
    {
        var byName = new Dictionary<string, ISymbol>(StringComparer.Ordinal);
        foreach (var member in Levels(type).Reverse().SelectMany(static level => level.GetMembers())
            .Where(static member => !member.IsStatic && !IsIgnored(member)))
        {
            if (member is IPropertySymbol
                {
                    IsIndexer: false,
                    GetMethod.DeclaredAccessibility: Accessibility.Public,
                    DeclaredAccessibility: Accessibility.Public,
                }
                or IFieldSymbol { DeclaredAccessibility: Accessibility.Public })
            {
                byName[member.Name] = member;
            }
        }

        return [.. byName.Values];
    }

    /// <summary>Returns true if a member is read back: it has a setter or a field; else it is computed.</summary>
    public static bool IsReadBack(ISymbol member) => member is not IPropertySymbol { SetMethod: null } property
        || property.ContainingType.GetMembers().OfType<IFieldSymbol>()
            .Any(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property));

    /// <summary>Returns a type and its bases, those of .NET that all types have excluded.</summary>
    public static IEnumerable<INamedTypeSymbol> Levels(INamedTypeSymbol type)
        => MetaflowTypes.BasesOf(type).Prepend(type)
            .Where(static level => level.SpecialType is not (SpecialType.System_Object or SpecialType.System_ValueType));

    public static ITypeSymbol TypeOf(ISymbol member) => member is IPropertySymbol property ? property.Type : ((IFieldSymbol)member).Type;

    /// <summary>Returns the key that a member is stored under.</summary>
    public static string KeyOf(ISymbol member) => member.GetAttributes()
        .FirstOrDefault(static mark => mark.AttributeClass is { Name: "ArtifactKeyAttribute" })
        ?.ConstructorArguments.FirstOrDefault().Value as string ?? SnakeCase.FromMember(member.Name);

    public static bool IsInSource(ISymbol symbol) => !symbol.DeclaringSyntaxReferences.IsEmpty;

    public static bool IsCollection(INamedTypeSymbol type)
        => type.AllInterfaces.Any(static other => other.SpecialType == SpecialType.System_Collections_IEnumerable);

    public static bool IsIgnored(ISymbol member) => IsMarked(member, "ArtifactIgnoreAttribute");

    public static bool IsMarked(ISymbol symbol, string attribute)
        => symbol.GetAttributes().Any(mark => mark.AttributeClass is { } type && type.Name == attribute && IsOfSerialization(type));

    private static bool IsOfSerialization(INamedTypeSymbol type)
        => type.ContainingNamespace is { Name: "Serialization", ContainingNamespace.Name: "Metaflow" };

    private static IEnumerable<INamedTypeSymbol> Of(ITypeSymbol type, Func<ISymbol, bool> isOfInterest, HashSet<ITypeSymbol> seen)
    {
        if (type is IArrayTypeSymbol array)
        {
            return Of(array.ElementType, isOfInterest, seen);
        }

        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct or TypeKind.Interface } named || !seen.Add(type))
        {
            return [];
        }

        var parts = named.TypeArguments.AsEnumerable();
        if (!IsCollection(named) && Levels(named).All(IsInSource))
        {
            parts = StoredOf(named).Where(isOfInterest).Select(TypeOf);
        }

        return parts.SelectMany(part => Of(part, isOfInterest, seen)).Prepend(named);
    }
}
