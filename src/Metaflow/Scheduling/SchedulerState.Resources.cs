using System.Collections.Immutable;
using Metaflow.Decorators;

namespace Metaflow.Scheduling;

/// <summary>Which task comes next, where steps ask for processors and memory.</summary>
internal sealed partial record SchedulerState
{
    /// <summary>Gets the tasks that wait for processors or memory, in order. They come before those of <see cref="Queue"/> that ask for some too,
    /// so that a large task is not passed for ever by small ones; tasks that ask for nothing pass.</summary>
    public ImmutableQueue<ScheduledTask> Blocked { get; private init; } = [];

    private TaskDemand Free
    {
        get
        {
            var free = _policy.Capacity;
            foreach (var task in Running.Values)
            {
                free = free.Minus(DemandOf(task));
            }

            return free;
        }
    }

    // Who asks for more than the machine has gets all of it: no other task that asks runs beside it.
    private TaskDemand DemandOf(ScheduledTask task, int width = 1) => _policy.DemandOf(task.Step).Times(width).CutTo(_policy.Capacity);

    /// <summary>Takes the task that may start next out of the queues.</summary>
    /// <param name="rest">The state without it.</param>
    /// <returns>The task, or <see langword="null"/> when none may start now.</returns>
    private ScheduledTask? TakeNext(out SchedulerState rest)
    {
        rest = this;
        if (!Blocked.IsEmpty && DemandOf(Blocked.Peek(), WidthOf(Blocked.Peek())).FitsIn(Free))
        {
            if (!HasRoomFor(Blocked.Peek()))
            {
                return null;
            }

            rest = this with { Blocked = Blocked.Dequeue(out var held) };
            return held;
        }

        while (!rest.Queue.IsEmpty && HasRoomFor(rest.Queue.Peek()))
        {
            rest = rest with { Queue = rest.Queue.Dequeue(out var task) };
            var demand = DemandOf(task, WidthOf(task));
            if (demand.IsNone || (rest.Blocked.IsEmpty && demand.FitsIn(Free)))
            {
                return task;
            }

            rest = rest with { Blocked = rest.Blocked.Enqueue(task) };
        }

        return null;
    }
}
