namespace Metaflow.Graph.Rules;

/// <summary>Places problems at steps and transitions.</summary>
internal static class Problem
{
    private const int MaxNames = 10;

    public static GraphProblem OfFlow(string code, string what, string why, string fix)
        => new(code, ProblemSeverity.Error, what, why, fix, null, 0, "");

    public static GraphProblem At(StepNode step, string code, string what, string why, string fix)
        => new(code, ProblemSeverity.Error, what, why, fix, step.Name, step.Line, step.SourceFile);

    public static GraphProblem At(StepNode step, TransitionNode transition, string code, string what, string why, string fix)
        => new(code, ProblemSeverity.Error, what, why, fix, step.Name, transition.Line, step.SourceFile)
        { TransitionOrdinal = OrdinalOf(step, transition) };

    /// <summary>Places a problem at the first target of a transition that has a name.</summary>
    public static GraphProblem AtTarget(this GraphProblem problem, StepNode step, TransitionNode transition, string target)
        => problem.AtTarget(step, transition, OrdinalOf(transition, target));

    /// <summary>Places a problem at a target of a transition.</summary>
    public static GraphProblem AtTarget(this GraphProblem problem, StepNode step, TransitionNode transition, int ordinal) => problem with
    {
        Step = step.Name,
        Line = transition.Line,
        SourceFile = step.SourceFile,
        TransitionOrdinal = OrdinalOf(step, transition),
        Target = transition.Targets[ordinal],
        TargetOrdinal = ordinal,
    };

    /// <summary>Places a problem at the first target with a name in any transition of a step.</summary>
    public static GraphProblem AtTarget(this GraphProblem problem, StepNode step, string target)
        => problem.AtTarget(step, step.Transitions.First(transition => transition.Targets.Contains(target)), target);

    /// <summary>Returns names in quotes with commas; the first ten of many.</summary>
    public static string Names(IEnumerable<string> names)
    {
        var shown = names.Take(MaxNames + 1).Select(static name => $"'{name}'").ToList();
        if (shown.Count > MaxNames)
        {
            shown[MaxNames] = "…";
        }

        return string.Join(", ", shown);
    }

    // Two transitions with equal targets on one line are equal records: which one is meant, the object says.
    private static int OrdinalOf(StepNode step, TransitionNode transition)
        => Enumerable.Range(0, step.Transitions.Count).First(ordinal => ReferenceEquals(step.Transitions[ordinal], transition));

    private static int OrdinalOf(TransitionNode transition, string target)
        => Enumerable.Range(0, transition.Targets.Count).First(ordinal => transition.Targets[ordinal] == target);
}
