using Metaflow.Architecture.Tests.Sources;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Architecture.Tests.Rules;

/// <summary>Files and methods stay small enough to be read at once.</summary>
internal static class Sizes
{
    public const int MaxFileLines = 500;
    public const int MaxMethodLines = 60;

    public static IReadOnlyList<string> Check(IEnumerable<SourceFile> files)
    {
        var problems = new List<string>();
        foreach (var file in files)
        {
            var lines = file.Text.AsSpan().TrimEnd('\n').Count('\n') + 1;
            if (lines > MaxFileLines)
            {
                problems.Add($"{file.Path} has {lines} lines; {MaxFileLines} are allowed.");
            }

            problems.AddRange(file.Parse().GetRoot().DescendantNodes()
                .Where(static node => node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or LocalFunctionStatementSyntax)
                .Where(static node => LinesOf(node) > MaxMethodLines)
                .Select(node => $"{file.Path}:{FirstLine(node)}: a method has {LinesOf(node)} lines; {MaxMethodLines} are allowed."));
        }

        return problems;
    }

    // From the signature: the rows of data that stand as attributes above a test are no code to follow.
    private static int FirstLine(SyntaxNode node)
    {
        var attributes = node is BaseMethodDeclarationSyntax method ? method.AttributeLists : default;
        var first = attributes.Count > 0 ? attributes[^1].GetLastToken().GetNextToken() : node.GetFirstToken();
        return first.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
    }

    private static int LinesOf(SyntaxNode node) => node.GetLocation().GetLineSpan().EndLinePosition.Line + 2 - FirstLine(node);
}
