using System.Composition;
using Metaflow.Generators.Analysis;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Formatting;

namespace Metaflow.CodeFixes;

/// <summary>Writes the merge into a join that loses artifacts.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class MergeArtifactsFix() : FlowCodeFix("Merge the artifacts of the inputs", RuleCodes.LostAtJoin)
{
    protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, Diagnostic problem)
    {
        if (node.FirstAncestorOrSelf<MethodDeclarationSyntax>() is not { ParameterList.Parameters.Count: 1 } join
            || !problem.Properties.TryGetValue(FlowClass.ExcludeKey, out var excluded)
            || join.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(MergeExclude.IsMerge))
        {
            return null;
        }

        var exclude = excluded is { Length: > 0 } names ? $", exclude: [{string.Join(", ", MergeExclude.Elements(names))}]" : "";
        var merge = SyntaxFactory.ParseStatement($"MergeArtifacts({join.ParameterList.Parameters[0].Identifier.Text}{exclude});")
            .WithAdditionalAnnotations(Formatter.Annotation);
        return join switch
        {
            { ExpressionBody: { } body } => root.ReplaceNode(join, WithBlock(join, body, merge)),
            { Body.Statements: { Count: > 0 } statements } =>
                root.InsertNodesBefore(statements.Last(), [merge.WithTrailingTrivia(SyntaxFactory.ElasticLineFeed)]),
            _ => null,
        };
    }

    private static MethodDeclarationSyntax WithBlock(MethodDeclarationSyntax join, ArrowExpressionClauseSyntax body, StatementSyntax merge)
    {
        var next = SyntaxFactory.ReturnStatement(body.Expression.WithoutTrivia()).NormalizeWhitespace();
        var block = SyntaxFactory.Block(
            merge.WithTrailingTrivia(SyntaxFactory.ElasticLineFeed), next.WithTrailingTrivia(SyntaxFactory.ElasticLineFeed))
            .WithLeadingTrivia(SyntaxFactory.ElasticLineFeed);
        return join.WithExpressionBody(null).WithSemicolonToken(default).WithBody(block.WithTrailingTrivia(join.GetTrailingTrivia()))
            .WithAdditionalAnnotations(Formatter.Annotation);
    }
}

/// <summary>Leaves artifacts that differ out of a merge.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
internal sealed class MergeExcludeFix() : FlowCodeFix("Leave the artifacts out of the merge", RuleCodes.MergeOfDifferent)
{
    protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, Diagnostic problem)
    {
        if (node.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } merge
            || !problem.Properties.TryGetValue(FlowClass.ExcludeKey, out var names) || names is null)
        {
            return null;
        }

        var lists = merge.ArgumentList.Arguments.Skip(1).ToList();
        if (lists.Count == 0)
        {
            var exclude = SyntaxFactory.ParseArgumentList($"(exclude: [{string.Join(", ", MergeExclude.Elements(names))}])").Arguments[0];
            return root.ReplaceNode(
                merge, merge.WithArgumentList(merge.ArgumentList.AddArguments(exclude.WithLeadingTrivia(SyntaxFactory.Space))));
        }

        return lists.Count == 1
            && lists[0] is { NameColon: null or { Name.Identifier.ValueText: "exclude" }, Expression: CollectionExpressionSyntax list }
            ? root.ReplaceNode(list, With(list, names))
            : null;
    }

    private static ExpressionSyntax With(CollectionExpressionSyntax list, string names)
    {
        var elements = list.Elements.Select(static element => element.ToString()).Concat(MergeExclude.Elements(names));
        return SyntaxFactory.ParseExpression($"[{string.Join(", ", elements)}]").WithTriviaFrom(list);
    }
}

/// <summary>Knows the calls of <c>MergeArtifacts</c>.</summary>
internal static class MergeExclude
{
    public static bool IsMerge(InvocationExpressionSyntax call)
        => call.Expression is IdentifierNameSyntax { Identifier.ValueText: "MergeArtifacts" }
            or MemberAccessExpressionSyntax { Name.Identifier.ValueText: "MergeArtifacts" };

    public static IEnumerable<string> Elements(string names) => names.Split(',').Select(static name => $"nameof({name})");
}
