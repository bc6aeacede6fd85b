using System.Collections;
using Metaflow.Errors;

namespace Metaflow;

/// <summary>Where a flow goes after a step; made by <c>Next(…)</c> and returned by the step.</summary>
public sealed class Transition
{
    private Transition(IReadOnlyList<string> steps, IEnumerable? items)
    {
        Steps = steps;
        Items = items;
    }

    /// <summary>Gets the names on disk of the next steps, in order.</summary>
    public IReadOnlyList<string> Steps { get; }

    /// <summary>Gets the items of a foreach, or <see langword="null"/>.</summary>
    internal IEnumerable? Items { get; }

    /// <summary>Gets a value indicating whether it is a foreach.</summary>
    public bool IsForeach => Items is not null;

    internal static Transition To(FlowSpec flow, Delegate[] steps)
    {
        var names = new string[steps.Length];
        for (var i = 0; i < steps.Length; i++)
        {
            names[i] = NameOf(flow, steps[i]);
        }

        return new Transition(names, null);
    }

    internal static Transition Foreach(FlowSpec flow, Delegate step, IEnumerable items) => new([NameOf(flow, step)], items);

    /// <summary>Makes the transition to steps by their names, as <c>[Catch]</c> does for a step that could not choose.</summary>
    internal static Transition ToNames(IReadOnlyList<string> names) => new(names, null);

    /// <summary>Makes the transition of a foreach to a step by its name, as tests of single steps do.</summary>
    internal static Transition ToItems(string step, IEnumerable items) => new([step], items);

    private static string NameOf(FlowSpec flow, Delegate step)
        => flow.StepNameOf(step.Method.Name) ?? throw new FlowDefinitionException(
            ErrorCodes.NextOfNoStep,
            $"Next was given '{step.Method.Name}'.",
            $"It is not a step of flow '{flow.FlowName}'.",
            "Give it methods of the flow that are marked [Step].");
}
