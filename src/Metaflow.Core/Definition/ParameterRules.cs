using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Naming;

namespace Metaflow.Definition;

/// <summary>Checks the names of a flow's parameters, and the encodings of its included texts.</summary>
public static class ParameterRules
{
    // The reference's list, so that a flow can be carried over, and `help`, which the command line takes first.
    private static readonly string[] Reserved =
    [
        "params", "with", "tag", "namespace", "obj", "tags", "decospecs", "run_id_file", "max_num_splits", "max_workers", "max_log_size",
        "user_namespace", "run_id", "task_id", "runner_attribute_file", "help",
    ];

    // Options of our own of the commands that take parameters: a parameter would hide them.
    private static readonly string[] Hidden =
        ["cache", "explain", "explain_json", "until", "dry_run", "origin_run_id", "rerun_changed", "clone_only", "reentrant", "config", "config_value", "continue"];

    /// <summary>Checks the names.</summary>
    /// <param name="definition">The flow.</param>
    /// <returns>A problem MF2011 for each name that is reserved, or that differs from an earlier one only by case; MF1055 for an
    /// included text in an encoding that is not known.</returns>
    public static IReadOnlyList<GraphProblem> Check(FlowDefinition definition)
    {
        var problems = new List<GraphProblem>();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var parameter in definition.Parameters)
        {
            var name = parameter.Name.Replace('-', '_');
            if (Reserved.Contains(name))
            {
                problems.Add(Problem(definition, $"Parameter name '{parameter.Name}' is a reserved word.", $"'run' has an option '{parameter.OptionName}' of its own."));
            }

            if (Hidden.Contains(name))
            {
                problems.Add(Problem(definition, $"Parameter '{parameter.Name}' hides an option.", $"A command that takes parameters has an option '{parameter.OptionName}' of its own."));
            }

            if (parameter.IncludeFile is { IsText: true } include && EncodingNames.CodePageOf(include.Encoding) is null)
            {
                problems.Add(Problem(
                    definition, $"The encoding '{include.Encoding}' of '{parameter.Name}' is not known.", "It is none of the names that .NET and Python have for an encoding.") with
                {
                    Code = RuleCodes.EncodingUnknown,
                    Fix = "Write a name such as 'utf-8', 'utf-16', 'latin-1', 'windows-1252' or 'shift_jis'.",
                });
            }

            if (!seen.Add(name))
            {
                problems.Add(Problem(
                    definition, $"Parameter '{parameter.Name}' is specified twice.", "Parameter names are case-insensitive, as environment variables are on some systems."));
            }
        }

        return problems;
    }

    private static GraphProblem Problem(FlowDefinition definition, string what, string why) => new(
        ErrorCodes.ParameterNameTaken,
        ProblemSeverity.Error,
        what,
        why,
        "Rename the property, or set 'Name' of its attribute.",
        Step: null,
        Line: 1,
        definition.SourceFile);
}
