using System.Composition;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Formatting;

namespace Metaflow.CodeFixes;

/// <summary>Makes a property that is marked as an artifact or a parameter, or that steps share, one that the generator
/// implements.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class MakePropertyPartialFix() : FlowCodeFix("Make the property partial", RuleCodes.PropertyNotPartial, RuleCodes.LostState)
{
    protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, Diagnostic problem)
    {
        if (node.FirstAncestorOrSelf<PropertyDeclarationSyntax>() is not { } property || property.Modifiers.Any(SyntaxKind.StaticKeyword)
            || property.Modifiers.Any(SyntaxKind.PartialKeyword))
        {
            return null;
        }

        if (problem.Id == RuleCodes.LostState)
        {
            // An initializer would be dropped: the author decides which step sets the first value.
            return property.Initializer is null ? root.ReplaceNode(property, Partial.Add(property)) : null;
        }

        var isArtifact = FlowSyntax.AttributeOf(property, "Artifact") is not null;
        var accessors = SyntaxFactory.AccessorList([Accessor(SyntaxKind.GetAccessorDeclaration)]);
        if (isArtifact)
        {
            accessors = accessors.AddAccessors(Accessor(SyntaxKind.SetAccessorDeclaration));
        }

        var bare = property.WithExpressionBody(null).WithInitializer(null).WithSemicolonToken(default)
            .WithAccessorList(accessors.WithAdditionalAnnotations(Formatter.Annotation)).WithTrailingTrivia(property.GetTrailingTrivia());
        return root.ReplaceNode(property, Partial.Add(bare));
    }

    private static AccessorDeclarationSyntax Accessor(SyntaxKind kind)
        => SyntaxFactory.AccessorDeclaration(kind).WithSemicolonToken(SyntaxFactory.Token(SyntaxKind.SemicolonToken));
}
