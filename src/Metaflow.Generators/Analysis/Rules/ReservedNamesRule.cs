using Metaflow.Generators.Extraction;
using Metaflow.Generators.Model;
using Metaflow.Graph;
using Metaflow.Naming;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>Parameters and artifacts have names that the command line and the store do not use themselves.</summary>
internal sealed class ReservedNamesRule : IFlowRule
{
    private static readonly HashSet<string> OfFlows = ["name", "next", "input", "index", "cmd", "foreach_stack", "script_name"];

    public IEnumerable<Diagnostic> Check(FlowClass flow)
    {
        foreach (var property in flow.Properties)
        {
            var name = FlowMembers.DiskNameOf(property);
            var isParameter = FlowMembers.RoleOf(property) != PropertyRole.Artifact;
            var isOption = FlowMembers.RoleOf(property) is PropertyRole.Parameter or PropertyRole.IncludeFile && OptionNames.IsOption(name);
            if (OfFlows.Contains(name) || name.StartsWith("_", StringComparison.Ordinal) || isOption
                || (isParameter && OptionNames.IsReserved(name)))
            {
                yield return Descriptors.Report(
                    RuleCodes.ReservedMemberName, GeneratedFiles.PlaceOf(property),
                    $"{(isParameter ? "The parameter" : "The artifact")} '{property.Name}' is '{name}' on disk.",
                    name.StartsWith("_", StringComparison.Ordinal) ? "Names that begin with '_' are reserved for the framework."
                        : isOption
                        ? $"A command that accepts parameters has its own option '--{name.Replace('_', '-')}', which the "
                            + "parameter would hide."
                        : "The framework uses that name itself.",
                    $"Rename it, or give it another name: [{AttributeOf(property)}(Name = \"…\")].");
            }
        }
    }

    private static string AttributeOf(IPropertySymbol property) => FlowMembers.RoleOf(property) switch
    {
        PropertyRole.Parameter => "Parameter",
        PropertyRole.IncludeFile => "IncludeFile",
        _ => "Artifact",
    };
}
