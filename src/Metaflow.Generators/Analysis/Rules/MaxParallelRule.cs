using Metaflow.Generators.Extraction;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>A foreach of which no task may run never ends.</summary>
internal sealed class MaxParallelRule : IFlowRule
{
    public IEnumerable<Diagnostic> Check(FlowClass flow) =>
        from step in flow.OwnSteps
        from call in step.Calls
        where call.Limit is not null
            && flow.Models.Of(call.Syntax.SyntaxTree).GetConstantValue(call.Limit, flow.CancellationToken).Value is int and < 1
        select Descriptors.Report(
            RuleCodes.MaxParallelTooSmall, call.Limit!.GetLocation(),
            $"'maxParallel: {call.Limit}' allows less than one task at once.", "No task of the step could ever run.",
            "Use 1 or more, or remove it.");
}
