using Metaflow.Generators.Extraction;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>What is marked as an artifact or a parameter is one.</summary>
internal sealed class PartialPropertyRule : IFlowRule
{
    private static readonly string[] Attributes =
    [
        "ArtifactAttribute", "ParameterAttribute", "IncludeFileAttribute", "ConfigAttribute", "ServiceAttribute",
    ];

    public IEnumerable<Diagnostic> Check(FlowClass flow) => NotPartial(flow).Concat(Initialized(flow));

    private static IEnumerable<Diagnostic> NotPartial(FlowClass flow) =>
        from property in flow.Symbol.GetMembers().OfType<IPropertySymbol>()
        where !property.IsAbstract && !FlowMembers.IsOursToImplement(property)
        let marked = Attributes.FirstOrDefault(name => MetaflowTypes.AttributeOf(property, name) is not null)
        where marked is not null
        select Descriptors.Report(
            RuleCodes.PropertyNotPartial, GeneratedFiles.PlaceOf(property),
            $"'{property.Name}' is marked [{marked.Substring(0, marked.Length - "Attribute".Length)}] but is not a partial "
                + "property without a body.",
            "The source generator implements artifacts, parameters, configurations and services; "
                + "an ordinary property is neither stored nor set.",
            "Write 'public partial … { get; set; }' ('{ get; }' for a parameter, a configuration or a service), or remove the attribute.");

    /// <summary>The compiler names the language's rule alone, and not where a default or a first value belongs.</summary>
    private static IEnumerable<Diagnostic> Initialized(FlowClass flow) =>
        from property in FlowMembers.PropertiesOf(flow.Symbol).Concat(FlowMembers.ServicesOf(flow.Symbol))
        where FlowMembers.HasInitializer(property)
        select Descriptors.Report(
            RuleCodes.PropertyNotPartial, GeneratedFiles.PlaceOf(property),
            $"The partial property '{property.Name}' has an initializer.",
            "The source generator implements it, and each task reads it from the run. A value set in the initializer would be "
                + "lost.",
            "Remove '= …'. Write the default of a parameter as [Parameter(Default = …)], and set an artifact in a step.");
}
