using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Extraction;

/// <summary>Recognises the types of the authoring API.</summary>
internal static class MetaflowTypes
{
    public const string ToolName = "Metaflow.Generators";

    public static bool Is(ITypeSymbol? type, string name)
        => type is { ContainingType: null, ContainingNamespace: { Name: "Metaflow", ContainingNamespace.IsGlobalNamespace: true } }
            && type.Name == name;

    public static bool IsFlow(ITypeSymbol? type) => BasesOf(type).Any(static other => Is(other, "FlowSpec"));

    /// <summary>Returns true if a type argument stands for a flow: a flow class, or a parameter of a generic base flow.</summary>
    public static bool IsFlowOrParameter(ITypeSymbol type) => type.TypeKind == TypeKind.TypeParameter || IsFlow(type);

    public static bool IsDecorator(ITypeSymbol? type) => BasesOf(type).Any(static other => Is(other, "DecoratorAttribute"));

    /// <summary>Returns the flow classes that a class is made of, <c>FlowSpec</c> excluded, base first.</summary>
    public static IReadOnlyList<INamedTypeSymbol> ChainOf(INamedTypeSymbol flow)
    {
        var chain = new List<INamedTypeSymbol> { flow };
        chain.AddRange(BasesOf(flow).Where(static type => type.SpecialType != SpecialType.System_Object && !Is(type, "FlowSpec")));
        chain.Reverse();
        return chain;
    }

    public static INamedTypeSymbol? FlowSpecOf(INamedTypeSymbol flow) => BasesOf(flow).FirstOrDefault(static type => Is(type, "FlowSpec"));

    public static AttributeData? AttributeOf(ISymbol symbol, string name)
        => symbol.GetAttributes().FirstOrDefault(attribute => Is(attribute.AttributeClass, name));

    /// <summary>Returns true if a symbol has an attribute of a class or of one derived from it.</summary>
    public static bool HasAttributeOf(ISymbol symbol, string name)
        => symbol.GetAttributes()
            .Any(attribute => Is(attribute.AttributeClass, name) || BasesOf(attribute.AttributeClass).Any(type => Is(type, name)));

    public static bool IsOurs(AttributeData attribute)
        => attribute.AttributeClass?.Name == "GeneratedCodeAttribute" && attribute.ConstructorArguments.FirstOrDefault().Value is ToolName;

    public static object? Named(AttributeData? attribute, string name)
        => attribute?.NamedArguments.FirstOrDefault(argument => argument.Key == name).Value is { Kind: not TypedConstantKind.Array } value
            ? value.Value
            : null;

    public static string? Text(AttributeData? attribute, string name) => Named(attribute, name) as string;

    public static IEnumerable<INamedTypeSymbol> BasesOf(ITypeSymbol? type)
    {
        for (var current = type?.BaseType; current is not null; current = current.BaseType)
        {
            yield return current;
        }
    }
}
