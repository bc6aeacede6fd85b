using Metaflow.Errors;
using Metaflow.Graph;

namespace Metaflow;

/// <summary>Limits how many tasks of a step run at once in a run, whatever runs them: for a database that takes five connections, or a
/// licence for three.</summary>
/// <param name="tasks">The most tasks, from 1.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class MaxParallelAttribute(int tasks) : DecoratorAttribute
{
    /// <summary>Initializes a limit of one task, for <c>--with max_parallel:tasks=5</c> to change.</summary>
    public MaxParallelAttribute()
        : this(1)
    {
    }

    /// <summary>Gets or sets the most tasks that run at once, from 1. A gang that is larger runs by itself.</summary>
    public int Tasks { get; set; } = tasks;

    /// <inheritdoc/>
    public override IEnumerable<GraphProblem> Check(StepNode step, FlowGraph graph)
        => Decorators.StepProblem.Of(step, subject => Graph.Rules.DecoratorRules.CheckMaxParallel(subject, Tasks));
}
