using System.Runtime.CompilerServices;

namespace Metaflow;

public abstract partial class FlowSpec
{
    /// <summary>Moves on to one task of a step for each of some items that come one after the other; the item is the step's
    /// argument.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="step">A step of this flow that takes an item.</param>
    /// <param name="forEach">The items: all are awaited when the step has returned, and stored as artifact <c>_foreach_items</c>. Its
    /// exception is the step's failure. None is allowed: the join runs next.</param>
    /// <param name="maxParallel">How many tasks of the step may run at once, from 1; by default as many as there are workers. In a step in
    /// which it is less, the step fails (MF1053).</param>
    /// <returns>The transition, to be returned by the step.</returns>
    [OverloadResolutionPriority(1)]
    protected Transition Next<T>(Func<T, Transition> step, IAsyncEnumerable<T> forEach, int? maxParallel = null)
        => Transition.Foreach(this, step, forEach, maxParallel);

    /// <inheritdoc cref="Next{T}(Func{T, Transition}, IAsyncEnumerable{T}, int?)"/>
    [OverloadResolutionPriority(1)]
    protected Transition Next<T>(Func<T, Task<Transition>> step, IAsyncEnumerable<T> forEach, int? maxParallel = null)
        => Transition.Foreach(this, step, forEach, maxParallel);

    /// <summary>Moves on to one task of a step for each of some items that come one after the other; the step takes no argument and reads
    /// <see cref="Current.Index"/>.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="step">A step of this flow.</param>
    /// <param name="forEach">The items.</param>
    /// <param name="maxParallel">How many tasks of the step may run at once, from 1; by default as many as there are workers. In a step in
    /// which it is less, the step fails (MF1053).</param>
    /// <returns>The transition, to be returned by the step.</returns>
    [OverloadResolutionPriority(1)]
    protected Transition Next<T>(Func<Transition> step, IAsyncEnumerable<T> forEach, int? maxParallel = null)
        => Transition.Foreach(this, step, forEach, maxParallel);

    /// <inheritdoc cref="Next{T}(Func{Transition}, IAsyncEnumerable{T}, int?)"/>
    [OverloadResolutionPriority(1)]
    protected Transition Next<T>(Func<Task<Transition>> step, IAsyncEnumerable<T> forEach, int? maxParallel = null)
        => Transition.Foreach(this, step, forEach, maxParallel);

    /// <summary>Moves on to a gang: tasks of one step that start together, run at once and can talk to each other.</summary>
    /// <param name="step">A step of this flow that is marked <see cref="ParallelAttribute"/> and moves on to a join.</param>
    /// <param name="numParallel">How many tasks, from 1. A step in which it is less fails (MF3010).</param>
    /// <returns>The transition, to be returned by the step.</returns>
    protected Transition Next(Func<Transition> step, int numParallel) => Transition.Gang(this, step, numParallel);

    /// <inheritdoc cref="Next(Func{Transition}, int)"/>
    protected Transition Next(Func<Task<Transition>> step, int numParallel) => Transition.Gang(this, step, numParallel);

    /// <summary>Moves on to a gang whose step takes its own index in it, from 0.</summary>
    /// <param name="step">A step of this flow that is marked <see cref="ParallelAttribute"/>, takes its index, and moves on to a
    /// join.</param>
    /// <param name="numParallel">How many tasks, from 1. A step in which it is less fails (MF3010).</param>
    /// <returns>The transition, to be returned by the step.</returns>
    protected Transition Next(Func<int, Transition> step, int numParallel) => Transition.Gang(this, step, numParallel);

    /// <inheritdoc cref="Next(Func{int, Transition}, int)"/>
    protected Transition Next(Func<int, Task<Transition>> step, int numParallel) => Transition.Gang(this, step, numParallel);
}
