using System.Collections.Immutable;
using Metaflow.Launching;

namespace Metaflow.Scheduling;

/// <summary>How a run stops without its end, and continues.</summary>
internal sealed partial record SchedulerState
{
    /// <summary>Gets the tasks that a continuation of the run would run again, by id, each as it would be run: they failed for good, were
    /// stopped, or waited for another attempt when the run stopped.</summary>
    public ImmutableDictionary<string, ScheduledTask> Unfinished { get; private init; } = ImmutableDictionary<string, ScheduledTask>.Empty;

    /// <summary>Gets how many tasks failed for good.</summary>
    public int FailedTasks => Failed.Values.Sum();

    /// <summary>Gets a value indicating whether the first task was made: before that there is nothing to continue with, and the run
    /// starts.</summary>
    public bool HasBegun => NextTaskId > 1;

    private bool IsStopRequested { get; init; }

    /// <summary>Gets the names of all steps that the run has reached.</summary>
    /// <returns>The names on disk.</returns>
    public IReadOnlySet<string> ReachedSteps()
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        reached.UnionWith(Finished.Keys);
        reached.UnionWith(Joins.Keys.Select(static join => join.Join));
        reached.UnionWith(Open.Select(static task => task.Step));
        return reached;
    }

    /// <summary>Gets the tasks that were made and have not finished.</summary>
    public IEnumerable<ScheduledTask> Open => Running.Values.Concat(Queue).Concat(Blocked).Concat(AllLimited).Concat(Waiting.Values)
        .Concat(Unfinished.Values).Concat(Considered.Values).Concat(Candidates).Concat(Held);

    /// <summary>Goes on by another policy, as that of a program that continues a run.</summary>
    /// <param name="policy">What is decided by from now on.</param>
    /// <returns>The state.</returns>
    public SchedulerState WithPolicy(SchedulerPolicy policy) => this with { _policy = policy };

    private SchedulerState Stop() => (this with { IsStopping = true, IsStopRequested = true }).PutWaitingAside();

    /// <summary>A task that was stopped would be run as it was; one that failed gets attempts of its own.</summary>
    private SchedulerState GiveUp(ScheduledTask task)
    {
        var again = IsStopRequested ? task : AfterFailure(task);
        var state = this with
        {
            IsStopping = true,
            HasFailed = true,
            Failed = IsStopRequested ? Failed : Count(Failed, task.Step, 1),
            Unfinished = Unfinished.SetItem(task.TaskId, again),
        };
        return state.PutWaitingAside();
    }

    private SchedulerState PutWaitingAside()
        => this with { Unfinished = Unfinished.AddRange(Waiting), Waiting = ImmutableDictionary<string, ScheduledTask>.Empty };

    private SchedulerState Continue(SchedulerEvent.RunContinued continued)
    {
        // In an order of their own: that of the dictionaries differs from process to process, and a replay must get the same result.
        var followed = continued.Attached.Where(Running.ContainsKey).ToImmutableDictionary(static id => id, id => Running[id]);
        var ended = Running.Values.Where(task => !followed.ContainsKey(task.TaskId));
        var again = InOrder(WithWholeGangs(ended.Concat(Waiting.Values).Concat(Unfinished.Values)))
            .Select(task => HasCommitted(task, continued) ? AfterFailure(task) : task)
            .ToList();
        var queue = ImmutableQueue.CreateRange(again.Concat(Blocked).Concat(AllLimited).Concat(Queue));
        var state = this with
        {
            Running = followed,
            Waiting = ImmutableDictionary<string, ScheduledTask>.Empty,
            Unfinished = ImmutableDictionary<string, ScheduledTask>.Empty,
            Queue = queue,
            Blocked = [],
            Limited = Limited.Clear(),
            Queued = again.Aggregate(Queued, (counts, task) => Count(counts, task.Step, WidthOf(task))),
            Gangs = ImmutableDictionary<string, GangProgress>.Empty,
            Failed = Failed.Clear(),
            HasFailed = false,
            IsStopping = false,
            IsStopRequested = false,
            IsEnded = false,
        };
        return state.AdmitAgain();
    }

    /// <summary>A gang of which a task did not end is run again as a whole: it stands in the queue as its first task.</summary>
    private static IEnumerable<ScheduledTask> WithWholeGangs(IEnumerable<ScheduledTask> tasks)
        => tasks.Select(static task => task.Gang is { } seat ? MemberOf(task, seat, 0) : task).DistinctBy(static task => task.TaskId);

    private bool HasCommitted(ScheduledTask task, SchedulerEvent.RunContinued continued)
        => task.Gang is { } seat
            ? Enumerable.Range(0, seat.Size).Any(index => continued.Committed.Contains(GangMember.IdOf(seat.ControlTaskId, index)))
                || (Gangs.TryGetValue(seat.ControlTaskId, out var gang) && (gang.Failed is not null || !gang.Finished.IsEmpty))
            : continued.Committed.Contains(task.TaskId);

    /// <summary>Tasks that were about to be cloned, or not to be run, are judged again: the continuing program may be asked for something
    /// else.</summary>
    private SchedulerState AdmitAgain()
    {
        var pending = InOrder(Considered.Values).Concat(Candidates).Concat(Held).ToList();
        var state = this with
        {
            Considered = ImmutableDictionary<string, ScheduledTask>.Empty,
            Candidates = [],
            Held = [],
        };
        return pending.Aggregate(state, static (state, task) => state.Admit(task));
    }

    /// <summary>Puts tasks in the order of their ids, which is that in which they were made.</summary>
    /// <param name="tasks">The tasks.</param>
    /// <returns>The tasks in order.</returns>
    public static List<ScheduledTask> InOrder(IEnumerable<ScheduledTask> tasks)
        => [.. tasks.OrderBy(static task => task.TaskId.Length).ThenBy(static task => task.TaskId, StringComparer.Ordinal)];

    private static ScheduledTask AfterFailure(ScheduledTask task)
        => task with { Attempt = task.Attempt + 1, FirstAttempt = task.Attempt + 1 };
}
