using System.Text.RegularExpressions;
using Metaflow.Generators.Extraction;
using Metaflow.Generators.Model;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>Names that authors give are such as folders, options and Python's attributes can have. Names of members always are.</summary>
internal sealed class NameCharactersRule : IFlowRule
{
    private static readonly string[] Attributes = ["ParameterAttribute", "IncludeFileAttribute", "ConfigAttribute", "ArtifactAttribute"];

    public IEnumerable<Diagnostic> Check(FlowClass flow)
        => Names(flow.Symbol, ["FlowAttribute"], "A flow", mayHaveDashes: false)
            .Concat(flow.Properties.SelectMany(static property => FlowMembers.RoleOf(property) is PropertyRole.Artifact
                ? Names(property, Attributes, "An artifact", mayHaveDashes: false)
                : Names(property, Attributes, "A parameter", mayHaveDashes: true)));

    private static IEnumerable<Diagnostic> Names(ISymbol symbol, string[] attributes, string noun, bool mayHaveDashes) =>
        from type in attributes
        let attribute = MetaflowTypes.AttributeOf(symbol, type)
        let name = MetaflowTypes.Text(attribute, "Name")
        where name is not null && !Regex.IsMatch(name, mayHaveDashes ? @"^[\p{L}_][\p{L}\p{Nd}_-]*\z" : @"^[\p{L}_][\p{L}\p{Nd}_]*\z")
        select Descriptors.Report(
            RuleCodes.StepNameCharacters, Places.OfArgument(attribute!, "Name"),
            $"{noun} is named '{name}'.",
            $"Such a name consists of letters, digits and '_'{(mayHaveDashes ? " or '-'" : "")}, and begins with a letter.",
            "Give it another name, or remove 'Name' to use the name of the class or property.");
}
