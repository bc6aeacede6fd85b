using Metaflow.Decorators;
using Metaflow.Graph;

namespace Metaflow.Scheduling;

/// <summary>What the scheduler's decisions about a step depend on: kept with a run, so that it is continued only by a program that decides the same.</summary>
/// <param name="Name">The step's name on disk.</param>
/// <param name="Shape">Its kind, what it moves on to, and the join that closes its split, as text.</param>
/// <param name="Budget">How often its tasks are tried.</param>
internal sealed record StepIdentity(string Name, string Shape, RetryBudget Budget)
{
    /// <summary>Gets what its tasks take of the machine: which of them ran at once follows from it. The default is nothing.</summary>
    public TaskDemand Demand { get; init; }

    /// <summary>Returns the identities of all steps.</summary>
    /// <param name="policy">What is decided by.</param>
    /// <returns>The identities, in the order of the graph.</returns>
    public static IReadOnlyList<StepIdentity> Of(SchedulerPolicy policy)
        => [.. policy.Graph.Steps.Select(step => new StepIdentity(step.Name, ShapeOf(policy.Graph, step), policy.BudgetOf(step.Name)) { Demand = policy.DemandOf(step.Name) })];

    /// <summary>Returns the steps that a run has come to and that are not what they were.</summary>
    /// <param name="before">The steps as they were recorded.</param>
    /// <param name="now">The steps of the program that would continue the run.</param>
    /// <param name="reached">The steps that the run has come to.</param>
    /// <returns>The names, sorted.</returns>
    public static IReadOnlyList<string> Changed(IReadOnlyList<StepIdentity> before, IReadOnlyList<StepIdentity> now, IReadOnlySet<string> reached)
    {
        var shapes = now.ToDictionary(static step => step.Name, static step => step.Shape, StringComparer.Ordinal);
        return [.. before.Where(step => reached.Contains(step.Name) && shapes.GetValueOrDefault(step.Name) != step.Shape).Select(static step => step.Name).Order(StringComparer.Ordinal)];
    }

    private static string ShapeOf(FlowGraph graph, StepNode step)
    {
        var kind = graph.KindOf(step);
        var joins = step.TakesInputs ? " of inputs" : "";
        var closed = graph.MatchingJoinOf(step) is { } join ? $" until {join}" : "";
        return $"{kind}{joins} to {string.Join(',', graph.NextOf(step))}{closed}";
    }
}
