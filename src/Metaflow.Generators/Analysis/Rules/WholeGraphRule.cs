using System.Collections.Immutable;
using Metaflow.Generators.Extraction;
using Metaflow.Graph;
using Metaflow.Graph.Rules;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>Reports what the rules of the graph say, each at its place in the source.</summary>
internal sealed class WholeGraphRule : IFlowRule
{
    public IEnumerable<Diagnostic> Check(FlowClass flow)
    {
        // An abstract flow is finished by others.
        if (flow.Symbol.IsAbstract)
        {
            return [];
        }

        // One with a base in another assembly is checked when it runs; what a body lacks is seen here too.
        if (!flow.IsWhole)
        {
            return flow.OwnSteps.Where(HasNoTransition).Select(static step => Descriptors.Report(
                RuleCodes.MissingTransition, step.Declaration.Identifier.GetLocation(),
                $"Step '{step.Node.Name}' does not move on.",
                "Its own body has no Next(…).",
                "End it with 'return Next(…);'."));
        }

        return GraphRules.Check(flow.Graph).Where(problem => !IsSaidElsewhere(flow, problem)).Select(problem => Descriptors.Report(
            Named(flow, problem), PlaceOf(flow, problem), problem.Code == RuleCodes.LostAtJoin ? MergeFor(flow, problem) : null));
    }

    private static bool HasNoTransition(StepSource step)
        => step.Node is { Transitions.Count: 0, ReturnsNothing: false, IsMarkedEnd: false } && step.Node.Name != "end"
            && StepSignatures.Of(step.Method) is not null;

    /// <summary>Says what a merge in the join has to leave out; nothing when it would not pass on any of what is lost.</summary>
    private static ImmutableDictionary<string, string?>? MergeFor(FlowClass flow, GraphProblem problem)
    {
        if (flow.SourceOf(problem.Step) is not { } join)
        {
            return null;
        }

        var conflicts = flow.Conflicts.At(join.Node).Select(static conflict => conflict.Artifact)
            .Where(name => !join.Accesses.Assigned.ContainsKey(name)).ToList();
        return problem.Artifacts.All(conflicts.Contains)
            ? null
            : ImmutableDictionary<string, string?>.Empty.Add(FlowClass.ExcludeKey, string.Join(",", conflicts.Select(flow.MemberOf)));
    }

    private static bool IsSaidElsewhere(FlowClass flow, GraphProblem problem)
    {
        if (flow.SourceOf(problem.Step) is not { } step)
        {
            return false;
        }

        return (IsOfBase(flow, step) && !step.Method.ContainingType.IsAbstract)
            || (problem.Code == RuleCodes.UnknownTarget && TargetOf(step, problem) is { IsUnresolved: false })
            || (problem.Code == RuleCodes.MissingTransition && StepSignatures.Of(step.Method) is null);
    }

    private static bool IsOfBase(FlowClass flow, StepSource step)
        => !SymbolEqualityComparer.Default.Equals(step.Method.ContainingType, flow.Symbol);

    // What several flows inherit is told at one place, for those of them alone that have the problem.
    private static GraphProblem Named(FlowClass flow, GraphProblem problem)
        => flow.SourceOf(problem.Step) is { } step && IsOfBase(flow, step)
            ? problem with { What = $"In flow '{flow.Symbol.Name}': {problem.What}" }
            : problem;

    private static Location PlaceOf(FlowClass flow, GraphProblem problem)
        => flow.SourceOf(problem.Step) is not { } step ? flow.Place
            : TargetOf(step, problem)?.Syntax.GetLocation() ?? CallOf(step, problem)?.Syntax.GetLocation()
            ?? step.Accesses.Reads.FirstOrDefault(read => read.Name == problem.Artifact)?.Place
            ?? step.Declaration.Identifier.GetLocation();

    // The calls are in the order of the node's transitions, and what they name is in the order of the transition's targets.
    private static NextCall? CallOf(StepSource step, GraphProblem problem)
        => problem.TransitionOrdinal is { } ordinal ? step.Calls[ordinal] : null;

    private static NextTarget? TargetOf(StepSource step, GraphProblem problem)
        => problem.TargetOrdinal is { } ordinal ? CallOf(step, problem)?.Targets[ordinal] : null;
}
