using Metaflow.Running;

namespace Metaflow.Scheduling;

/// <summary>Says of each task where it is in the foreaches around it, with the item that it has.</summary>
internal sealed class ForeachPlaces
{
    private readonly Dictionary<string, IReadOnlyList<string>> _items = new(StringComparer.Ordinal);

    /// <summary>Remembers the items of a foreach.</summary>
    /// <param name="splitTaskId">The task that has the foreach.</param>
    /// <param name="items">Its items as texts; none when they are not recorded.</param>
    public void Remember(string splitTaskId, IReadOnlyList<string> items)
    {
        if (items.Count > 0)
        {
            _items[splitTaskId] = items;
        }
    }

    /// <summary>Returns the place of a task.</summary>
    /// <param name="task">The task.</param>
    /// <returns>The place, or <see langword="null"/> outside of any foreach and gang.</returns>
    public TaskPlace? Of(ScheduledTask task)
    {
        TaskFrame? innermost = null;
        List<int>? indices = null;
        foreach (var frame in task.Frames)
        {
            if (frame.IsForeach)
            {
                innermost = frame;
                (indices ??= []).Add(frame.Index);
            }
        }

        return indices is null ? null : new TaskPlace(
            indices, _items.TryGetValue(innermost!.SplitTaskId, out var items) && innermost.Index < items.Count
                ? items[innermost.Index]
                : null);
    }
}
