namespace Metaflow.Graph.Rules;

/// <summary>The step of a gang is marked so, is reached as a gang only, and is followed by a join.</summary>
internal sealed class GangRule : IGraphRule
{
    public IEnumerable<GraphProblem> Check(FlowGraph graph)
    {
        foreach (var step in graph.Steps)
        {
            foreach (var transition in step.Transitions)
            {
                var targets = transition.Targets.Distinct().Select(graph.Find).OfType<StepNode>();
                foreach (var target in targets.Where(static target => !target.TakesInputs))
                {
                    if (Marking(step, transition, target) is { } problem)
                    {
                        yield return problem;
                    }
                }
            }

            foreach (var problem in graph.KindOf(step) == StepKind.SplitParallel ? NotJoined(step, graph) : [])
            {
                yield return problem;
            }
        }

        if (graph.StartStep is { IsMarkedParallel: true } start)
        {
            yield return WithoutGang(start, "It is the first step of the flow, which runs once.");
        }
    }

    private static GraphProblem? Marking(StepNode step, TransitionNode transition, StepNode target)
    {
        if (transition.IsParallel && !target.IsMarkedParallel)
        {
            return Problem.At(
                step, RuleCodes.GangStepNotMarked,
                $"Step '{step.Name}' starts a gang of '{target.Name}', which is not marked [Parallel].",
                "The attribute of the step prepares the tasks of a gang.",
                $"Mark '{target.MethodName}' with [Parallel], or use forEach: if its tasks need not run together.")
                .AtTarget(step, transition, target.Name);
        }

        return !transition.IsParallel && target.IsMarkedParallel && target.Name != step.Name
            ? WithoutGang(target, $"Step '{step.Name}' moves on to it without numParallel.").AtTarget(step, transition, target.Name)
            : null;
    }

    private static GraphProblem WithoutGang(StepNode step, string why) => Problem.At(
        step, RuleCodes.ParallelStepWithoutGang,
        $"Step '{step.Name}' is marked [Parallel] but does not run as a gang.",
        why,
        $"Write Next({step.MethodName}, numParallel: …), or remove [Parallel] from '{step.MethodName}'.");

    private static IEnumerable<GraphProblem> NotJoined(StepNode step, FlowGraph graph) =>
        from target in graph.NextOf(step)
        let gang = graph.Find(target)
        where gang is { TakesInputs: false } && (TransitionShape.Of(gang.Transitions) != StepKind.Linear
            || !graph.NextOf(gang).All(next => graph.Find(next) is null or { TakesInputs: true }))
        select Problem.At(
            gang, RuleCodes.GangNotJoined,
            $"Step '{gang.Name}' runs as a gang but does not move on to a join.",
            "The tasks of a gang end together and must be joined immediately.",
            $"Let '{gang.Name}' return Next of a step that takes Inputs.");
}
