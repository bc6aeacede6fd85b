using Metaflow.Generators.Extraction;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Generators.Analysis;

/// <summary>Tells the members of a type whose values would be lost when an object of it is stored: the rule that the serializer has at
/// run time, over symbols.</summary>
/// <remarks>It looks at types whose source is available only: the compiler does not read the private members of other
/// assemblies.</remarks>
internal sealed class LostMembers(SemanticModels models, CancellationToken cancellationToken)
{
    /// <summary>Returns the first member of the type, or of what it is made of, that is not stored.</summary>
    /// <returns>The type with the member, and the member as text; <see langword="null"/> when all is stored, or when the source does not
    /// tell.</returns>
    public (ITypeSymbol Type, string Member)? FirstOf(ITypeSymbol type)
    {
        foreach (var part in ArtifactParts.Of(type, static _ => true).Where(static part => part.TypeKind != TypeKind.Interface))
        {
            if (Own(part, ArtifactParts.IsCollection(part)) is { } lost)
            {
                return (part, lost);
            }
        }

        return null;
    }

    private string? Own(INamedTypeSymbol type, bool isCollection)
    {
        var levels = ArtifactParts.Levels(type).ToList();
        // The private fields of a collection that is not made of another one are where it keeps its items.
        var isOwnCollection = isCollection && levels.All(ArtifactParts.IsInSource);
        var stored = isCollection ? [] : ArtifactParts.StoredOf(type);
        foreach (var level in levels.Where(static level => ArtifactParts.IsInSource(level)
            && !ArtifactParts.IsMarked(level, "ArtifactByPublicMembersAttribute")))
        {
            var lost = level.GetMembers().Where(static member => !member.IsStatic).Select(member => Lost(member, stored, isOwnCollection))
                .FirstOrDefault(static text => text is not null)
                ?? (isOwnCollection ? null : CapturedParameter(level));
            if (lost is not null)
            {
                return SymbolEqualityComparer.Default.Equals(level, type)
                    ? lost
                    : $"{lost} of its base '{CSharpTypeName.AsWritten(level)}'";
            }
        }

        return null;
    }

    private string? Lost(ISymbol member, IReadOnlyList<ISymbol> stored, bool isOwnCollection) => member switch
    {
        IEventSymbol happening => isOwnCollection || !KeepsHandlers(happening) ? null : $"the event '{happening.Name}'",
        IFieldSymbol field when field.IsConst || ArtifactParts.IsIgnored(field) => null,
        // The compiler keeps a parameter of the constructor that the members use in a field named <parameter>P.
        IFieldSymbol { Name: var name } when name.StartsWith("<", StringComparison.Ordinal) && name.EndsWith(">P", StringComparison.Ordinal)
            => isOwnCollection ? null : $"the constructor's parameter '{name.Substring(1, name.Length - 3)}'",
        IFieldSymbol { AssociatedSymbol: IPropertySymbol property }
            => ArtifactParts.IsIgnored(property) || stored.Any(other => Same(RootOf(other), RootOf(property)))
                ? null
                : $"the property '{property.Name}'",
        IFieldSymbol { AssociatedSymbol: null } field when !isOwnCollection || field.DeclaredAccessibility == Accessibility.Public
            => stored.Any(other => Same(other, field)) ? null : $"the field '{field.Name}'",
        _ => null,
    };

    private static bool Same(ISymbol one, ISymbol other) => SymbolEqualityComparer.Default.Equals(one, other);

    private static ISymbol RootOf(ISymbol member)
    {
        var root = member;
        while (root is IPropertySymbol { OverriddenProperty: { } overridden })
        {
            root = overridden;
        }

        return root;
    }

    /// <summary>Returns true if the compiler makes a field for an event.</summary>
    private bool KeepsHandlers(IEventSymbol happening) => happening.DeclaringSyntaxReferences
        .Select(reference => reference.GetSyntax(cancellationToken).FirstAncestorOrSelf<EventFieldDeclarationSyntax>())
        .Any(field => field is not null && !happening.IsAbstract
            && !field.AttributeLists.Any(static list => list.Target is not null
                && list.Attributes.Any(static attribute => attribute.Name.ToString().Contains("ArtifactIgnore"))));

    /// <summary>Returns the parameter of a primary constructor that a member uses after construction, for which the compiler makes a
    /// field.</summary>
    private string? CapturedParameter(INamedTypeSymbol level)
    {
        var declarations = level.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax(cancellationToken))
            .OfType<TypeDeclarationSyntax>().ToList();
        if (declarations.FirstOrDefault(static declaration => declaration is { ParameterList.Parameters.Count: > 0 }
            and not RecordDeclarationSyntax) is not { } primary)
        {
            return null;
        }

        var names = primary.ParameterList!.Parameters.Select(static parameter => parameter.Identifier.ValueText).ToList();
        return declarations.SelectMany(static declaration => declaration.Members)
            .SelectMany(static member => member.DescendantNodes().OfType<IdentifierNameSyntax>())
            .Where(name => names.Contains(name.Identifier.ValueText) && !IsOfConstruction(name))
            .Where(name => IsOfPrimaryConstructor(name, level))
            .Select(static name => $"the constructor's parameter '{name.Identifier.ValueText}'").FirstOrDefault();
    }

    private bool IsOfPrimaryConstructor(IdentifierNameSyntax name, INamedTypeSymbol level)
        => models.Of(name.SyntaxTree)
            .GetSymbolInfo(name, cancellationToken).Symbol is IParameterSymbol { ContainingSymbol: IMethodSymbol method }
            && method.MethodKind == MethodKind.Constructor
            && method.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax(cancellationToken) is TypeDeclarationSyntax)
            && Same(method.ContainingType.OriginalDefinition, level.OriginalDefinition);

    /// <summary>An initializer of a field or property runs in the constructor, where the parameter is available, unless a function in it
    /// outlives that.</summary>
    private static bool IsOfConstruction(SyntaxNode name)
    {
        foreach (var node in name.Ancestors().TakeWhile(static node => node is not TypeDeclarationSyntax))
        {
            if (node is AnonymousFunctionExpressionSyntax)
            {
                return false;
            }

            if (node is EqualsValueClauseSyntax
                {
                    Parent: PropertyDeclarationSyntax or VariableDeclaratorSyntax { Parent.Parent: FieldDeclarationSyntax },
                } || node is InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "nameof" } })
            {
                return true;
            }
        }

        return false;
    }
}
