using System.Composition;
using Metaflow.Graph;
using Metaflow.Naming;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Formatting;

namespace Metaflow.CodeFixes;

/// <summary>Gives a member with a reserved name another one on disk.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class NameOnDiskFix()
    : FlowCodeFix("Give it another name on disk", RuleCodes.ReservedStepName, RuleCodes.ReservedMemberName)
{
    private static readonly string[] Attributes = ["Step", "Parameter", "IncludeFile", "Artifact"];

    protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node)
    {
        var member = node.FirstAncestorOrSelf<MemberDeclarationSyntax>();
        var name = member switch
        {
            MethodDeclarationSyntax method => SnakeCase.FromMember(method.Identifier.ValueText) + "_step",
            PropertyDeclarationSyntax property => SnakeCase.FromMember(property.Identifier.ValueText).TrimStart('_') + "_value",
            _ => null,
        };
        if (member is null || name is null)
        {
            return null;
        }

        if (Attributes.Select(attribute => FlowSyntax.AttributeOf(member, attribute))
            .FirstOrDefault(static found => found is not null) is { } attribute)
        {
            return root.ReplaceNode(attribute, WithName(attribute, name));
        }

        var artifact = SyntaxFactory.Attribute(SyntaxFactory.ParseName("Artifact")).AddArgumentListArguments(FlowSyntax.NameArgument(name));
        var list = SyntaxFactory.AttributeList([artifact]).WithLeadingTrivia(member.GetLeadingTrivia())
            .WithTrailingTrivia(SyntaxFactory.ElasticLineFeed).WithAdditionalAnnotations(Formatter.Annotation);
        var bare = (PropertyDeclarationSyntax)member.WithoutLeadingTrivia();
        return root.ReplaceNode(
            member, bare.WithAttributeLists(bare.AttributeLists.Insert(0, list)).WithAdditionalAnnotations(Formatter.Annotation));
    }

    private static AttributeSyntax WithName(AttributeSyntax attribute, string name)
    {
        var named = attribute.ArgumentList
            ?.Arguments.FirstOrDefault(static argument => argument.NameEquals?.Name.Identifier.ValueText == "Name");
        return (named is null
            ? attribute.AddArgumentListArguments(FlowSyntax.NameArgument(name))
            : attribute.ReplaceNode(named, FlowSyntax.NameArgument(name)))
            .WithAdditionalAnnotations(Formatter.Annotation);
    }
}
