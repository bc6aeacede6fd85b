using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Extraction;

/// <summary>Recognises the decorators, and back ends of secrets, that an author writes beside flows.</summary>
internal static class OwnPartReader
{
    private const string SecretsProvider = "Metaflow.Secrets.ISecretsProvider";

    /// <summary>Reads a class.</summary>
    /// <param name="type">The class.</param>
    /// <returns>Its name with <c>global::</c>; <see langword="null"/> where it is not such a part, or one that nobody could make by its
    /// name.</returns>
    public static string? Read(INamedTypeSymbol type)
        => type is { IsAbstract: false, IsStatic: false, TypeKind: TypeKind.Class } && IsPart(type) && IsNameable(type) && CanBeMade(type)
            ? type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)
            : null;

    private static bool IsPart(INamedTypeSymbol type)
        => MetaflowTypes.IsDecorator(type) || type.AllInterfaces.Any(static contract => contract.ToDisplayString() == SecretsProvider);

    // The generated code is in a class of its own, which sees no private class of another one.
    private static bool IsNameable(INamedTypeSymbol type)
    {
        for (var current = type; current is not null; current = current.ContainingType)
        {
            if (current.IsGenericType || current.IsFileLocal
                || current.DeclaredAccessibility is not (Accessibility.Public or Accessibility.Internal
                    or Accessibility.ProtectedOrInternal))
            {
                return false;
            }
        }

        return true;
    }

    private static bool CanBeMade(INamedTypeSymbol type)
        => type.InstanceConstructors
            .Any(static constructor => constructor.Parameters.IsEmpty && constructor.DeclaredAccessibility == Accessibility.Public)
            && !type.GetAttributes()
                .Any(static attribute => attribute.AttributeClass is { Name: "ObsoleteAttribute" }
                    && attribute.ConstructorArguments.Length == 2 && attribute.ConstructorArguments[1].Value is true);
}
