using System.Globalization;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>A gang whose size is a constant has at least one task; of any other size the run says so.</summary>
internal sealed class GangSizeRule : IFlowRule
{
    public IEnumerable<Diagnostic> Check(FlowClass flow) =>
        from step in flow.OwnSteps
        from call in step.Calls
        where call.Count is not null
        let size = flow.Models.Of(call.Syntax.SyntaxTree).GetConstantValue(call.Count!, flow.CancellationToken).Value as int?
        where size < 1
        select Descriptors.Report(
            RuleCodes.GangSizeNotPositive, call.Count!.GetLocation(),
            $"Step '{step.Node.Name}' starts a gang of {size.Value.ToString(CultureInfo.InvariantCulture)} tasks.",
            "A gang has at least one task.",
            "Use numParallel: 1 or more.");
}
