using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Generators.Extraction;

/// <summary>One step that a <c>Next(…)</c> names.</summary>
/// <param name="Syntax">The argument.</param>
/// <param name="Name">The name on disk that it stands for.</param>
/// <param name="IsStep">Whether it is a method that is a step of the flow.</param>
/// <param name="IsUnresolved">Whether the compiler does not know the name, and says so itself.</param>
internal sealed record NextTarget(ExpressionSyntax Syntax, string Name, bool IsStep, bool IsUnresolved);

/// <summary>One <c>Next(…)</c> with its place in the source. Never kept in the generator's pipeline.</summary>
/// <param name="Syntax">The call.</param>
/// <param name="Targets">The steps it names.</param>
/// <param name="Items">The items of a foreach, or <see langword="null"/>.</param>
/// <param name="Node">The transition as the graph sees it.</param>
internal sealed record NextCall(
    InvocationExpressionSyntax Syntax, IReadOnlyList<NextTarget> Targets, ExpressionSyntax? Items, TransitionNode Node)
{
    /// <summary>Gets the size of a gang, or <see langword="null"/>.</summary>
    public ExpressionSyntax? Count { get; init; }

    /// <summary>Gets how many tasks of a foreach may run at once, or <see langword="null"/>.</summary>
    public ExpressionSyntax? Limit { get; init; }

    /// <summary>Gets a value indicating whether the transition goes nowhere: it is neither returned nor read.</summary>
    public bool IsDropped => Drops(Syntax);

    private static bool Drops(SyntaxNode call) => call.Parent switch
    {
        ParenthesizedExpressionSyntax or PostfixUnaryExpressionSyntax => Drops(call.Parent),
        ExpressionStatementSyntax => true,
        EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Identifier.ValueText: var name } variable } =>
            !IsRead(name, variable),
        AssignmentExpressionSyntax
        {
            RawKind: (int)SyntaxKind.SimpleAssignmentExpression,
            Left: IdentifierNameSyntax { Identifier.ValueText: not "_" and var name },
            Parent: ExpressionStatementSyntax,
        } => !IsRead(name, call),
        AssignmentExpressionSyntax
        {
            RawKind: (int)SyntaxKind.SimpleAssignmentExpression,
            Left: IdentifierNameSyntax { Identifier.ValueText: "_" },
        } => true,
        _ => false,
    };

    // By name: who writes half a line gets no error because a variable of the same name is read elsewhere in the step.
    private static bool IsRead(string name, SyntaxNode place) =>
        place.FirstAncestorOrSelf<MemberDeclarationSyntax>() is not { } step
        || step.DescendantNodes().OfType<IdentifierNameSyntax>().Any(used => used.Identifier.ValueText == name
            && !(used.Parent is AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } set
                && set.Left == used));
}
