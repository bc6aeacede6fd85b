using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Extraction;

/// <summary>Finds the methods that <c>DefaultFrom</c> names.</summary>
internal static class DefaultMethods
{
    /// <summary>Returns the method without arguments that returns a value, or <see langword="null"/>.</summary>
    public static IMethodSymbol? Find(INamedTypeSymbol flow, string name) => MetaflowTypes.BasesOf(flow).Prepend(flow)
        .SelectMany(type => type.GetMembers(name).OfType<IMethodSymbol>().Where(method =>
            SymbolEqualityComparer.Default.Equals(type, flow) || method.DeclaredAccessibility != Accessibility.Private))
        .FirstOrDefault(static method => method is { Parameters.Length: 0, IsGenericMethod: false, ReturnsVoid: false });
}
