namespace Metaflow.Graph;

/// <summary>What is derived of one step.</summary>
/// <param name="step">The step.</param>
/// <param name="kind">Its kind.</param>
/// <param name="next">The names of the steps it may move on to, each once.</param>
/// <param name="opensSplit">Whether its tasks are followed by several that must be joined.</param>
internal sealed class StepFacts(StepNode step, StepKind kind, IReadOnlyList<string> next, bool opensSplit)
{
    private OpenBranch[] _branches = [];

    public StepNode Step { get; } = step;

    public StepKind Kind { get; } = kind;

    public IReadOnlyList<string> Next { get; } = next;

    public bool OpensSplit { get; } = opensSplit;

    public List<StepNode> Parents { get; } = [];

    /// <summary>Gets a value indicating whether a path leads here from the first step.</summary>
    public bool IsReached { get; private set; }

    /// <summary>Gets the branch in which the first path arrives.</summary>
    public OpenBranch? Arriving { get; private set; }

    /// <summary>Gets the branch in which the step runs: for a join, the one around the split that it closes.</summary>
    public OpenBranch? Open { get; private set; }

    /// <summary>Gets or sets the join that closes the split that this step opens.</summary>
    public string? MatchingJoin { get; set; }

    /// <summary>Gets the split that this join closes.</summary>
    public StepNode? Closes => Kind == StepKind.Join ? Arriving?.Split : null;

    /// <summary>Notes the first path that leads here.</summary>
    /// <param name="arriving">The branch in which it arrives.</param>
    public void Reach(OpenBranch? arriving)
    {
        IsReached = true;
        Arriving = arriving;
        Open = Kind == StepKind.Join ? arriving?.Outer : arriving;
        if (OpensSplit)
        {
            var isForeach = TransitionShape.Of(Step.Transitions) is StepKind.SplitForeach or StepKind.SplitParallel;
            _branches = Next.Select(target => new OpenBranch(Step, target, Open, isForeach)).ToArray();
        }
    }

    /// <summary>Returns the branch that a transition leads into.</summary>
    /// <param name="index">The transition's index in <see cref="Next"/>.</param>
    /// <returns>The frame, or <see langword="null"/> outside every split.</returns>
    public OpenBranch? Leaving(int index) => OpensSplit ? _branches[index] : Open;
}
