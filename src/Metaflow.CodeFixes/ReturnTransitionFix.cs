using System.Composition;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Formatting;

namespace Metaflow.CodeFixes;

/// <summary>Lets a step return the transition that it calls, or one to the last step.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class ReturnTransitionFix() : FlowCodeFix("Return the transition", RuleCodes.MissingTransition)
{
    protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node)
    {
        if (node.FirstAncestorOrSelf<MethodDeclarationSyntax>() is not { Parent: TypeDeclarationSyntax flow } step)
        {
            return null;
        }

        var dropped = node.FirstAncestorOrSelf<ExpressionStatementSyntax>()
            ?? step.Body?.Statements.OfType<ExpressionStatementSyntax>().LastOrDefault(static statement => IsNext(statement.Expression));
        var type = ReturnTypeOf(step);
        if (dropped?.Parent is not BlockSyntax && type is null)
        {
            return null;
        }

        var changed = dropped?.Parent is BlockSyntax
            ? Return(step, dropped)
            : IsNext(step.ExpressionBody?.Expression)
            ? step
            : AddNext(step, FlowSyntax.EndOf(flow));
        changed = type is null ? changed : changed.WithReturnType(SyntaxFactory.ParseTypeName(type).WithTriviaFrom(step.ReturnType));
        return root.ReplaceNode(step, changed.WithAdditionalAnnotations(Formatter.Annotation));
    }

    /// <summary>Returns what is called; a return that stands behind it was there for the compiler alone.</summary>
    private static MethodDeclarationSyntax Return(MethodDeclarationSyntax step, ExpressionStatementSyntax dropped)
    {
        var block = (BlockSyntax)dropped.Parent!;
        var index = block.Statements.IndexOf(dropped);
        var next = dropped.Expression is AssignmentExpressionSyntax assignment ? assignment.Right : dropped.Expression;
        var statements = block.Statements.Replace(
            dropped, SyntaxFactory.ReturnStatement(next.WithoutTrivia().WithLeadingTrivia(SyntaxFactory.Space)).WithTriviaFrom(dropped));
        if (index + 1 < statements.Count && statements[index + 1] is ReturnStatementSyntax)
        {
            statements = statements.RemoveAt(index + 1);
        }

        return step.ReplaceNode(block, block.WithStatements(statements));
    }

    private static MethodDeclarationSyntax AddNext(MethodDeclarationSyntax step, string target)
    {
        var next = SyntaxFactory.ParseStatement($"return Next({target});\n");
        var body = step.Body
            ?? SyntaxFactory.Block(step.ExpressionBody is { } arrow
                ? [SyntaxFactory.ExpressionStatement(arrow.Expression)]
                : default(SyntaxList<StatementSyntax>));
        return step.WithExpressionBody(null).WithSemicolonToken(default).WithBody(body.AddStatements(next));
    }

    private static bool IsNext(ExpressionSyntax? expression)
        => expression is InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "Next" } };

    private static string? ReturnTypeOf(MethodDeclarationSyntax step) => step.ReturnType switch
    {
        PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword } => "Transition",
        IdentifierNameSyntax { Identifier.ValueText: "Task" } when step.Modifiers.Any(SyntaxKind.AsyncKeyword) => "Task<Transition>",
        _ => null,
    };
}
