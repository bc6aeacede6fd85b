using Microsoft.Diagnostics.Runtime;

namespace Metaflow.Cli.Debugging;

/// <summary>Finds asynchronous methods of the author that wait: no thread is in them, but the heap has what they go on with.</summary>
/// <param name="heap">The heap of the process.</param>
internal sealed class AwaitingMethods(ClrHeap heap)
{
    private const string BoxName = "AsyncStateMachineBox<";
    private const string Machine = "StateMachine";
    private const int MostMethods = 100;

    /// <summary>Finds the methods.</summary>
    /// <returns>Each method that waits with the methods that wait for it, the innermost first.</returns>
    public IReadOnlyList<IReadOnlyList<StackedFrame>> Find()
    {
        var boxes = new Dictionary<ulong, ClrObject>();
        foreach (var found in heap.EnumerateObjects())
        {
            if (found.Type?.Name?.Contains(BoxName, StringComparison.Ordinal) == true && IsWaiting(found))
            {
                boxes.Add(found.Address, found);
            }
        }

        var awaited = boxes.Values.Select(box => ContinuationOf(box)).Where(static next => next.IsValid)
            .Select(static next => next.Address).ToHashSet();
        return
        [
            .. boxes.Values.Where(box => !awaited.Contains(box.Address)).Select(ChainOf)
                .Where(static chain => chain.Any(static frame => frame.IsOfAuthor)).Take(MostMethods),
        ];
    }

    private static List<StackedFrame> ChainOf(ClrObject innermost)
    {
        var chain = new List<StackedFrame>();
        var seen = new HashSet<ulong>();
        for (var box = innermost; box.IsValid && seen.Add(box.Address); box = ContinuationOf(box))
        {
            if (MachineOf(box) is { Name: { } machine } type && MethodNames.OfStateMachine(machine) is { } name)
            {
                chain.Add(new StackedFrame(name, null, MethodNames.IsOfAuthor(type)));
            }
        }

        return chain;
    }

    // Optimized code keeps the state as a structure in the box, other code as an object of its own.
    private static ClrType? MachineOf(ClrObject box)
        => box.Type!.GetFieldByName(Machine) is not { } field ? null
            : field.ElementType == ClrElementType.Struct ? field.Type : box.ReadObjectField(Machine).Type;

    // A method that has ended has the state -2, one that never waited -1.
    private static bool IsWaiting(ClrObject box)
    {
        const string State = "<>1__state";
        return box.Type!.GetFieldByName(Machine) is { } field && (field.ElementType == ClrElementType.Struct
            ? box.ReadValueTypeField(Machine).ReadField<int>(State)
            : box.ReadObjectField(Machine) is { IsNull: false } machine ? machine.ReadField<int>(State) : -1) >= 0;
    }

    private static ClrObject ContinuationOf(ClrObject box)
    {
        if (!box.TryReadObjectField("m_continuationObject", out var next) || next.IsNull)
        {
            return default;
        }

        // A box itself, or a delegate or a wrapper that has one.
        foreach (var name in (string[])["_target", "m_action", "_continuation"])
        {
            if (next.Type?.GetFieldByName(name) is not null && next.TryReadObjectField(name, out var target) && !target.IsNull)
            {
                next = target;
            }
        }

        return next.Type?.Name?.Contains(BoxName, StringComparison.Ordinal) == true ? next : default;
    }
}
