using System.Composition;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace Metaflow.CodeFixes;

/// <summary>Lets a step that returns nothing move on to the last step.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class ReturnTransitionFix() : FlowCodeFix("Move on to the last step", RuleCodes.MissingTransition)
{
    protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node)
    {
        if (node.FirstAncestorOrSelf<MethodDeclarationSyntax>() is not { Parent: TypeDeclarationSyntax flow } step || ReturnTypeOf(step) is not { } type)
        {
            return null;
        }

        var next = SyntaxFactory.ParseStatement($"return Next({FlowSyntax.EndOf(flow)});\n");
        var body = step.Body ?? SyntaxFactory.Block(step.ExpressionBody is { } arrow ? [SyntaxFactory.ExpressionStatement(arrow.Expression)] : default(SyntaxList<StatementSyntax>));
        var changed = step.WithReturnType(SyntaxFactory.ParseTypeName(type).WithTriviaFrom(step.ReturnType))
            .WithExpressionBody(null).WithSemicolonToken(default).WithBody(body.AddStatements(next)).WithAdditionalAnnotations(Formatter.Annotation);
        return root.ReplaceNode(step, changed);
    }

    private static string? ReturnTypeOf(MethodDeclarationSyntax step) => step.ReturnType switch
    {
        PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword } => "Transition",
        IdentifierNameSyntax { Identifier.ValueText: "Task" } when step.Modifiers.Any(SyntaxKind.AsyncKeyword) => "Task<Transition>",
        _ => null,
    };
}
