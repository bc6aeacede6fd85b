using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.CodeFixes;

/// <summary>Adds the modifier <c>partial</c>, which stands last.</summary>
internal static class Partial
{
    public static T Add<T>(T member)
        where T : MemberDeclarationSyntax
    {
        var keyword = SyntaxFactory.Token(SyntaxKind.PartialKeyword).WithTrailingTrivia(SyntaxFactory.Space);
        if (member.Modifiers.Count > 0)
        {
            return (T)member.WithModifiers(member.Modifiers.Add(keyword));
        }

        // Comments before the member stay before its first token, which is now the modifier when there is no attribute.
        return member.AttributeLists.Count > 0
            ? (T)member.WithModifiers([keyword])
            : (T)member.WithoutLeadingTrivia().WithModifiers([keyword.WithLeadingTrivia(member.GetLeadingTrivia())]);
    }

}
