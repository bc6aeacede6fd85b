using Metaflow.Artifacts;
using Metaflow.Launching;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Settings;

namespace Metaflow.Tasks;

/// <summary>Makes what a task knows about itself.</summary>
internal static class TaskCurrent
{
    /// <summary>Makes it.</summary>
    /// <param name="line">What the task was told.</param>
    /// <param name="task">The task.</param>
    /// <param name="run">Its run.</param>
    /// <param name="frames">The foreaches that it is in.</param>
    /// <returns>What the author's code sees as <c>Current</c>.</returns>
    public static Current Make(TaskCommandLine line, TaskPath task, RunRecord run, IReadOnlyList<ForeachFrame> frames) => new()
    {
        FlowName = task.Flow,
        RunId = task.RunId,
        StepName = task.Step,
        TaskId = task.TaskId,
        Attempt = line.Attempt,
        Tags = run.Tags,
        Namespace = line.Namespace,
        UserName = run.UserName,
        Index = frames.Count > 0 ? (int)frames[^1].Index : null,
        ForeachStack =
        [
            .. frames.Select(frame => new ForeachPosition((int)frame.Index, (int)(frame.NumSplits ?? line.NumParallel ?? 0), frame.Value)),
        ],
        Parallel = line.NumParallel is { } size ? Place(line, size) : null,
    };

    private static ParallelPosition Place(TaskCommandLine line, int size)
        => new(line.MainIp, size, line.SplitIndex ?? 0, line.ControlTaskId);
}

/// <summary>The task's folder for temporary files: made on first use, removed at the end.</summary>
internal sealed class TaskFolder : IDisposable
{
    /// <summary>Initializes the folder's name.</summary>
    /// <param name="task">The task.</param>
    public TaskFolder(TaskPath task)
        => Path = new Lazy<string>(() => TaskSettings.MakeTemporaryFolder($"metaflow-{task.Step}-{task.TaskId}-"));

    /// <summary>Gets the folder's path.</summary>
    public Lazy<string> Path { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!Path.IsValueCreated)
        {
            return;
        }

        try
        {
            Directory.Delete(Path.Value, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A file left open there must not fail the task: the system cleans its folder for temporary files.
        }
    }
}
