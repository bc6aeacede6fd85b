using Metaflow.Naming;

namespace Metaflow.Graph.Rules;

/// <summary>Every step but the last moves on, and to steps that exist.</summary>
internal sealed class TransitionRule : IGraphRule
{
    public IEnumerable<GraphProblem> Check(FlowGraph graph) => graph.Steps.SelectMany(step => Check(step, graph));

    private static IEnumerable<GraphProblem> Check(StepNode step, FlowGraph graph)
    {
        // Without a last step, a step that returns nothing is probably it: that is said already.
        if ((step.Transitions.Count == 0 || step.ReturnsNothing)
            && graph.KindOf(step) != StepKind.End && !(graph.EndStep is null && step.ReturnsNothing))
        {
            yield return Problem.At(
                step, RuleCodes.MissingTransition,
                $"Step '{step.Name}' does not move on.",
                step.ReturnsNothing ? "It returns nothing, which only the last step does." : "Its own body has no Next(…).",
                step.ReturnsNothing
                    ? "Return Transition and end with 'return Next(…);', or mark it [Step(End = true)]."
                    : "End it with 'return Next(…);'.");
        }

        foreach (var transition in step.Transitions)
        {
            if (transition.Targets.Count == 0)
            {
                yield return Problem.At(
                    step, transition, RuleCodes.EmptyTransition,
                    $"Step '{step.Name}' calls Next without a step.",
                    "A transition says where the flow goes.",
                    "Give Next the steps to move on to.");
            }

            var names = graph.Steps.Select(static other => other.Name);
            foreach (var target in transition.Targets.Distinct().Where(target => graph.Find(target) is null))
            {
                yield return Problem.At(
                    step, RuleCodes.UnknownTarget,
                    $"Step '{step.Name}' of flow '{graph.FlowName}' moves on to '{target}'.",
                    $"'{target}' is not a step; the steps are {Problem.Names(names)}.",
                    ClosestName.Find(target, names) is { } closest
                        ? $"Did you mean '{closest}'? If not, add a method marked [Step] for '{target}'."
                        : $"Add a method marked [Step] for '{target}', or correct the name in '{step.Name}'.")
                    .AtTarget(step, transition, target);
            }
        }
    }
}
