using Metaflow.Client;
using Metaflow.Commands;
using Metaflow.Graph;
using Metaflow.Logs;
using Metaflow.Metadata;
using Metaflow.Naming;

namespace Metaflow.Cli.Commands;

/// <summary>Prints the lines of tasks while they run.</summary>
internal sealed class LogFollower(FlowContext context, TaskArgument input, LogLineWriter writer)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    // A task records its end a moment before its scheduler has stored its last lines.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    // A run of the reference records no state: after so long without a running task it is taken for ended.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Dictionary<(TaskPath Task, int Attempt), FollowedAttempt> _attempts = [];
    private readonly HashSet<TaskPath> _ended = [];
    private readonly TimeProvider _time = context.Streams.Time;
    private readonly string _pathspec = input.FindRun(context).Pathspec;
    private DateTimeOffset _lastActive = context.Streams.Time.GetUtcNow();

    /// <summary>Prints what there is and what comes, until the tasks have ended.</summary>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="Errors.MetadataException">There is no such run, step or task (MF5004).</exception>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            // What has ended is found out before the lines are read, so that the last of them are.
            var isOver = Look();
            await WriteNewAsync(cancellationToken).ConfigureAwait(false);
            if (isOver)
            {
                return;
            }

            await Task.Delay(Interval, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    private bool Look()
    {
        // Handles keep what they have read: each look needs new ones.
        var run = new MetaflowClient(context.Application.Settings).WithNamespace(null).Run(_pathspec);
        var runIsOver = IsOver(run);
        var tasks = Tasks(run);
        foreach (var task in tasks.Where(task => !_ended.Contains(task.Path)))
        {
            Look(task, runIsOver);
        }

        return runIsOver || (HasOneTask && tasks.Count > 0 && tasks.All(task => _ended.Contains(task.Path)));
    }

    private bool HasOneTask
        => input.IsOneTask || (input.Step is { } step && StepLoops.HasOneTask(context.Application.Definition.Graph, step));

    // A step of the flow that has not begun is waited for, and so is a task of it.
    private IReadOnlyList<TaskHandle> Tasks(RunHandle run)
    {
        var isOfFlow = input.Step is { } step && context.Application.Definition.Graph.Find(step) is not null;
        if (isOfFlow && run.Steps.All(known => known.Name != input.Step))
        {
            return [];
        }

        return isOfFlow && input.Place is { } place && !IsOver(run)
            ? place.Among((input with { Place = null }).TasksOf(run))
            : input.TasksOf(run);
    }

    private void Look(TaskHandle task, bool runIsOver)
    {
        var wanted = LogOptions.AttemptOf(context.Line);
        var latest = task.CurrentAttempt;
        var number = wanted ?? latest;
        if (wanted is null || task.Attempts.Contains(number))
        {
            _attempts.TryAdd(
                (task.Path, number), new FollowedAttempt(wanted is null ? task : task.Attempt(number), LogOptions.Streams(context.Line)));
        }

        // Where the task is may be recorded a moment after its attempt, and a handle keeps what it has read.
        foreach (var ((path, _), followed) in _attempts)
        {
            followed.Task = path == task.Path ? task : followed.Task;
        }

        var hasEnded = runIsOver || (task.AttemptEndedAt is { } at && _time.GetUtcNow() - at > Settling);
        foreach (var ((path, attempt), followed) in _attempts)
        {
            followed.IsOver |= path == task.Path && (attempt < latest || hasEnded);
        }

        if (hasEnded && (runIsOver || task.Finished))
        {
            _ended.Add(task.Path);
        }
        else
        {
            _lastActive = task.AttemptEndedAt is null ? _time.GetUtcNow() : _lastActive;
        }
    }

    private async Task WriteNewAsync(CancellationToken cancellationToken)
    {
        var lines = new List<TaskLogLine>();
        foreach (var ((task, attempt), followed) in _attempts)
        {
            foreach (var cursor in followed.Unread)
            {
                var read = await cursor.ReadAsync(followed.IsOver, cancellationToken).ConfigureAwait(false);
                if (read.Count > 0)
                {
                    var title = followed.Title;
                    lines.AddRange(read.Select(line => new TaskLogLine(task, title, attempt, cursor.Stream, line)));
                }
            }

            followed.WasRead();
        }

        foreach (var line in lines.OrderBy(static line => line.Line.At ?? DateTimeOffset.MaxValue))
        {
            writer.Write(line);
        }
    }

    private bool IsOver(RunHandle run)
    {
        var now = _time.GetUtcNow();
        return run.Status switch
        {
            null or { State: RunState.Unknown } => run.Finished || now - _lastActive > Patience,
            { State: RunState.Pending or RunState.Running } => false,
            var status => now - status.At > Settling,
        };
    }

    private sealed class FollowedAttempt(TaskHandle task, IReadOnlyList<LogKind> streams)
    {
        private IReadOnlyList<TaskLogCursor> _cursors = [.. streams.Select(task.FollowLog)];

        private string? _title;

        public TaskHandle Task { get; set; } = task;

        // When the task has lines, all is recorded that its title is made of.
        public string Title => _title ??= TaskLogLine.TitleOf(Task);

        public bool IsOver { get; set; }

        public IReadOnlyList<TaskLogCursor> Unread => _cursors;

        public void WasRead() => _cursors = IsOver ? [] : _cursors;
    }
}
