using System.Collections.Immutable;
using System.Globalization;
using Metaflow.Graph;
using Metaflow.Joins;

namespace Metaflow.Scheduling;

/// <summary>Everything that the scheduler knows of a run. An event makes a new state and the commands to do; nothing else happens here.</summary>
/// <remarks>Every method is a pure function, so that runs, failures and crashes can be simulated by the thousand.</remarks>
internal sealed partial record SchedulerState
{
    private readonly SchedulerPolicy _policy;

    /// <summary>Initializes the state before a run.</summary>
    /// <param name="policy">What is decided by.</param>
    public SchedulerState(SchedulerPolicy policy) => _policy = policy;

    /// <summary>Gets the tasks that run, by id.</summary>
    public ImmutableDictionary<string, ScheduledTask> Running { get; private init; } = ImmutableDictionary<string, ScheduledTask>.Empty;

    /// <summary>Gets the tasks that wait for a worker, in order.</summary>
    public ImmutableQueue<ScheduledTask> Queue { get; private init; } = [];

    /// <summary>Gets how many tasks wait for a worker, by step.</summary>
    public ImmutableDictionary<string, int> Queued { get; private init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>Gets the tasks that wait for another attempt, by id.</summary>
    public ImmutableDictionary<string, ScheduledTask> Waiting { get; private init; } = ImmutableDictionary<string, ScheduledTask>.Empty;

    /// <summary>Gets how many tasks finished, by step.</summary>
    public ImmutableDictionary<string, int> Finished { get; private init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>Gets the joins that wait for tasks.</summary>
    public ImmutableDictionary<JoinKey, JoinArrivals> Joins { get; private init; } = ImmutableDictionary<JoinKey, JoinArrivals>.Empty;

    /// <summary>Gets a value indicating whether no task is started any more, because one failed or a stop was requested.</summary>
    public bool IsStopping { get; private init; }

    /// <summary>Gets a value indicating whether the run is over.</summary>
    public bool IsEnded { get; private init; }

    private int NextTaskId { get; init; } = 1;

    private bool HasFailed { get; init; }

    private bool EndFinished { get; init; }

    /// <summary>Takes an event.</summary>
    /// <param name="schedulerEvent">What happened.</param>
    /// <returns>The state after it, and the commands in order.</returns>
    public (SchedulerState State, ImmutableArray<SchedulerCommand> Commands) Apply(SchedulerEvent schedulerEvent)
    {
        if (IsEnded)
        {
            return (this, []);
        }

        var commands = ImmutableArray.CreateBuilder<SchedulerCommand>();
        var state = schedulerEvent switch
        {
            SchedulerEvent.RunStarted started => Begin(started),
            SchedulerEvent.TaskFinished finished => Finish(finished),
            SchedulerEvent.TaskFailed failed => Fail(failed, commands),
            SchedulerEvent.RetryDue due => Retry(due.TaskId),
            SchedulerEvent.ReuseRefused refused => Refuse(refused.TaskId),
            SchedulerEvent.StopRequested => this with { IsStopping = true, Waiting = ImmutableDictionary<string, ScheduledTask>.Empty },
            _ => this,
        };
        state = state.Consider(commands).StartTasks(commands).EndIfIdle(commands);
        return (state, commands.ToImmutable());
    }

    private SchedulerState Begin(SchedulerEvent.RunStarted started)
        => Enqueue(new ScheduledTask { TaskId = "", Step = _policy.Graph.StartStep!.Name, Inputs = [started.Parameters] });

    private SchedulerState Finish(SchedulerEvent.TaskFinished finished)
    {
        if (!Running.TryGetValue(finished.TaskId, out var task) && !Considered.TryGetValue(finished.TaskId, out task))
        {
            return this;
        }

        var state = Forget(task, finished.IsClone) with { Running = Running.Remove(task.TaskId), Finished = Count(Finished, task.Step, 1) };
        if (finished.NextSteps.IsEmpty)
        {
            return state with { EndFinished = state.EndFinished || task.Step == _policy.Graph.EndStep?.Name };
        }

        if (finished.NumSplits is { } count)
        {
            return state.FanOut(task, finished.NextSteps[0], count);
        }

        return finished.NextSteps is [var only] ? state.MoveOn(task, only) : state.Branch(task, finished.NextSteps);
    }

    private SchedulerState FanOut(ScheduledTask split, string next, int count)
    {
        if (count == 0)
        {
            return SkipToJoin(split);
        }

        var state = this;
        for (var index = 0; index < count; index++)
        {
            var frame = new SplitFrame(split.TaskId, IsForeach: true, count, index);
            state = state.Enqueue(Successor(split, next) with { SplitIndex = index, Frames = split.Frames.Add(frame) });
        }

        return state;
    }

    /// <summary>A foreach without items goes on with its join, which gets no inputs.</summary>
    private SchedulerState SkipToJoin(ScheduledTask split)
    {
        var node = _policy.Graph.Find(split.Step)!;
        var join = _policy.Graph.MatchingJoinOf(node);
        return join is null ? this : Enqueue(Successor(split, join) with { Join = JoinKind.EmptyForeach });
    }

    private SchedulerState Branch(ScheduledTask split, ImmutableArray<string> targets)
    {
        var state = this;
        for (var index = 0; index < targets.Length; index++)
        {
            var frame = new SplitFrame(split.TaskId, IsForeach: false, targets.Length, index);
            state = state.Enqueue(Successor(split, targets[index]) with { Frames = split.Frames.Add(frame) });
        }

        return state;
    }

    private SchedulerState MoveOn(ScheduledTask task, string next)
    {
        var node = _policy.Graph.Find(next);
        return node is { TakesInputs: true } && !task.Frames.IsEmpty ? Arrive(task, next) : Enqueue(Successor(task, next));
    }

    private SchedulerState Arrive(ScheduledTask task, string join)
    {
        var frame = task.Frames[^1];
        var key = new JoinKey(frame.SplitTaskId, join);
        var arrivals = (Joins.TryGetValue(key, out var known) ? known : new JoinArrivals(ImmutableSortedDictionary<int, TaskInput>.Empty))
            .Add(frame.Index, new TaskInput(task.Step, task.TaskId));
        if (arrivals.Inputs.Count < frame.Count)
        {
            return this with { Joins = Joins.SetItem(key, arrivals) };
        }

        var joined = new ScheduledTask
        {
            TaskId = "",
            Step = join,
            Inputs = [.. arrivals.Inputs.Values],
            Join = frame.IsForeach ? JoinKind.Foreach : JoinKind.Branch,
            Frames = task.Frames.RemoveAt(task.Frames.Count - 1),
        };
        return (this with { Joins = Joins.Remove(key) }).Enqueue(joined);
    }

    /// <summary>The task after another one in the same splits: a step that follows itself is in its next pass.</summary>
    private ScheduledTask Successor(ScheduledTask task, string next) => new()
    {
        TaskId = "",
        Step = next,
        Inputs = [new TaskInput(task.Step, task.TaskId)],
        Frames = task.Frames,
        Iterations = IterationsOf(task, next),
    };

    private ImmutableList<int> IterationsOf(ScheduledTask task, string next)
    {
        if (task.Step == next)
        {
            return task.Iterations.SetItem(task.Iterations.Count - 1, task.Iterations[^1] + 1);
        }

        var outside = LoopsOnItself(task.Step) ? task.Iterations.RemoveAt(task.Iterations.Count - 1) : task.Iterations;
        return LoopsOnItself(next) ? outside.Add(0) : outside;
    }

    private bool LoopsOnItself(string step) => _policy.Graph.Find(step) is { } node && _policy.Graph.NextOf(node).Contains(step);

    private SchedulerState Fail(SchedulerEvent.TaskFailed failed, ImmutableArray<SchedulerCommand>.Builder commands)
    {
        if (!Running.TryGetValue(failed.TaskId, out var task))
        {
            return this;
        }

        var state = this with { Running = Running.Remove(task.TaskId) };
        var budget = _policy.BudgetOf(task.Step);
        if (IsStopping || !failed.MayRetry || task.Attempt >= budget.LastAttempt)
        {
            commands.Add(new SchedulerCommand.AnnounceFailure(task, state.Running.Count));
            return state with { IsStopping = true, HasFailed = true, Waiting = ImmutableDictionary<string, ScheduledTask>.Empty };
        }

        var next = task with { Attempt = task.Attempt + 1 };
        var wait = budget.WaitAfter(_policy.RunId, task.TaskId, task.Attempt);
        if (wait <= TimeSpan.Zero)
        {
            return state with { Queue = state.Queue.Enqueue(next), Queued = Count(state.Queued, next.Step, 1) };
        }

        commands.Add(new SchedulerCommand.WaitForRetry(task.TaskId, wait));
        return state with { Waiting = state.Waiting.Add(task.TaskId, next) };
    }

    private SchedulerState Retry(string taskId)
        => Waiting.TryGetValue(taskId, out var task)
            ? this with { Waiting = Waiting.Remove(taskId), Queue = Queue.Enqueue(task), Queued = Count(Queued, task.Step, 1) }
            : this;

    private SchedulerState Enqueue(ScheduledTask task)
    {
        var named = task with { TaskId = NextTaskId.ToString(CultureInfo.InvariantCulture) };
        return (this with { NextTaskId = NextTaskId + 1 }).Admit(named);
    }

    private SchedulerState StartTasks(ImmutableArray<SchedulerCommand>.Builder commands)
    {
        var state = this;
        while (!state.IsStopping && !state.MustClonesComeFirst && state.Running.Count < _policy.MaxWorkers && state.TakeNext(out state) is { } task)
        {
            state = state with { Queued = Count(state.Queued, task.Step, -1), Running = state.Running.Add(task.TaskId, task) };
            commands.Add(new SchedulerCommand.Launch(task));
        }

        return state;
    }

    private SchedulerState EndIfIdle(ImmutableArray<SchedulerCommand>.Builder commands)
    {
        if (!Running.IsEmpty || !Waiting.IsEmpty || !Considered.IsEmpty || (!Queue.IsEmpty && !IsStopping))
        {
            return this;
        }

        var succeeded = EndFinished && !HasFailed;
        var isPartial = !succeeded && !HasFailed && !IsStopping && !Held.IsEmpty;
        var reason = succeeded || HasFailed || IsStopping || isPartial ? null : "No task is left to run, but the end step has not finished.";
        commands.Add(new SchedulerCommand.EndRun(succeeded, reason) { IsPartial = isPartial });
        return this with { IsEnded = true };
    }

    private static ImmutableDictionary<string, int> Count(ImmutableDictionary<string, int> counts, string step, int change)
        => counts.SetItem(step, counts.GetValueOrDefault(step) + change);
}

/// <summary>Which tasks belong to one join.</summary>
/// <param name="SplitTaskId">The task that split.</param>
/// <param name="Join">The join's name on disk.</param>
internal readonly record struct JoinKey(string SplitTaskId, string Join);

/// <summary>The tasks that arrived at a join so far.</summary>
/// <param name="Inputs">The tasks by their index in the split.</param>
internal sealed record JoinArrivals(ImmutableSortedDictionary<int, TaskInput> Inputs)
{
    /// <summary>Adds a task.</summary>
    /// <param name="index">Its index in the split.</param>
    /// <param name="input">The task.</param>
    /// <returns>The arrivals with it.</returns>
    public JoinArrivals Add(int index, TaskInput input) => new(Inputs.SetItem(index, input));
}
