using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>A transition is returned: a call of Next on its own goes nowhere.</summary>
internal sealed class DroppedTransitionRule : IFlowRule
{
    // Of a step that returns nothing the graph's rules say so.
    public IEnumerable<Diagnostic> Check(FlowClass flow) =>
        from step in flow.OwnSteps
        where !step.Node.ReturnsNothing
        from call in step.Calls
        where call.IsDropped
        select Descriptors.Report(
            RuleCodes.MissingTransition, call.Syntax.GetLocation(),
            $"Step '{step.Node.Name}' does not return its transition.",
            "Calling Next alone has no effect: the flow goes where the returned transition leads.",
            "Write 'return Next(…);'.");
}
