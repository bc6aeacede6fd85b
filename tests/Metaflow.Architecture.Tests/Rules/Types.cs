using Metaflow.Architecture.Tests.Sources;
using Microsoft.CodeAnalysis;

namespace Metaflow.Architecture.Tests.Rules;

/// <summary>Types say whether they are to be derived from, have names that say something, and keep no state between their
/// objects.</summary>
internal static class Types
{
    private static readonly string[] EmptyWords = ["Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Manager", "Impl"];

    public static IReadOnlyList<string> CheckSealed(ProjectCompilation project) => Declared(project)
        .Where(static type => type is { TypeKind: TypeKind.Class, IsSealed: false, IsAbstract: false, IsStatic: false })
        .Select(static type => $"'{type.ToDisplayString()}' is neither sealed, abstract nor static.")
        .ToList();

    public static IReadOnlyList<string> CheckNames(ProjectCompilation project) => Declared(project)
        .Where(static type => EmptyWords.Any(word => type.Name.EndsWith(word, StringComparison.Ordinal)))
        .Select(static type => $"'{type.ToDisplayString()}' does not say what it is: name it after what it does.")
        .ToList();

    public static IReadOnlyList<string> CheckStaticState(ProjectCompilation project) => Declared(project)
        .SelectMany(static type => type.GetMembers().OfType<IFieldSymbol>())
        .Where(static field => field is { IsStatic: true, IsReadOnly: false, IsConst: false })
        .Select(static field =>
            $"'{field.ContainingType.ToDisplayString()}.{field.AssociatedSymbol?.Name ?? field.Name}' is static and can change.")
        .ToList();

    private static IEnumerable<INamedTypeSymbol> Declared(ProjectCompilation project)
    {
        var open = new Stack<INamespaceOrTypeSymbol>([project.Compilation.Assembly.GlobalNamespace]);
        while (open.TryPop(out var symbol))
        {
            foreach (var member in symbol.GetMembers().OfType<INamespaceOrTypeSymbol>())
            {
                open.Push(member);
            }

            if (symbol is INamedTypeSymbol { IsImplicitlyDeclared: false } type)
            {
                yield return type;
            }
        }
    }
}
