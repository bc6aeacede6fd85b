namespace Metaflow.Graph;

/// <summary>Says what the transitions of one step amount to.</summary>
internal static class TransitionShape
{
    /// <summary>Returns the kind that transitions make of a step that is neither a join nor the end.</summary>
    /// <param name="transitions">The transitions. The same one written twice (two <c>return Next(Train)</c>) is one.</param>
    /// <returns>A split, or linear.</returns>
    public static StepKind Of(IReadOnlyList<TransitionNode> transitions)
    {
        if (transitions.Count == 0)
        {
            return StepKind.Linear;
        }

        var first = transitions[0];
        for (var i = 1; i < transitions.Count; i++)
        {
            if (!IsSame(first, transitions[i]))
            {
                return StepKind.SplitSwitch;
            }
        }

        if (first.IsParallel)
        {
            return StepKind.SplitParallel;
        }

        if (first.ForeachArtifact is not null)
        {
            return StepKind.SplitForeach;
        }

        return first.Targets.Count > 1 ? StepKind.SplitStatic : StepKind.Linear;
    }

    /// <summary>Returns true if a kind opens a split that a join must close.</summary>
    /// <param name="kind">A kind.</param>
    /// <returns>Whether it does; a switch does not.</returns>
    public static bool IsSplit(StepKind kind) => kind is StepKind.SplitStatic or StepKind.SplitForeach or StepKind.SplitParallel;

    private static bool IsSame(TransitionNode one, TransitionNode other) => one with { Line = 0 } == other with { Line = 0 };
}
