using Metaflow.Generators.Extraction;
using Metaflow.Generators.Model;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>Steps read and set artifacts, and only read parameters.</summary>
internal sealed class AccessorsRule : IFlowRule
{
    public IEnumerable<Diagnostic> Check(FlowClass flow) => flow.Properties.Select(Check).OfType<Diagnostic>();

    private static Diagnostic? Check(IPropertySymbol property)
    {
        if (FlowMembers.RoleOf(property) != PropertyRole.Artifact)
        {
            return property.SetMethod is null ? null : Descriptors.Report(
                RuleCodes.ParameterHasSetter, GeneratedFiles.PlaceOf(property),
                $"The {(FlowMembers.RoleOf(property) == PropertyRole.Config ? "configuration" : "parameter")} "
                    + $"'{property.Name}' has a set accessor.",
                "It has the same value in the whole run.",
                "Remove 'set'. Store the results of a step in an artifact.");
        }

        return property is { GetMethod: not null, SetMethod.IsInitOnly: false } ? null : Descriptors.Report(
            RuleCodes.ArtifactAccessors, GeneratedFiles.PlaceOf(property),
            $"The artifact '{property.Name}' {(property.GetMethod is null ? "cannot be read" : "cannot be set")}.",
            "Steps set artifacts, and later steps read them.",
            "Write '{ get; set; }', or mark it [Parameter] if its value is given to the run.");
    }
}
