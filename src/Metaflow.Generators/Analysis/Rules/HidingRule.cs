using Metaflow.Generators.Extraction;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>No member of a flow takes the place of one of <c>FlowSpec</c>.</summary>
internal sealed class HidingRule : IFlowRule
{
    public IEnumerable<Diagnostic> Check(FlowClass flow)
    {
        var names = new HashSet<string>(MetaflowTypes.FlowSpecOf(flow.Symbol)!.GetMembers()
            .Where(static member =>
                member is { CanBeReferencedByName: true, DeclaredAccessibility: not (Accessibility.Private or Accessibility.Internal) })
            .Select(static member => member.Name));
        return flow.Symbol.GetMembers().Where(member => names.Contains(member.Name) && !member.GetAttributes().Any(MetaflowTypes.IsOurs))
            .Select(static member => Descriptors.Report(
                RuleCodes.HidesFlowSpec, GeneratedFiles.PlaceOf(member),
                $"'{member.Name}' hides a member of FlowSpec.",
                "Generated code and transitions use the member of FlowSpec.",
                "Rename it. To give the flow a name, use [Flow(Name = \"…\")]."));
    }
}
