using Metaflow.Generators.Extraction;
using Metaflow.Generators.Model;
using Metaflow.Graph;
using Metaflow.Naming;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>The encoding of an included text is one that .NET has.</summary>
internal sealed class IncludeFileEncodingRule : IFlowRule
{
    public IEnumerable<Diagnostic> Check(FlowClass flow) =>
        from property in flow.Properties
        where FlowMembers.RoleOf(property) == PropertyRole.IncludeFile
        let attribute = MetaflowTypes.AttributeOf(property, "IncludeFileAttribute")
        let name = MetaflowTypes.Text(attribute, "Encoding")
        where name is not null && EncodingNames.CodePageOf(name) is null
        select Descriptors.Report(
            RuleCodes.EncodingUnknown, Places.OfArgument(attribute, "Encoding"),
            $"The encoding '{name}' of '{property.Name}' is not known.",
            "Neither .NET nor Python has an encoding with this name.",
            "Use a name like 'utf-8', 'utf-16', 'latin-1', 'windows-1252' or 'shift_jis'.");
}
