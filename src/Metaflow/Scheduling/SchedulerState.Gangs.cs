using System.Collections.Immutable;
using Metaflow.Joins;
using Metaflow.Launching;

namespace Metaflow.Scheduling;

/// <summary>Gangs: tasks that start together, end together, and are tried again together.</summary>
internal sealed partial record SchedulerState
{
    /// <summary>Gets the gangs that run, by the id of their first task.</summary>
    public ImmutableDictionary<string, GangProgress> Gangs { get; private init; } = ImmutableDictionary<string, GangProgress>.Empty;

    /// <summary>A gang waits in the queue as its first task; the others are made when it starts.</summary>
    private SchedulerState StartGang(ScheduledTask split, string next, int size)
    {
        var frame = new TaskFrame(split.TaskId, IsForeach: true, size, 0) { SplitStep = split.Step };
        return Enqueue(Successor(split, next) with { SplitIndex = 0, Gang = new GangSeat("", size, 0), Frames = split.Frames.Add(frame) });
    }

    /// <summary>Returns true if a task may start now. A gang waits for all its slots, and what is behind it waits with it, so that it
    /// gets them; one that is larger than the limit starts when nothing else runs.</summary>
    private bool HasRoomFor(ScheduledTask task) => Running.IsEmpty || Running.Count + WidthOf(task) <= _policy.MaxWorkers;

    /// <summary>How many tasks a queued one stands for. The fallback of a gang that kept dying is its first task alone.</summary>
    private int WidthOf(ScheduledTask task)
        => task.Gang is { } seat && task.Attempt <= task.FirstAttempt + _policy.BudgetOf(task.Step).UserRetries ? seat.Size : 1;

    private SchedulerState Start(ScheduledTask task, ImmutableArray<SchedulerCommand>.Builder commands)
    {
        var state = this with { Queued = Count(Queued, task.Step, -WidthOf(task)) };
        if (task.Gang is not { } seat)
        {
            commands.Add(new SchedulerCommand.Launch(task));
            return state with { Running = state.Running.Add(task.TaskId, task) };
        }

        var running = state.Running.ToBuilder();
        for (var index = 0; index < WidthOf(task); index++)
        {
            var member = MemberOf(task, seat, index);
            running.Add(member.TaskId, member);
            commands.Add(new SchedulerCommand.Launch(member));
        }

        return state with
        {
            Running = running.ToImmutable(),
            Gangs = state.Gangs.Add(seat.ControlTaskId, new GangProgress([], null, MayRetry: true)),
        };
    }

    /// <summary>Returns a task of a gang.</summary>
    /// <param name="any">Any task of it.</param>
    /// <param name="seat">That task's place.</param>
    /// <param name="index">The place of the task that is wanted.</param>
    /// <returns>The task.</returns>
    internal static ScheduledTask MemberOf(ScheduledTask any, GangSeat seat, int index) => any with
    {
        TaskId = GangMember.IdOf(seat.ControlTaskId, index),
        SplitIndex = index,
        Gang = seat with { Index = index },
        Frames = any.Frames.SetItem(any.Frames.Count - 1, any.Frames[^1] with { Index = index }),
    };

    private SchedulerState FinishMember(
        ScheduledTask task, GangSeat seat, ImmutableArray<string> nextSteps, ImmutableArray<SchedulerCommand>.Builder commands)
    {
        var gang = Gangs[seat.ControlTaskId];
        gang = gang with { Finished = gang.Finished.Add(task), NextSteps = nextSteps };
        return (this with { Running = Running.Remove(task.TaskId), Gangs = Gangs.SetItem(seat.ControlTaskId, gang) }).EndGangIfOver(
            seat, commands);
    }

    /// <summary>A gang that is cloned is over at once: it was asked for as its first task.</summary>
    private SchedulerState FinishClonedGang(ScheduledTask task, GangSeat seat, SchedulerEvent.TaskFinished finished)
    {
        var members = Enumerable.Range(0, finished.GangSize ?? seat.Size).Select(index => MemberOf(task, seat, index)).ToImmutableArray();
        var state = Forget(task, isClone: true) with
        {
            Clones = Clones.Union(members.Select(static member => member.TaskId)),
            Cloned = Count(Cloned, task.Step, members.Length),
        };
        return state.JoinGang(new GangProgress(members, null, MayRetry: true) { NextSteps = finished.NextSteps });
    }

    private SchedulerState FailMember(ScheduledTask task, GangSeat seat, bool mayRetry, ImmutableArray<SchedulerCommand>.Builder commands)
    {
        var gang = Gangs[seat.ControlTaskId];
        var running = Running.Remove(task.TaskId);
        if (gang.Failed is null)
        {
            foreach (var other in MembersIn(running, seat))
            {
                commands.Add(new SchedulerCommand.EndTask(other, task.TaskId));
            }
        }

        gang = gang with { Failed = gang.Failed ?? task, MayRetry = gang.MayRetry && mayRetry };
        return (this with { Running = running, Gangs = Gangs.SetItem(seat.ControlTaskId, gang) }).EndGangIfOver(seat, commands);
    }

    private SchedulerState EndGangIfOver(GangSeat seat, ImmutableArray<SchedulerCommand>.Builder commands)
    {
        if (MembersIn(Running, seat).Any())
        {
            return this;
        }

        var gang = Gangs[seat.ControlTaskId];
        var state = this with { Gangs = Gangs.Remove(seat.ControlTaskId) };
        return gang.Failed is { } failed ? state.FailAttempt(failed, gang.MayRetry, commands) : state.JoinGang(gang);
    }

    private SchedulerState JoinGang(GangProgress gang)
    {
        var members = gang.Finished.Sort(static (one, other) => one.Gang!.Index - other.Gang!.Index);
        var state = this with { Finished = Count(Finished, members[0].Step, members.Length) };
        return gang.NextSteps.IsEmpty ? state : state.Enqueue(new ScheduledTask
        {
            TaskId = "",
            Step = gang.NextSteps[0],
            Inputs = [.. members.Select(static member => new TaskInput(member.Step, member.TaskId))],
            Join = JoinKind.Foreach,
            Frames = members[0].Frames.RemoveAt(members[0].Frames.Count - 1),
        });
    }

    /// <summary>Returns the task that is tried again for one that failed: of a gang, the first with all the others.</summary>
    private static ScheduledTask NextAttemptOf(ScheduledTask task)
        => (task.Gang is { } seat ? MemberOf(task, seat, 0) : task) with { Attempt = task.Attempt + 1 };

    private static IEnumerable<ScheduledTask> MembersIn(ImmutableDictionary<string, ScheduledTask> running, GangSeat seat)
        => running.Values.Where(task => task.Gang?.ControlTaskId == seat.ControlTaskId).OrderBy(static task => task.Gang!.Index);
}

/// <summary>How far a running gang is.</summary>
/// <param name="Finished">The tasks that finished.</param>
/// <param name="Failed">The task that failed first, or <see langword="null"/>.</param>
/// <param name="MayRetry">Whether no failure forbids another attempt.</param>
internal sealed record GangProgress(ImmutableArray<ScheduledTask> Finished, ScheduledTask? Failed, bool MayRetry)
{
    /// <summary>Gets the steps that the finished tasks move on to.</summary>
    public ImmutableArray<string> NextSteps { get; init; } = [];
}
