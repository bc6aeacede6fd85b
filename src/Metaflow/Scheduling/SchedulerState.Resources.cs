using System.Collections.Immutable;
using Metaflow.Decorators;

namespace Metaflow.Scheduling;

/// <summary>Which task comes next, where steps ask for processors and memory, or limit how many of their tasks run at once.</summary>
internal sealed partial record SchedulerState
{
    /// <summary>Gets the tasks that wait for processors or memory, in order. They come before those of <see cref="Queue"/> that ask for
    /// some too, so that a large task is not passed forever by small ones; tasks that ask for nothing pass.</summary>
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

    /// <summary>Gets the tasks that wait until fewer of their step run, in order, by what limits them. All others pass them.</summary>
    public ImmutableSortedDictionary<string, ImmutableQueue<ScheduledTask>> Limited { get; private init; }
        = ImmutableSortedDictionary.Create<string, ImmutableQueue<ScheduledTask>>(StringComparer.Ordinal);

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

        while (rest.TakeUnlimited(out var after) is { } task)
        {
            rest = after;
            var demand = DemandOf(task, WidthOf(task));
            if (demand.IsNone || (rest.Blocked.IsEmpty && demand.FitsIn(Free)))
            {
                return task;
            }

            rest = rest with { Blocked = rest.Blocked.Enqueue(task) };
        }

        return null;
    }

    /// <summary>Takes the next task that no limit of its step holds back.</summary>
    private ScheduledTask? TakeUnlimited(out SchedulerState rest)
    {
        rest = this;
        foreach (var (limit, tasks) in Limited)
        {
            var first = tasks.Peek();
            if (HasRoomFor(first) && LimitOn(first) is null)
            {
                var left = tasks.Dequeue();
                rest = this with { Limited = left.IsEmpty ? Limited.Remove(limit) : Limited.SetItem(limit, left) };
                return first;
            }
        }

        while (!rest.Queue.IsEmpty && HasRoomFor(rest.Queue.Peek()))
        {
            rest = rest with { Queue = rest.Queue.Dequeue(out var task) };
            if (rest.LimitOn(task) is not { } limit)
            {
                return task;
            }

            rest = rest with { Limited = rest.Limited.SetItem(limit, rest.Limited.GetValueOrDefault(limit, []).Enqueue(task)) };
        }

        return null;
    }

    /// <summary>Returns what keeps a task from starting now: the name of a limit, <see langword="null"/> when nothing does. Those that
    /// wait for the machine have their place already, and a gang that is larger than the limit runs when no other task of its step
    /// does.</summary>
    private string? LimitOn(ScheduledTask task)
    {
        if (_policy.MaxParallelOf(task.Step) is { } ofStep && IsReached(ofStep, other => other.Step == task.Step))
        {
            return task.Step;
        }

        return task is { MaxParallel: { } ofForeach, Frames: [.., var frame] }
            && IsReached(
                ofForeach, other => other.Step == task.Step && other.Frames is [.., var place] && place.SplitTaskId == frame.SplitTaskId)
            ? $"{task.Step}/{frame.SplitTaskId}"
            : null;

        bool IsReached(int limit, Func<ScheduledTask, bool> counts)
        {
            var taken = Running.Values.Count(counts) + Blocked.Where(counts).Sum(WidthOf);
            return taken > 0 && taken + WidthOf(task) > limit;
        }
    }

    private IEnumerable<ScheduledTask> AllLimited => Limited.Values.SelectMany(static tasks => tasks);
}
