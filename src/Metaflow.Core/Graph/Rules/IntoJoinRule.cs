namespace Metaflow.Graph.Rules;

/// <summary>Splits and switches do not lead directly into a join.</summary>
internal sealed class IntoJoinRule : IGraphRule
{
    public IEnumerable<GraphProblem> Check(FlowGraph graph)
    {
        foreach (var step in graph.Steps)
        {
            var shape = TransitionShape.Of(step.Transitions);
            if (shape == StepKind.Linear || step.DropsTransition)
            {
                continue;
            }

            foreach (var target in graph.NextOf(step).Where(target => graph.Find(target) is { TakesInputs: true }))
            {
                yield return (shape == StepKind.SplitSwitch ? OfSwitch(step, target) : OfSplit(step, target)).AtTarget(step, target);
            }
        }
    }

    private static GraphProblem OfSwitch(StepNode step, string join) => Problem.At(
        step, RuleCodes.SwitchIntoJoin,
        $"Step '{step.Name}' is a switch, and one choice is the join '{join}'.",
        "Only steps that always lead to a join may lead to it.",
        $"Choose a new step instead, and let it return Next of '{join}'.");

    private static GraphProblem OfSplit(StepNode step, string join) => Problem.At(
        step, RuleCodes.SplitIntoJoin,
        $"Step '{step.Name}' splits directly into the join '{join}'.",
        "There is no task between them, so there is nothing to join.",
        $"Put a step between '{step.Name}' and '{join}'.");
}
