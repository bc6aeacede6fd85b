namespace Metaflow.Graph.Rules;

/// <summary>A step does one of four things: it continues, branches, iterates or chooses.</summary>
internal sealed class TransitionShapeRule : IGraphRule
{
    public IEnumerable<GraphProblem> Check(FlowGraph graph)
        => graph.Steps.SelectMany(step => Check(step, TransitionShape.Of(step.Transitions), graph.KindOf(step) == StepKind.End));

    private static IEnumerable<GraphProblem> Check(StepNode step, StepKind shape, bool isEnd)
    {
        if (step.TakesInputs && shape != StepKind.Linear && !isEnd)
        {
            yield return Problem.At(
                step, step.Transitions[0], RuleCodes.JoinAndSplit,
                $"Step '{step.Name}' is a join and {(shape == StepKind.SplitSwitch ? "a switch" : "a split")} at once.",
                "A join moves on to a single step.",
                $"Return Next of a new step, and let it do what '{step.Name}' does after joining.");
        }

        foreach (var transition in step.Transitions)
        {
            if (shape == StepKind.SplitSwitch && !IsSingle(transition) && !step.DropsTransition)
            {
                yield return Problem.At(
                    step, transition, RuleCodes.MixedTransitions,
                    $"Step '{step.Name}' chooses between transitions, and one of them is a split.",
                    "A switch chooses between single steps.",
                    "Choose a single step here, and let it split.");
            }
            else if (IsIteration(transition) && transition.Targets.Count > 1)
            {
                yield return Problem.At(
                    step, transition, RuleCodes.ForeachSeveralTargets,
                    $"Step '{step.Name}' iterates over items with {transition.Targets.Count} steps.",
                    "A foreach starts one step for each item.",
                    "Name one step, and let it branch.");
            }

            foreach (var ordinal in NamedTwice(transition))
            {
                yield return Problem.At(
                    step, RuleCodes.TargetNamedTwice,
                    $"Step '{step.Name}' names '{transition.Targets[ordinal]}' twice in one Next.",
                    "Metaflow distinguishes branches by their first step.",
                    "Name each step once. To run one step several times, use forEach.")
                    .AtTarget(step, transition, ordinal);
            }
        }
    }

    /// <summary>Returns the places of the targets at which a name is given for the second time.</summary>
    private static IEnumerable<int> NamedTwice(TransitionNode transition)
    {
        var times = new Dictionary<string, int>();
        for (var ordinal = 0; ordinal < transition.Targets.Count; ordinal++)
        {
            var name = transition.Targets[ordinal];
            times[name] = times.TryGetValue(name, out var before) ? before + 1 : 1;
            if (times[name] == 2)
            {
                yield return ordinal;
            }
        }
    }

    private static bool IsIteration(TransitionNode transition) => transition.IsParallel || transition.ForeachArtifact is not null;

    private static bool IsSingle(TransitionNode transition) => !IsIteration(transition) && transition.Targets.Count <= 1;
}
