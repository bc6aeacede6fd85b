using System.Collections;
using Metaflow.Errors;
using Metaflow.Graph;

namespace Metaflow;

/// <summary>Where a flow goes after a step. <c>Next(…)</c> creates it, and the step returns it.</summary>
public sealed class Transition
{
    private Transition(IReadOnlyList<string> steps) => Steps = steps;

    /// <summary>Gets the names on disk of the next steps, in order.</summary>
    public IReadOnlyList<string> Steps { get; }

    /// <summary>Gets a value indicating whether it is a foreach.</summary>
    public bool IsForeach => Items is not null || CollectAsync is not null;

    /// <summary>Gets how many tasks the gang has, or <see langword="null"/> for no gang.</summary>
    public int? GangSize { get; private init; }

    /// <summary>Gets how many tasks of a foreach may run at once, or <see langword="null"/> for any number.</summary>
    public int? MaxParallel { get; private init; }

    /// <summary>Gets the items of a foreach, or <see langword="null"/>.</summary>
    internal IEnumerable? Items { get; private init; }

    /// <summary>Gets the type that each item is read into; <see langword="null"/> when nobody says.</summary>
    internal Type? ItemType { get; private init; }

    /// <summary>Gets the function that awaits the items of a foreach that come one after the other, or <see langword="null"/>.</summary>
    internal Func<CancellationToken, Task<IEnumerable>>? CollectAsync { get; private init; }

    internal static Transition To(FlowSpec flow, Delegate[] steps)
    {
        var names = new string[steps.Length];
        for (var i = 0; i < steps.Length; i++)
        {
            names[i] = NameOf(flow, steps[i]);
        }

        return new Transition(names);
    }

    internal static Transition Foreach<T>(FlowSpec flow, Delegate step, IEnumerable<T> items, int? maxParallel)
    {
        ArgumentNullException.ThrowIfNull(items, "forEach");
        return new Transition([NameOf(flow, step)]) { Items = items, ItemType = typeof(T), MaxParallel = Limit(flow, step, maxParallel) };
    }

    internal static Transition Foreach<T>(FlowSpec flow, Delegate step, IAsyncEnumerable<T> items, int? maxParallel)
    {
        ArgumentNullException.ThrowIfNull(items, "forEach");
        return new Transition([NameOf(flow, step)])
        {
            CollectAsync = cancellationToken => ToListAsync(items, cancellationToken),
            ItemType = typeof(T),
            MaxParallel = Limit(flow, step, maxParallel),
        };
    }

    internal static Transition Gang(FlowSpec flow, Delegate step, int size) => size >= 1
        ? new Transition([NameOf(flow, step)]) { GangSize = size }
        : throw new StepFailedException(
            ErrorCodes.GangTooSmall,
            $"Next got numParallel: {size} for step '{NameOf(flow, step)}'.",
            "A gang has at least one task.",
            "Use 1 or more. If there is nothing to do, choose a step without a gang.");

    /// <summary>Makes the transition to steps by their names, as <c>[Catch]</c> does for a step that could not choose.</summary>
    internal static Transition ToNames(IReadOnlyList<string> names) => new(names);

    private static int? Limit(FlowSpec flow, Delegate step, int? maxParallel) => maxParallel is < 1
        ? throw new StepFailedException(
            RuleCodes.MaxParallelTooSmall,
            $"Next got maxParallel: {maxParallel} for step '{NameOf(flow, step)}'.",
            "No task of the step could ever run.",
            "Use 1 or more, or remove it to limit tasks only by --max-workers.")
        : maxParallel;

    private static async Task<IEnumerable> ToListAsync<T>(IAsyncEnumerable<T> items, CancellationToken cancellationToken)
    {
        var all = new List<T>();
        await foreach (var item in items.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            all.Add(item);
        }

        return all;
    }

    /// <summary>Makes the transition of a foreach to a step by its name, as tests of single steps do.</summary>
    internal static Transition ToItems(string step, IEnumerable items) => new([step]) { Items = items };

    private static string NameOf(FlowSpec flow, Delegate step)
        => flow.StepNameOf(step.Method.Name) ?? throw new FlowDefinitionException(
            ErrorCodes.NextOfNoStep,
            $"Next got '{step.Method.Name}'.",
            $"It is not a step of flow '{flow.FlowName}'.",
            "Use methods of the flow that are marked [Step].");
}
