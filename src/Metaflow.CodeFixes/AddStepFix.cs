using System.Composition;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Metaflow.CodeFixes;

/// <summary>Adds the step that a transition names and that does not exist, after the one that names it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class AddStepFix() : FlowCodeFix("Add the step", RuleCodes.UnknownTarget, UnknownName)
{
    /// <summary>The compiler's own diagnostic for a name that it does not know.</summary>
    private const string UnknownName = "CS0103";

    protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node)
    {
        return node.FirstAncestorOrSelf<ArgumentSyntax>()?.Parent?.Parent is InvocationExpressionSyntax call
            && call.Expression is IdentifierNameSyntax { Identifier.ValueText: "Next" }
            && node.FirstAncestorOrSelf<IdentifierNameSyntax>() is { } name
            && node.FirstAncestorOrSelf<MethodDeclarationSyntax>() is { Parent: TypeDeclarationSyntax flow } step
            ? root.InsertNodesAfter(step, [FlowSyntax.Step(name.Identifier.Text, FlowSyntax.EndOf(flow))])
            : null;
    }
}
