using System.Collections.Immutable;
using System.Globalization;
using Metaflow.Graph;
using Metaflow.Joins;

namespace Metaflow.Scheduling;

/// <summary>Everything that the scheduler knows of a run. An event makes a new state and the commands to do; nothing else happens
/// here.</summary>
/// <remarks>Every method is a pure function, so that runs, failures and crashes can be simulated by the thousand.</remarks>
internal sealed partial record SchedulerState
{
    private SchedulerPolicy _policy;

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

    /// <summary>Gets how many tasks were made, by step: each gang counts with the size that it was asked for.</summary>
    public ImmutableDictionary<string, int> Made { get; private init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>Gets how many of the finished tasks are clones, by step.</summary>
    public ImmutableDictionary<string, int> Cloned { get; private init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>Gets how many of the finished tasks had a failure that <c>[Catch]</c> handled, by step.</summary>
    public ImmutableDictionary<string, int> Caught { get; private init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>Gets how many tasks failed for good, by step.</summary>
    public ImmutableDictionary<string, int> Failed { get; private init; } = ImmutableDictionary<string, int>.Empty;

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
        // A task that was stopped may turn out to have committed: that is told when the run is continued.
        if (IsEnded && schedulerEvent is not (SchedulerEvent.RunContinued or SchedulerEvent.TaskFinished))
        {
            return (this, []);
        }

        var commands = ImmutableArray.CreateBuilder<SchedulerCommand>();
        var state = schedulerEvent switch
        {
            SchedulerEvent.RunStarted started => Begin(started),
            SchedulerEvent.TaskFinished finished => Finish(finished, commands),
            SchedulerEvent.TaskFailed failed => Fail(failed, commands),
            SchedulerEvent.RetryDue due => Retry(due.TaskId),
            SchedulerEvent.ReuseRefused refused => Refuse(refused.TaskId),
            SchedulerEvent.StopRequested => Stop(),
            SchedulerEvent.RunContinued continued => Continue(continued),
            _ => this,
        };
        state = state.Consider(commands).StartTasks(commands).EndIfIdle(commands);
        return (state, commands.ToImmutable());
    }

    private SchedulerState Begin(SchedulerEvent.RunStarted started)
        => Enqueue(new ScheduledTask { TaskId = "", Step = _policy.Graph.StartStep!.Name, Inputs = [started.Parameters] });

    private SchedulerState Finish(SchedulerEvent.TaskFinished finished, ImmutableArray<SchedulerCommand>.Builder commands)
    {
        if (!Running.TryGetValue(finished.TaskId, out var task) && !Considered.TryGetValue(finished.TaskId, out task)
            && !Unfinished.TryGetValue(finished.TaskId, out task))
        {
            return this;
        }

        if (task.Gang is { } seat)
        {
            if (finished.IsClone)
            {
                return FinishClonedGang(task, seat, finished);
            }

            return Gangs.ContainsKey(seat.ControlTaskId) ? FinishMember(task, seat, finished.NextSteps, commands) : this;
        }

        var state = Forget(task, finished.IsClone) with
        {
            Running = Running.Remove(task.TaskId),
            Unfinished = Unfinished.Remove(task.TaskId),
            Finished = Count(Finished, task.Step, 1),
            Caught = finished.IsCaught ? Count(Caught, task.Step, 1) : Caught,
        };
        if (finished.NextSteps.IsEmpty)
        {
            return state with { EndFinished = state.EndFinished || task.Step == _policy.Graph.EndStep?.Name };
        }

        if (finished.GangSize is { } size)
        {
            return state.StartGang(task, finished.NextSteps[0], size);
        }

        if (finished.NumSplits is { } count)
        {
            return state.FanOut(task, finished.NextSteps[0], count, finished.MaxParallel);
        }

        return finished.NextSteps is [var only] ? state.MoveOn(task, only) : state.Branch(task, finished.NextSteps);
    }

    private SchedulerState FanOut(ScheduledTask split, string next, int count, int? maxParallel)
    {
        if (count == 0)
        {
            return SkipToJoin(split);
        }

        var state = this;
        for (var index = 0; index < count; index++)
        {
            var frame = new TaskFrame(split.TaskId, IsForeach: true, count, index) { SplitStep = split.Step };
            state = state.Enqueue(Successor(split, next) with
            {
                SplitIndex = index,
                MaxParallel = maxParallel,
                Frames = split.Frames.Add(frame),
            });
        }

        return state;
    }

    /// <summary>A foreach without items continues with its join, which gets no inputs.</summary>
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
            var frame = new TaskFrame(split.TaskId, IsForeach: false, targets.Length, index) { SplitStep = split.Step };
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

        return task.Gang is { } seat ? FailMember(task, seat, failed.MayRetry, commands) : FailAttempt(task, failed.MayRetry, commands);
    }

    private SchedulerState FailAttempt(ScheduledTask task, bool mayRetry, ImmutableArray<SchedulerCommand>.Builder commands)
    {
        var state = this with { Running = Running.Remove(task.TaskId) };
        var budget = _policy.BudgetOf(task.Step);
        if (IsStopping || !mayRetry || task.Attempt >= budget.LastAttemptFrom(task.FirstAttempt))
        {
            commands.Add(new SchedulerCommand.AnnounceFailure(task, state.Running.Count));
            return state.GiveUp(task);
        }

        var next = NextAttemptOf(task);
        var wait = budget.WaitAfter(_policy.RunId, task.TaskId, task.Attempt);
        if (wait <= TimeSpan.Zero)
        {
            return state.Requeue(next);
        }

        commands.Add(new SchedulerCommand.WaitForRetry(next.TaskId, wait));
        return state with { Waiting = state.Waiting.Add(next.TaskId, next) };
    }

    private SchedulerState Retry(string taskId)
        => Waiting.TryGetValue(taskId, out var task)
            ? (this with { Waiting = Waiting.Remove(taskId) }).Requeue(task)
            : this;

    private SchedulerState Requeue(ScheduledTask task)
        => this with { Queue = Queue.Enqueue(task), Queued = Count(Queued, task.Step, WidthOf(task)) };

    private SchedulerState Enqueue(ScheduledTask task)
    {
        var id = NextTaskId.ToString(CultureInfo.InvariantCulture);
        var named = task with { TaskId = id, Gang = task.Gang is { } seat ? seat with { ControlTaskId = id } : null };
        var state = this with { NextTaskId = NextTaskId + 1, Made = Count(Made, task.Step, task.Gang?.Size ?? 1) };
        return state.Admit(named);
    }

    private SchedulerState StartTasks(ImmutableArray<SchedulerCommand>.Builder commands)
    {
        var state = this;
        while (!state.IsStopping && !state.MustClonesComeFirst && state.TakeNext(out state) is { } task)
        {
            state = state.Start(task, commands);
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
        var reason = succeeded || HasFailed || IsStopping || isPartial
            ? null
            : "No task is left to run, but the end step has not finished.";
        commands.Add(new SchedulerCommand.EndRun(succeeded, reason) { IsPartial = isPartial });
        return this with { IsEnded = true };
    }

    private static ImmutableDictionary<string, int> Count(ImmutableDictionary<string, int> counts, string step, int change)
        => counts.SetItem(step, counts.GetValueOrDefault(step) + change);
}

/// <summary>Which tasks belong to one join.</summary>
/// <param name="SplitTaskId">The task that split.</param>
/// <param name="Join">The join's name on disk.</param>
/// <remarks>No structure: code for dictionaries of one would have to be compiled in each process that launches tasks.</remarks>
internal sealed record JoinKey(string SplitTaskId, string Join);

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
