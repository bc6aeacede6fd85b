using Metaflow.Generators.Extraction;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>Transitions lead to steps of this flow.</summary>
internal sealed class NextTargetRule : IFlowRule
{
    public IEnumerable<Diagnostic> Check(FlowClass flow) =>
        from step in flow.OwnSteps
        from call in step.Calls
        from target in call.Targets
        where target is { IsStep: false, IsUnresolved: false }
        select Descriptors.Report(
            RuleCodes.NextOfNoStep, target.Syntax.GetLocation(),
            $"Next has the argument '{target.Syntax}'.",
            WhyNot(target, flow),
            flow.MethodOf(target) is { } method && !FlowMembers.IsStep(method)
                ? $"Mark '{method.Name}' with [Step], or give Next a step."
                : "Give Next methods of this flow that are marked [Step], by their names.");

    private static string WhyNot(NextTarget target, FlowClass flow)
    {
        if (flow.MethodOf(target) is not { } method)
        {
            return "It is not the name of a method.";
        }

        return FlowMembers.IsStep(method)
            ? $"It is a step of another object than this flow '{flow.Symbol.Name}'."
            : "The method is not marked [Step].";
    }
}
