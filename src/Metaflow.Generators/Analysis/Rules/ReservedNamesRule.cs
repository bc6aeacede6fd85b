using Metaflow.Generators.Extraction;
using Metaflow.Generators.Model;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>Parameters and artifacts have names that the command line and the store do not use themselves.</summary>
internal sealed class ReservedNamesRule : IFlowRule
{
    private static readonly HashSet<string> OfOptions =
    [
        "params", "with", "tag", "namespace", "obj", "tags", "decospecs", "run_id_file", "max_num_splits", "max_workers", "max_log_size", "user_namespace",
        "run_id", "task_id", "runner_attribute_file",
    ];

    private static readonly HashSet<string> OfFlows = ["name", "next", "input", "index", "cmd", "foreach_stack", "script_name"];

    public IEnumerable<Diagnostic> Check(FlowClass flow)
    {
        foreach (var property in flow.Properties)
        {
            var name = FlowMembers.DiskNameOf(property);
            var isParameter = FlowMembers.RoleOf(property) != PropertyRole.Artifact;
            if (OfFlows.Contains(name) || name.StartsWith("_", StringComparison.Ordinal) || (isParameter && OfOptions.Contains(name.Replace('-', '_'))))
            {
                yield return Descriptors.Report(
                    RuleCodes.ReservedMemberName, GeneratedFiles.PlaceOf(property),
                    $"{(isParameter ? "The parameter" : "The artifact")} '{property.Name}' is '{name}' on disk.",
                    name.StartsWith("_", StringComparison.Ordinal) ? "Names that begin with '_' are the framework's own." : "The framework uses that name itself.",
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
