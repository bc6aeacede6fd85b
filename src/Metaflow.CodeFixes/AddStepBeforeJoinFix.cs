using System.Composition;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Metaflow.CodeFixes;

/// <summary>Adds a step between a split or a switch and the join that it leads into.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class AddStepBeforeJoinFix() : FlowCodeFix("Add a step before the join", RuleCodes.SwitchIntoJoin, RuleCodes.SplitIntoJoin)
{
    protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node)
    {
        if (node.FirstAncestorOrSelf<ArgumentSyntax>()?.Expression is not IdentifierNameSyntax join
            || node.FirstAncestorOrSelf<MethodDeclarationSyntax>() is not { Parent: TypeDeclarationSyntax flow } step)
        {
            return null;
        }

        var name = FlowSyntax.Unused(flow, $"Before{join.Identifier.ValueText}");
        var changed = step.ReplaceNode(join, SyntaxFactory.IdentifierName(name).WithTriviaFrom(join));
        return root.ReplaceNode(step, [changed, FlowSyntax.Step(name, join.Identifier.Text)]);
    }
}
