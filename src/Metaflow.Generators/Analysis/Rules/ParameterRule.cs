using Metaflow.Generators.Extraction;
using Metaflow.Generators.Model;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>What is said of a parameter can be done.</summary>
internal sealed class ParameterRule : IFlowRule
{
    public IEnumerable<Diagnostic> Check(FlowClass flow) => flow.Properties.Select(property => FlowMembers.RoleOf(property) switch
    {
        PropertyRole.IncludeFile => CheckType(property),
        PropertyRole.Parameter => CheckForm(property) ?? CheckDefault(property, flow.Compilation),
        _ => null,
    }).OfType<Diagnostic>();

    private static Diagnostic? CheckType(IPropertySymbol property)
        => property.Type is { SpecialType: SpecialType.System_String }
            or IArrayTypeSymbol { Rank: 1, ElementType.SpecialType: SpecialType.System_Byte }
            ? null
            : Descriptors.Report(
                RuleCodes.IncludeFileType, FlowMembers.DeclarationOf(property)!.Type.GetLocation(),
                $"The file '{property.Name}' is of type '{CSharpTypeName.AsWritten(property.Type)}'.",
                "The content of a file is text or bytes.",
                "Make it 'string' or 'byte[]', and convert it to other types in a step.");

    private static Diagnostic? CheckForm(IPropertySymbol property)
    {
        if (ReadableTypes.FirstWithoutForm(property.Type) is not { } part || UnstorableTypes.Contains(part))
        {
            return null;
        }

        var isWhole = SymbolEqualityComparer.Default.Equals(part, ReadableTypes.WithoutNullable(property.Type));
        return Descriptors.Report(
            RuleCodes.ParameterWithoutForm, FlowMembers.DeclarationOf(property)!.Type.GetLocation(),
            $"The parameter '{property.Name}' is of type "
                + $"'{CSharpTypeName.AsWritten(property.Type)}'{(isWhole ? "" : $", which contains '{CSharpTypeName.AsWritten(part)}'")}.",
            "This type has no form on the command line: it cannot be read from text.",
            "Declare the data from which it is created, for example a string, a number, a list or a record, and create it in a step.");
    }

    private static Diagnostic? CheckDefault(IPropertySymbol property, Compilation compilation)
    {
        var attribute = MetaflowTypes.AttributeOf(property, "ParameterAttribute")!;
        if (MetaflowTypes.Text(attribute, "DefaultFrom") is not { } name)
        {
            return null;
        }

        var method = DefaultMethods.Find(property.ContainingType, name);
        return method is not null && compilation.ClassifyConversion(method.ReturnType, property.Type).IsImplicit
            ? null
            : Descriptors.Report(
                RuleCodes.DefaultFromUnsuitable, Places.OfArgument(attribute, "DefaultFrom"),
                $"'DefaultFrom' of '{property.Name}' names '{name}'.",
                method is null
                    ? "The flow has no such method without arguments that returns a value."
                    : $"The method returns '{CSharpTypeName.AsWritten(method.ReturnType)}'.",
                $"Write a method '{CSharpTypeName.AsWritten(property.Type)} {name}()' in the flow.");
    }
}
