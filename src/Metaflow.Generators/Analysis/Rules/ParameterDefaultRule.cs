using Metaflow.Generators.Extraction;
using Metaflow.Generators.Model;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>A constant default can be read as a value of the parameter's type.</summary>
internal sealed class ParameterDefaultRule : IFlowRule
{
    public IEnumerable<Diagnostic> Check(FlowClass flow) =>
        from property in flow.Properties
        where FlowMembers.RoleOf(property) == PropertyRole.Parameter
        let attribute = MetaflowTypes.AttributeOf(property, "ParameterAttribute")
        let given = attribute.NamedArguments.FirstOrDefault(static argument => argument.Key == "Default").Value
        where given.Kind != TypedConstantKind.Error && !given.IsNull && MetaflowTypes.Text(attribute, "DefaultFrom") is null
        where ReadableTypes.FirstWithoutForm(property.Type) is null
        let separator = MetaflowTypes.Text(attribute, "Separator") is { Length: > 0 } text ? text : null
        let expected = DefaultValues.WhatIsExpected(given, property.Type, separator)
        where expected is not null
        select Descriptors.Report(
            RuleCodes.DefaultUnreadable, Places.OfArgument(attribute, "Default"),
            $"The default of '{property.Name}' is {Show(given)}.",
            $"The parameter is of type '{CSharpTypeName.AsWritten(property.Type)}', which accepts {expected}.",
            "Correct 'Default', or change the type of the property.");

    private static string Show(TypedConstant given) => given.Kind == TypedConstantKind.Array ? "a list" : $"'{given.Value}'";
}
