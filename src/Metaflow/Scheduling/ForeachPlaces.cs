using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Running;

namespace Metaflow.Scheduling;

/// <summary>Says of each task where it is in the foreaches around it, with the item that it has.</summary>
/// <param name="datastore">Where the items are that an earlier scheduler of the run knew.</param>
internal sealed class ForeachPlaces(FlowDatastore datastore)
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

    /// <summary>Reads the items of the foreaches around tasks. What cannot be read is not known: it is for people alone.</summary>
    /// <param name="run">The run.</param>
    /// <param name="tasks">The tasks.</param>
    /// <returns>A task that ends when all is read.</returns>
    public async Task RecallAsync(RunRecord run, IEnumerable<ScheduledTask> tasks)
    {
        var splits = tasks.SelectMany(static task => task.Frames).Where(static frame => frame.IsForeach)
            .Select(frame => new TaskPath(run.Flow, run.RunId, frame.SplitStep, frame.SplitTaskId)).Distinct();
        foreach (var split in splits)
        {
            try
            {
                var artifacts = await datastore.OpenTaskAsync(split, null, default).ConfigureAwait(false);
                Remember(split.TaskId, TaskResults.ItemsOf(artifacts));
            }
            catch (MetaflowException)
            {
                // Its tasks are told by their places.
            }
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
