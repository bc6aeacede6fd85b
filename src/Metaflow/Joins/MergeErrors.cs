using Metaflow.Errors;
using Metaflow.Naming;

namespace Metaflow.Joins;

/// <summary>The errors of a merge.</summary>
internal static class MergeErrors
{
    private const int MaxExplained = 3;

    public static StepFailedException Conflict(IReadOnlyList<ArtifactMerge.Candidate> conflicts)
    {
        var names = conflicts.Select(static conflict => conflict.Record.Name).Order(StringComparer.Ordinal).ToList();
        var where = conflicts.Take(MaxExplained)
            .Select(
                static conflict => $"'{conflict.Record.Name}' differs between '{Short(conflict.Input)}' and '{Short(conflict.Other!)}'");
        return new(
            ErrorCodes.MergeConflict,
            $"The inputs disagree about the artifact{(names.Count == 1 ? "" : "s")} {Quoted(names)}; nothing was merged.",
            $"{string.Join(", ", where)}{(conflicts.Count > MaxExplained ? ", and so on" : "")}.",
            "Set them in the join before MergeArtifacts, or exclude them: exclude: [nameof(…)].");
    }

    public static StepFailedException Missing(IReadOnlyList<string> names, int inputs) => new(
        ErrorCodes.MergeIncludesMissing,
        $"MergeArtifacts cannot include {Quoted(names)}; nothing was merged.",
        inputs == 0 ? "The join has no inputs." : $"None of the {inputs} inputs has {(names.Count == 1 ? "it" : "them")}.",
        "Set it in the steps before the join, or remove it from 'include'.");

    public static StepFailedException NotInJoin(string flow) => new(
        ErrorCodes.MergeOutsideJoin,
        $"MergeArtifacts was called on a '{flow}' outside a join.",
        "Only a step that takes inputs can merge them, and only into its own flow object.",
        "Call it in the body of the join, with the inputs of the join.");

    public static StepFailedException BothLists() => new(
        ErrorCodes.MergeListsExclude,
        "MergeArtifacts got both 'include' and 'exclude'.",
        "One says what to take, the other what to leave out. Together they are ambiguous.",
        "Use only one of them.");

    public static StepFailedException Unknown(string name, IReadOnlyList<string> known)
    {
        var closest = ClosestName.Find(name, known);
        return new(
            ErrorCodes.MergeNameUnknown,
            $"MergeArtifacts got '{name}', which is not an artifact.",
            "Neither the flow's class nor an input has an artifact with this name.",
            closest is null ? "Write nameof(…) of the artifact's property." : $"Did you mean '{closest}'?");
    }

    private static string Quoted(IEnumerable<string> names) => string.Join(", ", names.Select(static name => $"'{name}'"));

    private static string Short(JoinInput input) => $"{input.Path.Step}/{input.Path.TaskId}";
}
