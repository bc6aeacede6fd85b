using Metaflow.Decorators;
using Metaflow.Graph;

namespace Metaflow.Scheduling;

/// <summary>What the scheduler's decisions about a step depend on: kept with a run, so that it is continued only by a program that
/// decides the same.</summary>
/// <param name="Name">The step's name on disk.</param>
/// <param name="Shape">Its kind, what it moves on to, and the join that closes its split, as text.</param>
/// <param name="Budget">How often its tasks are tried.</param>
internal sealed record StepIdentity(string Name, string Shape, RetryBudget Budget)
{
    private const string TargetsFollow = " to ";
    private const string JoinFollows = " until ";

    /// <summary>Gets what its tasks take of the machine: which of them ran at once follows from it. The default is nothing.</summary>
    public TaskDemand Demand { get; init; }

    /// <summary>Gets how many of its tasks may run at once; <see langword="null"/>, the default, for any number.</summary>
    public int? MaxParallel { get; init; }

    /// <summary>Gets the steps that the shape says it moves on to.</summary>
    private string[] Targets
    {
        get
        {
            var from = Shape.IndexOf(TargetsFollow, StringComparison.Ordinal) + TargetsFollow.Length;
            var to = Shape.IndexOf(JoinFollows, from, StringComparison.Ordinal);
            return Shape[from..(to < 0 ? Shape.Length : to)].Split(',', StringSplitOptions.RemoveEmptyEntries);
        }
    }

    /// <summary>Returns the identities of all steps.</summary>
    /// <param name="policy">What is decided by.</param>
    /// <returns>The identities, in the order of the graph.</returns>
    public static IReadOnlyList<StepIdentity> Of(SchedulerPolicy policy) =>
    [
        .. policy.Graph.Steps.Select(step => new StepIdentity(step.Name, ShapeOf(policy.Graph, step), policy.BudgetOf(step.Name))
        {
            Demand = policy.DemandOf(step.Name),
            MaxParallel = policy.MaxParallelOf(step.Name),
        }),
    ];

    /// <summary>Returns the steps that a run has reached and that are not what they were.</summary>
    /// <param name="before">The steps as they were recorded.</param>
    /// <param name="now">The steps of the program that would continue the run.</param>
    /// <param name="reached">The steps that the run has reached.</param>
    /// <returns>The names, sorted.</returns>
    public static IReadOnlyList<string> Changed(
        IReadOnlyList<StepIdentity> before, IReadOnlyList<StepIdentity> now, IReadOnlySet<string> reached)
    {
        var shapes = now.ToDictionary(static step => step.Name, static step => step.Shape, StringComparer.Ordinal);
        return
        [
            .. before.Where(step => reached.Contains(step.Name) && shapes.GetValueOrDefault(step.Name) != step.Shape)
                .Select(static step => step.Name).Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Returns the start step when the run began with another one than a program would, or with one that is not what it
    /// was.</summary>
    /// <param name="before">The steps as they were recorded.</param>
    /// <param name="start">The start step of the program that would continue the run.</param>
    /// <returns>The name of the run's start step; nothing when it is the same.</returns>
    public static IReadOnlyList<string> ChangedStart(IReadOnlyList<StepIdentity> before, string? start)
    {
        // No other step moves on to it, unless the flow begins with a loop.
        var targets = before.SelectMany(static step => step.Targets).ToHashSet(StringComparer.Ordinal);
        var recorded = before.Where(step => !targets.Contains(step.Name)).Select(static step => step.Name).ToList();
        return recorded.Contains(start!) || (recorded.Count == 0 && before.Any(step => step.Name == start))
            ? []
            : recorded.Count > 0
            ? recorded
            : [before[0].Name];
    }

    private static string ShapeOf(FlowGraph graph, StepNode step)
    {
        var kind = graph.KindOf(step);
        var joins = step.TakesInputs ? " of inputs" : "";
        var closed = graph.MatchingJoinOf(step) is { } join ? $"{JoinFollows}{join}" : "";
        return $"{kind}{joins}{TargetsFollow}{string.Join(',', graph.NextOf(step))}{closed}";
    }
}
