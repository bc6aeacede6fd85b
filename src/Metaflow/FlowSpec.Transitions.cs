using System.Runtime.CompilerServices;

namespace Metaflow;

public abstract partial class FlowSpec
{
    /// <summary>Makes a transition to one task of a step for each item of an asynchronous sequence. The item is the step's
    /// argument.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="step">A step of this flow that takes an item.</param>
    /// <param name="forEach">The items. After the step has returned, all items are awaited and stored as the artifact
    /// <c>_foreach_items</c>. If the sequence throws, the step fails. If there are no items, the join runs next.</param>
    /// <param name="maxParallel">How many tasks of the step may run at once, 1 or more. The default is limited only by the number of
    /// workers. If it is less than 1, the step fails (MF1053).</param>
    /// <returns>The transition, which the step must return.</returns>
    [OverloadResolutionPriority(1)]
    protected Transition Next<T>(Func<T, Transition> step, IAsyncEnumerable<T> forEach, int? maxParallel = null)
        => Transition.Foreach(this, step, forEach, maxParallel);

    /// <inheritdoc cref="Next{T}(Func{T, Transition}, IAsyncEnumerable{T}, int?)"/>
    [OverloadResolutionPriority(1)]
    protected Transition Next<T>(Func<T, Task<Transition>> step, IAsyncEnumerable<T> forEach, int? maxParallel = null)
        => Transition.Foreach(this, step, forEach, maxParallel);

    /// <summary>Makes a transition to one task of a step for each item of an asynchronous sequence. The step takes no argument and reads
    /// <see cref="Current.Index"/>.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="step">A step of this flow.</param>
    /// <param name="forEach">The items.</param>
    /// <param name="maxParallel">How many tasks of the step may run at once, 1 or more. The default is limited only by the number of
    /// workers. If it is less than 1, the step fails (MF1053).</param>
    /// <returns>The transition, which the step must return.</returns>
    [OverloadResolutionPriority(1)]
    protected Transition Next<T>(Func<Transition> step, IAsyncEnumerable<T> forEach, int? maxParallel = null)
        => Transition.Foreach(this, step, forEach, maxParallel);

    /// <inheritdoc cref="Next{T}(Func{Transition}, IAsyncEnumerable{T}, int?)"/>
    [OverloadResolutionPriority(1)]
    protected Transition Next<T>(Func<Task<Transition>> step, IAsyncEnumerable<T> forEach, int? maxParallel = null)
        => Transition.Foreach(this, step, forEach, maxParallel);

    /// <summary>Makes a transition to a gang: tasks of one step that start together, run at the same time, and can communicate.</summary>
    /// <param name="step">A step of this flow that is marked <see cref="ParallelAttribute"/> and leads to a join.</param>
    /// <param name="numParallel">The number of tasks, 1 or more. If it is less than 1, the step fails (MF3010).</param>
    /// <returns>The transition, which the step must return.</returns>
    protected Transition Next(Func<Transition> step, int numParallel) => Transition.Gang(this, step, numParallel);

    /// <inheritdoc cref="Next(Func{Transition}, int)"/>
    protected Transition Next(Func<Task<Transition>> step, int numParallel) => Transition.Gang(this, step, numParallel);

    /// <summary>Makes a transition to a gang whose step takes the task's index in the gang, from 0.</summary>
    /// <param name="step">A step of this flow that is marked <see cref="ParallelAttribute"/>, takes its index, and leads to a
    /// join.</param>
    /// <param name="numParallel">The number of tasks, 1 or more. If it is less than 1, the step fails (MF3010).</param>
    /// <returns>The transition, which the step must return.</returns>
    protected Transition Next(Func<int, Transition> step, int numParallel) => Transition.Gang(this, step, numParallel);

    /// <inheritdoc cref="Next(Func{int, Transition}, int)"/>
    protected Transition Next(Func<int, Task<Transition>> step, int numParallel) => Transition.Gang(this, step, numParallel);
}
