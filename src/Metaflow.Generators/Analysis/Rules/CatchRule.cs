using Metaflow.Generators.Extraction;
using Metaflow.Generators.Model;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>The failure that <c>[Catch]</c> stores has an artifact to go to.</summary>
internal sealed class CatchRule : IFlowRule
{
    public IEnumerable<Diagnostic> Check(FlowClass flow) =>
        from symbol in FlowMembers.StepsOf(flow.Symbol).Prepend<ISymbol>(flow.Symbol)
        let attribute = MetaflowTypes.AttributeOf(symbol, "CatchAttribute")
        where attribute is not null
        let name = MetaflowTypes.Text(attribute, "Var")
        where name is not null
        let why = WhyNot(flow, name)
        where why is not null
        select Descriptors.Report(
            RuleCodes.CatchVarUnsuitable, Places.OfArgument(attribute, "Var"),
            $"[Catch] stores the failure in '{name}'.",
            why,
            $"Add 'public partial StepFailure? {name} {{ get; set; }}' and write Var = nameof({name}).");

    private static string? WhyNot(FlowClass flow, string name)
    {
        var property = flow.Chain.SelectMany(type => type.GetMembers(name)).OfType<IPropertySymbol>().LastOrDefault();
        if (property is null)
        {
            return "The flow has no such property.";
        }

        if (!MetaflowTypes.Is(property.Type, "StepFailure") || property.NullableAnnotation == NullableAnnotation.NotAnnotated)
        {
            return $"The property is of type '{CSharpTypeName.AsWritten(property.Type)}', not 'StepFailure?'.";
        }

        var isInSource = !property.DeclaringSyntaxReferences.IsEmpty;
        return isInSource && (!FlowMembers.IsOursToImplement(property) || FlowMembers.RoleOf(property) != PropertyRole.Artifact)
            ? "The property is not an artifact."
            : null;
    }
}
