using System.Collections.Immutable;

namespace Metaflow.Scheduling;

internal sealed partial record SchedulerState
{
    /// <summary>Gets the tasks for which an earlier one is being looked for or cloned, by id.</summary>
    public ImmutableDictionary<string, ScheduledTask> Considered { get; private init; } = ImmutableDictionary<string, ScheduledTask>.Empty;

    /// <summary>Gets the tasks that are ready but may not run, because the run is to stop before them.</summary>
    public ImmutableList<ScheduledTask> Held { get; private init; } = [];

    /// <summary>Gets how many of the finished tasks are clones.</summary>
    public int ClonedTasks => Clones.Count;

    /// <summary>Gets the tasks that may be cloned and were not looked at yet.</summary>
    private ImmutableQueue<ScheduledTask> Candidates { get; init; } = [];

    /// <summary>Gets the ids of the finished tasks that are clones.</summary>
    private ImmutableHashSet<string> Clones { get; init; } = [];

    /// <summary>A task that fails stops the run: what could have been cloned before it would be lost to the next resume.</summary>
    private bool MustClonesComeFirst => _policy.Reuse == ReuseRule.AfterClones && !Considered.IsEmpty;

    private SchedulerState Admit(ScheduledTask task)
        => MayBeClone(task) ? this with { Candidates = Candidates.Enqueue(task) } : Await(task);

    // A gang is cloned as a whole or not at all: its tasks talk to each other, and one that is cloned would not answer. What they tell each
    // other is not recorded as read, so that a cache cannot compare it.
    private bool MayBeClone(ScheduledTask task) => _policy.Reuse switch
    {
        ReuseRule.Always => task.Gang is null,
        ReuseRule.AfterClones => task.Inputs.All(input => input.Step == Naming.TaskPath.ParametersStep || Clones.Contains(input.TaskId)),
        _ => false,
    };

    private SchedulerState Await(ScheduledTask task) => _policy.MayRun(task.Step)
        ? Requeue(task)
        : this with { Held = Held.Add(task) };

    private SchedulerState Consider(ImmutableArray<SchedulerCommand>.Builder commands)
    {
        var state = this;
        while (!state.IsStopping && !state.Candidates.IsEmpty)
        {
            var candidates = state.Candidates.Dequeue(out var task);
            state = state with { Candidates = candidates, Considered = state.Considered.Add(task.TaskId, task) };
            commands.Add(new SchedulerCommand.Reuse(task));
        }

        return state;
    }

    private SchedulerState Refuse(string taskId)
        => Considered.TryGetValue(taskId, out var task) ? (this with { Considered = Considered.Remove(taskId) }).Await(task) : this;

    private SchedulerState Forget(ScheduledTask task, bool isClone) => this with
    {
        Considered = Considered.Remove(task.TaskId),
        Clones = isClone ? Clones.Add(task.TaskId) : Clones,
        Cloned = isClone ? Count(Cloned, task.Step, 1) : Cloned,
    };
}
