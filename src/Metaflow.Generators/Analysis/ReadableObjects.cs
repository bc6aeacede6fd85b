using Metaflow.Generators.Extraction;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis;

/// <summary>Says which objects can be made from JSON, and of what they need.</summary>
internal static class ReadableObjects
{
    /// <summary>Returns the types of the members that must be given; <see langword="null"/> where no object can be made, or no member be
    /// given.</summary>
    public static ITypeSymbol[]? PartsOf(INamedTypeSymbol type)
    {
        if (IsMarked(type, "JsonDerivedTypeAttribute") || IsMarked(type, "JsonPolymorphicAttribute"))
        {
            return [];
        }

        if (type.TypeKind is not (TypeKind.Class or TypeKind.Struct) || type.IsAbstract || type.IsRefLikeType
            || MetaflowTypes.BasesOf(type).Prepend(type).Any(static level => ReadableTypes.NameOf(level) == "System.Exception")
            || !TryFindConstructor(type, out var constructor))
        {
            return null;
        }

        var members = MembersOf(type);
        var arguments = constructor?.Parameters.ToArray() ?? [];
        if (arguments.Any(argument => !members.Any(member => IsOf(argument, member))) || !(arguments.Length > 0 || members.Any(CanSet)))
        {
            return null;
        }

        var setsRequired = constructor is not null && IsMarked(constructor, "SetsRequiredMembersAttribute");
        var needed =
            members.Where(member => arguments.FirstOrDefault(argument => IsOf(argument, member)) is { HasExplicitDefaultValue: false }
                || (IsRequired(member) && !setsRequired));
        return [.. needed.Where(static member => !IsMarked(member, "JsonConverterAttribute")).Select(TypeOf)];
    }

    public static bool IsMarked(ISymbol symbol, string attribute)
        => symbol.GetAttributes().Any(mark => mark.AttributeClass?.Name == attribute);

    /// <summary>Finds the constructor that JSON objects are made by; there is none for a structure that is filled after it was
    /// made.</summary>
    private static bool TryFindConstructor(INamedTypeSymbol type, out IMethodSymbol? constructor)
    {
        var isStruct = type.TypeKind == TypeKind.Struct;
        var open = type.InstanceConstructors.Where(static one => one.DeclaredAccessibility == Accessibility.Public).ToList();
        constructor = type.InstanceConstructors.FirstOrDefault(static one => IsMarked(one, "JsonConstructorAttribute"));
        if (constructor is null && ReadableTypes.NameOf(type) == "System.Collections.Generic.KeyValuePair`2")
        {
            constructor = open.Find(static one => one.Parameters.Length > 0);
        }

        if (constructor is null && !isStruct)
        {
            constructor = open.Find(static one => one.Parameters.Length == 0) ?? (open.Count == 1 ? open[0] : null);
        }

        return constructor is not null || isStruct;
    }

    private static List<ISymbol> MembersOf(INamedTypeSymbol type)
    {
        var byName = new Dictionary<string, ISymbol>(StringComparer.Ordinal);
        foreach (var member in MetaflowTypes.BasesOf(type).Prepend(type).Reverse().SelectMany(static level => level.GetMembers()))
        {
            if (member is { IsStatic: false, DeclaredAccessibility: Accessibility.Public } and (IPropertySymbol { IsIndexer: false }
                or IFieldSymbol) && !IsIgnored(member)
                && (member is IPropertySymbol || IsMarked(member, "JsonIncludeAttribute")))
            {
                byName[member.Name] = member;
            }
        }

        return [.. byName.Values];
    }

    private static bool IsIgnored(ISymbol member)
        => member.GetAttributes().Any(static mark => mark.AttributeClass?.Name == "JsonIgnoreAttribute"
            && mark.NamedArguments.All(static argument => argument.Key != "Condition" || argument.Value.Value is 1));

    private static bool CanSet(ISymbol member) => member switch
    {
        IPropertySymbol property => property.SetMethod is { } setter
            && (setter.DeclaredAccessibility == Accessibility.Public || IsMarked(property, "JsonIncludeAttribute")),
        IFieldSymbol field => !field.IsReadOnly,
        _ => false,
    };

    private static bool IsRequired(ISymbol member)
        => member is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true } || IsMarked(member, "JsonRequiredAttribute");

    private static bool IsOf(IParameterSymbol argument, ISymbol member)
        => string.Equals(argument.Name, member.Name, StringComparison.OrdinalIgnoreCase)
            && SymbolEqualityComparer.Default.Equals(argument.Type, TypeOf(member));

    private static ITypeSymbol TypeOf(ISymbol member) => member is IPropertySymbol property ? property.Type : ((IFieldSymbol)member).Type;
}
