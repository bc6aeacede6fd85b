using System.Composition;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Metaflow.CodeFixes;

/// <summary>Makes a static field read-only, where nothing in the class sets it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class MakeReadOnlyFix() : FlowCodeFix("Make the field read-only", RuleCodes.MutableStatic)
{
    protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node)
    {
        if (node.FirstAncestorOrSelf<FieldDeclarationSyntax>() is not { Declaration.Variables: { Count: 1 } variables } field
            || IsSet(root, variables[0].Identifier.ValueText))
        {
            return null;
        }

        var keyword = SyntaxFactory.Token(SyntaxKind.ReadOnlyKeyword).WithTrailingTrivia(SyntaxFactory.Space);
        return root.ReplaceNode(field, field.WithModifiers(field.Modifiers.Add(keyword)));
    }

    private static bool IsSet(SyntaxNode root, string name) => root.DescendantNodes().Any(node => node switch
    {
        AssignmentExpressionSyntax assignment => NameOf(assignment.Left) == name,
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression or (int)SyntaxKind.PreDecrementExpression } step =>
            NameOf(step.Operand) == name,
        PostfixUnaryExpressionSyntax step => NameOf(step.Operand) == name,
        ArgumentSyntax { RefKindKeyword.RawKind: not 0 } argument => NameOf(argument.Expression) == name,
        _ => false,
    });

    private static string? NameOf(ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax member => member.Name.Identifier.ValueText,
        _ => null,
    };
}
