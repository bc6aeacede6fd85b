using Metaflow.Generators.Extraction;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>What is marked as an artifact or a parameter is one.</summary>
internal sealed class PartialPropertyRule : IFlowRule
{
    private static readonly string[] Attributes = ["ArtifactAttribute", "ParameterAttribute", "IncludeFileAttribute", "ServiceAttribute"];

    public IEnumerable<Diagnostic> Check(FlowClass flow) =>
        from property in flow.Symbol.GetMembers().OfType<IPropertySymbol>()
        where !property.IsAbstract && !FlowMembers.IsOursToImplement(property)
        let marked = Attributes.FirstOrDefault(name => MetaflowTypes.AttributeOf(property, name) is not null)
        where marked is not null
        select Descriptors.Report(
            RuleCodes.PropertyNotPartial, GeneratedFiles.PlaceOf(property),
            $"'{property.Name}' is marked [{marked.Substring(0, marked.Length - "Attribute".Length)}] but is not a partial property without a body.",
            "The source generator implements artifacts, parameters and services; an ordinary property is neither kept nor given.",
            "Write 'public partial … { get; set; }' ('{ get; }' for a parameter or a service), or remove the attribute.");
}
