namespace Metaflow.Graph.Rules;

/// <summary>Places problems at steps and transitions.</summary>
internal static class Problem
{
    private const int MaxNames = 10;

    public static GraphProblem OfFlow(string code, string what, string why, string fix) => new(code, ProblemSeverity.Error, what, why, fix, null, 0, "");

    public static GraphProblem At(StepNode step, string code, string what, string why, string fix)
        => new(code, ProblemSeverity.Error, what, why, fix, step.Name, step.Line, step.SourceFile);

    public static GraphProblem At(StepNode step, TransitionNode transition, string code, string what, string why, string fix)
        => new(code, ProblemSeverity.Error, what, why, fix, step.Name, transition.Line, step.SourceFile) { IsAboutTransition = true };

    /// <summary>Returns the transition that names a target.</summary>
    public static TransitionNode TransitionTo(StepNode step, string target)
        => step.Transitions.First(transition => transition.Targets.Contains(target));

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
}
