using Metaflow.Generators.Extraction;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>A transition is returned: a call of Next on its own goes nowhere.</summary>
internal sealed class DroppedTransitionRule : IFlowRule
{
    // Of a step that returns nothing the graph's rules say so.
    public IEnumerable<Diagnostic> Check(FlowClass flow) =>
        from step in flow.OwnSteps
        where !step.Node.ReturnsNothing
        from call in step.Calls
        where IsDropped(call.Syntax)
        select Descriptors.Report(
            RuleCodes.MissingTransition, call.Syntax.GetLocation(),
            $"Step '{step.Node.Name}' drops its transition.",
            "Next only says where the flow goes; the flow goes where the step returns to.",
            "Write 'return Next(…);'.");

    private static bool IsDropped(SyntaxNode call) => call.Parent switch
    {
        ParenthesizedExpressionSyntax or PostfixUnaryExpressionSyntax => IsDropped(call.Parent),
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
