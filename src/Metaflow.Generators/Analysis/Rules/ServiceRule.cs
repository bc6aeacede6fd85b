using Metaflow.Generators.Extraction;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>A service is an object that the program gives: it is read only, and nothing else beside.</summary>
internal sealed class ServiceRule : IFlowRule
{
    private static readonly string[] Others = ["ParameterAttribute", "IncludeFileAttribute", "ConfigAttribute", "ArtifactAttribute"];

    public IEnumerable<Diagnostic> Check(FlowClass flow) => FlowMembers.ServicesOf(flow.Symbol).Select(Check).OfType<Diagnostic>();

    private static Diagnostic? Check(IPropertySymbol property)
    {
        if (Others.FirstOrDefault(other => MetaflowTypes.AttributeOf(property, other) is not null) is { } other)
        {
            return Descriptors.Report(
                RuleCodes.ServiceUnsuitable, GeneratedFiles.PlaceOf(property),
                $"'{property.Name}' is marked [Service] and [{other.Substring(0, other.Length - "Attribute".Length)}].",
                "The program provides a service. Metaflow does not store it with the run.",
                "Remove one of the attributes.");
        }

        if (property is { GetMethod: not null, SetMethod: null })
        {
            return property.Type.IsReferenceType ? null : Descriptors.Report(
                RuleCodes.ServiceUnsuitable, FlowMembers.DeclarationOf(property)!.Type.GetLocation(),
                $"The service '{property.Name}' is of type '{CSharpTypeName.AsWritten(property.Type)}'.",
                "Services are objects of classes and interfaces.",
                "Wrap the value in a class, or make it a parameter.");
        }

        return Descriptors.Report(
            RuleCodes.ServiceHasSetter, GeneratedFiles.PlaceOf(property),
            $"The service '{property.Name}' {(property.GetMethod is null ? "cannot be read" : "has a set accessor")}.",
            "The program creates the services again in the process of each task. A value that a step sets would be lost.",
            "Write '{ get; }'. Store the results of a step in an artifact.");
    }
}
