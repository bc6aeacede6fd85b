using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Generators.Extraction;

/// <summary>Knows how to open a flow's class again in another file, and when that cannot be done.</summary>
internal static class FlowDeclarations
{
    public static bool CanBeExtended(INamedTypeSymbol flow)
        => SelfAndContainers(flow).All(static type => IsPartial(type) && !type.IsFileLocal);

    public static bool IsPartial(INamedTypeSymbol type) => type.DeclaringSyntaxReferences.Select(static reference => reference.GetSyntax())
        .OfType<TypeDeclarationSyntax>().All(static declaration => declaration.Modifiers.Any(SyntaxKind.PartialKeyword));

    /// <summary>Returns the declarations to open, outermost first.</summary>
    public static IEnumerable<string> Around(INamedTypeSymbol flow) => SelfAndContainers(flow).Reverse().Select(Declare);

    public static IEnumerable<INamedTypeSymbol> SelfAndContainers(INamedTypeSymbol flow)
    {
        for (var type = flow; type is not null; type = type.ContainingType)
        {
            yield return type;
        }
    }

    private static string Declare(INamedTypeSymbol type)
    {
        var keyword = type switch
        {
            { IsRecord: true, TypeKind: TypeKind.Struct } => "record struct",
            { IsRecord: true } => "record",
            { TypeKind: TypeKind.Struct } => "struct",
            { TypeKind: TypeKind.Interface } => "interface",
            _ => "class",
        };
        var parameters = type.TypeParameters.IsEmpty
            ? ""
            : $"<{string.Join(", ", type.TypeParameters.Select(static parameter => CSharpTypeName.Identifier(parameter.Name)))}>";
        return $"partial {keyword} {CSharpTypeName.Identifier(type.Name)}{parameters}";
    }
}
