using System.Collections.Immutable;
using Metaflow.Generators.Extraction;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>What a merge is given makes sense, and what it takes over does not differ between the inputs.</summary>
internal sealed class MergeRule : IFlowRule
{
    public IEnumerable<Diagnostic> Check(FlowClass flow)
    {
        var merging = flow.OwnSteps.Where(static step => step.Accesses.Merges.Count > 0).ToList();
        return merging.SelectMany(static step => step.Accesses.Merges).SelectMany(merge => CheckLists(flow, merge))
            .Concat(flow.Symbol.IsAbstract || !flow.IsWhole ? [] : merging.SelectMany(step => CheckValues(flow, step)));
    }

    private static IEnumerable<Diagnostic> CheckLists(FlowClass flow, MergeCall merge)
    {
        if (merge is { Exclude.Count: > 0, Include.Count: > 0 })
        {
            yield return Descriptors.Report(
                RuleCodes.MergeIncludesAndExcludes, merge.Place,
                "MergeArtifacts has both 'include' and 'exclude'.",
                "One says what to take, the other what to leave out.",
                "Use only one of them.");
        }

        foreach (var name in (merge.Exclude ?? []).Concat(merge.Include ?? []).Where(static name => name.Artifact is null))
        {
            var isParameter = flow.Chain.SelectMany(FlowMembers.PropertiesOf).Any(property => property.Name == name.Text);
            yield return Descriptors.Report(
                RuleCodes.MergeNamesNoArtifact, name.Place,
                $"'{name.Text}' is not an artifact of '{flow.Symbol.Name}'.",
                isParameter
                    ? "A parameter is the same in every task and needs no merge."
                    : "A name must be the name of a partial property, or its name on disk.",
                isParameter ? "Remove it from the list." : "Write nameof(…) of the artifact.");
        }
    }

    private static IEnumerable<Diagnostic> CheckValues(FlowClass flow, StepSource join)
    {
        var conflicts = flow.Conflicts.At(join.Node);
        foreach (var merge in join.Accesses.Merges)
        {
            var taken = conflicts.Where(conflict => merge.Takes(conflict.Artifact)).ToList();
            if (taken.Count > 0)
            {
                yield return ProblemOf(flow, join, merge, taken);
            }
        }
    }

    private static Diagnostic ProblemOf(FlowClass flow, StepSource join, MergeCall merge, List<JoinConflict> taken)
    {
        var isCertain = taken.Any(static conflict => conflict.IsCertain);
        var names = taken.Select(conflict => $"'{flow.MemberOf(conflict.Artifact)}'").ToList();
        var where = string.Join(", ", taken.SelectMany(static conflict => conflict.Where).Distinct().Select(static step => $"'{step}'"));
        var message = $"The inputs of '{join.Node.Name}' {(isCertain ? "" : "may ")}disagree about {string.Join(", ", names)}. "
            + $"{(taken.Count == 1 ? "It is" : "They are")} set after the split, in the "
            + $"branch{(taken.SelectMany(static conflict => conflict.Where).Distinct().Count() == 1 ? "" : "es")} of {where}. "
            + $"Set {(taken.Count == 1 ? "it" : "them")} before MergeArtifacts, or leave {(taken.Count == 1 ? "it" : "them")} "
            + "out with 'exclude'.";
        return Descriptors.Report(
            RuleCodes.MergeOfDifferent, merge.Place, isCertain ? DiagnosticSeverity.Warning : DiagnosticSeverity.Info, message,
            ImmutableDictionary<string, string?>.Empty.Add(
                FlowClass.ExcludeKey, string.Join(",", taken.Select(conflict => flow.MemberOf(conflict.Artifact)))));
    }
}
