using Metaflow.Naming;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace Metaflow.CodeFixes;

/// <summary>Reads and makes the syntax of flows.</summary>
internal static class FlowSyntax
{
    public static AttributeSyntax? AttributeOf(MemberDeclarationSyntax member, string name)
        => member.AttributeLists.SelectMany(static list => list.Attributes).FirstOrDefault(attribute => NameOf(attribute) == name);

    /// <summary>Returns the method that is the last step.</summary>
    public static string EndOf(TypeDeclarationSyntax flow)
    {
        var steps = flow.Members.OfType<MethodDeclarationSyntax>().Where(static method => AttributeOf(method, "Step") is not null).ToList();
        var marked = steps.FirstOrDefault(static step => AttributeOf(step, "Step")!.ArgumentList?.Arguments
            .Any(static argument => argument.NameEquals?.Name.Identifier.ValueText == "End") == true);
        return (marked
            ?? steps.FirstOrDefault(static step => SnakeCase.FromMember(step.Identifier.ValueText) == "end"))?.Identifier.ValueText
            ?? "End";
    }

    /// <summary>Returns a name that no member of the flow has.</summary>
    public static string Unused(TypeDeclarationSyntax flow, string name)
    {
        var used = new HashSet<string>(flow.Members.OfType<MethodDeclarationSyntax>().Select(static method => method.Identifier.ValueText)
            .Concat(flow.Members.OfType<PropertyDeclarationSyntax>().Select(static property => property.Identifier.ValueText)));
        var unused = name;
        for (var number = 2; used.Contains(unused); number++)
        {
            unused = $"{name}{number}";
        }

        return unused;
    }

    /// <summary>Makes a step that moves on to another one.</summary>
    public static MethodDeclarationSyntax Step(string name, string next)
        => ((MethodDeclarationSyntax)SyntaxFactory.ParseMemberDeclaration($"[Step]\nTransition {name}() => Next({next});\n")!)
            .WithLeadingTrivia(SyntaxFactory.ElasticLineFeed)
            .WithAdditionalAnnotations(Formatter.Annotation);

    /// <summary>Makes the argument <c>Name = "…"</c> of an attribute.</summary>
    public static AttributeArgumentSyntax NameArgument(string name) => SyntaxFactory.AttributeArgument(
        SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal(name)))
        .WithNameEquals(SyntaxFactory.NameEquals("Name"));

    private static string NameOf(AttributeSyntax attribute)
    {
        var name = attribute.Name is QualifiedNameSyntax qualified
            ? qualified.Right.Identifier.ValueText
            : ((attribute.Name as SimpleNameSyntax)?.Identifier.ValueText ?? "");
        return name.EndsWith("Attribute", StringComparison.Ordinal) ? name.Substring(0, name.Length - "Attribute".Length) : name;
    }
}
