using Metaflow.Naming;
using Metaflow.Running;

namespace Metaflow.Cli.Views;

/// <summary>Counts what happens in a run, and remembers what its failed tasks printed last.</summary>
internal sealed class RunTally
{
    private const int MostLastLines = 10;

    private readonly Dictionary<TaskPath, Queue<string>> _lastLines = [];
    private readonly HashSet<TaskPath> _retried = [];
    private readonly List<FailedTask> _failed = [];
    private DateTimeOffset? _started;
    private DateTimeOffset? _ended;
    private TaskPath? _lastTalker;
    private int _linesInARow;

    /// <summary>Gets the run's id; <see langword="null"/> before it has one.</summary>
    public string? RunId { get; private set; }

    /// <summary>Gets how long the run took, or has taken so far.</summary>
    public TimeSpan Duration => _started is { } started && _ended is { } ended ? ended - started : TimeSpan.Zero;

    /// <summary>Gets how many tasks ran and succeeded, the caught ones among them.</summary>
    public int Ran { get; private set; }

    /// <summary>Gets how many tasks took their results from an earlier run.</summary>
    public int Cloned { get; private set; }

    /// <summary>Gets how many tasks had a failure that <c>[Catch]</c> handled.</summary>
    public int Caught { get; private set; }

    /// <summary>Gets how many tasks were tried again.</summary>
    public int Retried => _retried.Count;

    /// <summary>Gets how many tasks were ended because the run was interrupted.</summary>
    public int Stopped { get; private set; }

    /// <summary>Gets the tasks that failed for good, in order.</summary>
    public IReadOnlyList<FailedTask> Failed => _failed;

    /// <summary>Gets a value indicating whether the run was interrupted from outside.</summary>
    public bool WasInterrupted { get; private set; }

    /// <summary>Returns whether a task was tried again.</summary>
    public bool WasRetried(TaskPath task) => _retried.Contains(task);

    /// <summary>Returns whether the last lines of a failed task are the last that any task printed.</summary>
    public bool IsStillOnScreen(FailedTask task) => _lastTalker == task.Task && _linesInARow >= task.LastLines.Count;

    /// <summary>Takes an event.</summary>
    public void Take(RunEvent runEvent)
    {
        _ended = runEvent.At > _ended || _ended is null ? runEvent.At : _ended;
        switch (runEvent)
        {
            case RunEvent.RunStarting starting:
                RunId = starting.RunId;
                _started = starting.At;
                break;
            case RunEvent.TaskStarting starting:
                _started ??= starting.At;
                _lastLines.Remove(starting.Task);
                break;
            case RunEvent.TaskOutput output:
                Remember(output);
                break;
            case RunEvent.TaskCloned:
                Cloned++;
                break;
            case RunEvent.TaskSucceeded succeeded:
                Ran++;
                Caught += succeeded.IsCaught ? 1 : 0;
                _lastLines.Remove(succeeded.Task);
                break;
            case RunEvent.TaskFailed { RetryIn: not null } retried:
                _retried.Add(retried.Task);
                break;
            case RunEvent.TaskFailed when WasInterrupted:
                Stopped++;
                break;
            case RunEvent.TaskFailed failed:
                _failed.Add(new FailedTask(failed, [.. _lastLines.GetValueOrDefault(failed.Task) ?? []]));
                break;
            case RunEvent.RunStopping stopping:
                WasInterrupted |= stopping.WasInterrupted;
                break;
        }
    }

    private void Remember(RunEvent.TaskOutput output)
    {
        _linesInARow = _lastTalker == output.Task ? _linesInARow + 1 : 1;
        _lastTalker = output.Task;
        if (!_lastLines.TryGetValue(output.Task, out var lines))
        {
            _lastLines[output.Task] = lines = new Queue<string>(MostLastLines);
        }

        if (lines.Count == MostLastLines)
        {
            lines.Dequeue();
        }

        lines.Enqueue(output.Text);
    }
}

/// <summary>A task that failed for good.</summary>
/// <param name="Failure">Its last attempt's failure.</param>
/// <param name="LastLines">What that attempt printed last.</param>
internal sealed record FailedTask(RunEvent.TaskFailed Failure, IReadOnlyList<string> LastLines)
{
    /// <summary>Gets the task.</summary>
    public TaskPath Task => Failure.Task;
}
