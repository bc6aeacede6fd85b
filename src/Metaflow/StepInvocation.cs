using System.ComponentModel;
using Metaflow.Artifacts;
using Metaflow.Errors;

namespace Metaflow;

/// <summary>Gives a step its argument. Used by generated code only.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class StepInvocation
{
    /// <summary>Returns the item of the innermost foreach.</summary>
    /// <typeparam name="T">The type of the step's argument.</typeparam>
    /// <returns>The item.</returns>
    public abstract T Item<T>();

    /// <summary>Returns the inputs of a join.</summary>
    /// <typeparam name="TFlow">The flow's class.</typeparam>
    /// <returns>The inputs in the order of the split.</returns>
    public abstract Inputs<TFlow> Inputs<TFlow>()
        where TFlow : FlowSpec, new();

    /// <summary>Wraps what a step without <c>await</c> returned.</summary>
    /// <param name="transition">The transition.</param>
    /// <returns>The same, as generated code returns it.</returns>
    /// <exception cref="StepFailedException">The step returned <see langword="null"/> (MF3007).</exception>
    public static ValueTask<Transition?> Result(Transition transition) => new(transition ?? throw NoTransition());

    /// <summary>Wraps what an asynchronous step returned.</summary>
    /// <param name="transition">The transition to come.</param>
    /// <returns>The same, as generated code returns it.</returns>
    /// <exception cref="StepFailedException">The step returned <see langword="null"/> (MF3007).</exception>
    public static async ValueTask<Transition?> Result(Task<Transition> transition)
        => await (transition ?? throw NoTransition()).ConfigureAwait(false) ?? throw NoTransition();

    /// <summary>Wraps what an asynchronous end step returned.</summary>
    /// <param name="end">The end of the step.</param>
    /// <returns>No transition.</returns>
    public static async ValueTask<Transition?> Result(Task end)
    {
        await end.ConfigureAwait(false);
        return null;
    }

    /// <summary>Gets what an end step without <c>await</c> returns.</summary>
    public static ValueTask<Transition?> Ended => default;

    private static StepFailedException NoTransition() => new(
        ErrorCodes.TransitionMissing,
        "The step returned null instead of a transition.",
        "Only the end step has no next step, and it returns void or Task.",
        "Return Next(…) on every path of the step.");

    internal static FlowDefinitionException UnknownStep(string flow, string step) => new(
        ErrorCodes.NoSuchStep,
        $"Flow '{flow}' was asked to run step '{step}'.",
        "It has no such step.",
        "Run 'show' to see the steps; rebuild the program if its source was changed.");
}
