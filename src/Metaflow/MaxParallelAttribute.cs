using Metaflow.Errors;
using Metaflow.Graph;

namespace Metaflow;

/// <summary>Limits how many tasks of a step run at once in a run, whichever launcher runs them. For example, a database accepts five
/// connections, or there are three licences.</summary>
/// <param name="tasks">The maximum number of tasks, 1 or more.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class MaxParallelAttribute(int tasks) : DecoratorAttribute
{
    /// <summary>Initializes a limit of one task, for <c>--with max_parallel:tasks=5</c> to change.</summary>
    public MaxParallelAttribute()
        : this(1)
    {
    }

    /// <summary>Gets or sets the maximum number of tasks that run at once, 1 or more. A larger gang runs alone.</summary>
    public int Tasks { get; set; } = tasks;

    /// <inheritdoc/>
    public override IEnumerable<GraphProblem> Check(StepNode step, FlowGraph graph)
        => Decorators.StepProblem.Of(step, subject => Graph.Rules.DecoratorRules.CheckMaxParallel(subject, Tasks));
}
