using System.Composition;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Metaflow.CodeFixes;

/// <summary>Makes the step in which branches meet a join.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class AddInputsFix() : FlowCodeFix("Take the inputs of the branches", RuleCodes.BranchesMeetWithoutJoin)
{
    protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node)
    {
        if (node.FirstAncestorOrSelf<MethodDeclarationSyntax>() is not
            {
                ParameterList.Parameters.Count: 0,
                Parent: TypeDeclarationSyntax flow,
            } step)
        {
            return null;
        }

        var type = SyntaxFactory.ParseTypeName($"Inputs<{flow.Identifier.Text}{flow.TypeParameterList?.ToString()}>")
            .WithTrailingTrivia(SyntaxFactory.Space);
        var inputs = SyntaxFactory.Parameter(SyntaxFactory.Identifier("inputs")).WithType(type);
        return root.ReplaceNode(step.ParameterList, step.ParameterList.AddParameters(inputs));
    }
}
