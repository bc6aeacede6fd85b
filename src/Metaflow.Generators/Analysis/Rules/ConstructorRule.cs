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
                $"The flow '{flow.Symbol.Name}' has no public parameterless constructor.",
                "Each task creates an object of the flow's class.",
                "Add one, and make the values that the flow needs parameters or artifacts.");
        }

        foreach (var member in flow.Symbol.GetMembers()
            .Where(static member => member is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true }))
        {
            yield return Descriptors.Report(
                RuleCodes.NoParameterlessConstructor, GeneratedFiles.PlaceOf(member),
                $"'{member.Name}' is required.",
                "Each task creates an object of the flow's class without setting any member.",
                "Remove the modifier 'required'. For a required parameter, write [Parameter(Required = true)].");
        }
    }
}
