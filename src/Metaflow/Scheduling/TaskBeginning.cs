using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Launching;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Tasks;

namespace Metaflow.Scheduling;

/// <summary>What a task would have recorded of its beginning, for the scheduler that records it in its place.</summary>
internal static class TaskBeginning
{
    /// <summary>Returns what records an attempt as its task does.</summary>
    /// <param name="context">What the run works with.</param>
    /// <param name="task">The task.</param>
    /// <param name="path">Its address.</param>
    /// <param name="attempt">The attempt.</param>
    /// <returns>The records.</returns>
    public static TaskRecords RecordsOf(RunContext context, ScheduledTask task, TaskPath path, int attempt)
        => new(context.Metadata, context.Datastore.Blobs, path, attempt, context.Time) { GangSize = task.Gang?.Size };

    /// <summary>Derives the foreaches that a task is in, from its first input. The client finds the task's parents and children by
    /// them.</summary>
    /// <param name="context">What the run works with.</param>
    /// <param name="run">The task's run.</param>
    /// <param name="task">The task.</param>
    /// <returns>The frames, outermost first; none when the input cannot be read any more.</returns>
    /// <exception cref="MetaflowException">The input cannot be read at the moment.</exception>
    public static async Task<IReadOnlyList<ForeachFrame>> FramesAsync(RunContext context, RunRecord run, ScheduledTask task)
    {
        if (task.Inputs is not [var first, ..])
        {
            return [];
        }

        var line = TaskLaunch.PlaceOf(context, run, task);
        try
        {
            return TaskFrames.Derive(
                line,
                await context.Datastore.OpenTaskAsync(
                    new TaskPath(run.Flow, run.RunId, first.Step, first.TaskId), null, default).ConfigureAwait(false));
        }
        catch (MetaflowException error) when (!error.IsTransient)
        {
            // The attempt failed for want of the same input: that is told, and its record is better than none.
            return [];
        }
    }
}
