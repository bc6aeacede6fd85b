using Metaflow.Generators.Extraction;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>A task can make an object of the flow.</summary>
internal sealed class ConstructorRule : IFlowRule
{
    public IEnumerable<Diagnostic> Check(FlowClass flow)
    {
        if (flow.Symbol.IsAbstract)
        {
            yield break;
        }

        if (!flow.Symbol.InstanceConstructors
            .Any(static constructor => constructor is { Parameters.Length: 0, DeclaredAccessibility: Accessibility.Public }))
        {
            yield return Descriptors.Report(
                RuleCodes.NoParameterlessConstructor, flow.Place,
                $"The flow '{flow.Symbol.Name}' has no public constructor without arguments.",
                "Each task makes an object of the flow's class.",
                "Add one, and give what the flow needs as parameters or artifacts.");
        }

        foreach (var member in flow.Symbol.GetMembers()
            .Where(static member => member is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true }))
        {
            yield return Descriptors.Report(
                RuleCodes.NoParameterlessConstructor, GeneratedFiles.PlaceOf(member),
                $"'{member.Name}' is required.",
                "Each task makes an object of the flow's class without setting anything.",
                "Remove the modifier 'required'; a parameter that must be given is [Parameter(Required = true)].");
        }
    }
}
