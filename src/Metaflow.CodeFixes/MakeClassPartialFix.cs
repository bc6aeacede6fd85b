using System.Composition;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Metaflow.CodeFixes;

/// <summary>Makes a flow's class, or a type around it, partial.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class MakeClassPartialFix() : FlowCodeFix("Make the class partial", RuleCodes.FlowNotPartial)
{
    protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node)
    {
        if (node.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } type)
        {
            return null;
        }

        // A class that is local to its file is left to its author: others may have one of the same name.
        return type.Modifiers.Any(SyntaxKind.FileKeyword) || type.Modifiers.Any(SyntaxKind.PartialKeyword)
            ? null
            : root.ReplaceNode(type, Partial.Add(type));
    }
}
