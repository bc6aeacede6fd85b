using System.Collections.Immutable;
using Metaflow.Running;

namespace Metaflow.Scheduling;

/// <summary>A fact that the scheduler is told.</summary>
internal abstract record SchedulerEvent
{
    /// <summary>The run begins; its parameters are kept as a task.</summary>
    /// <param name="Parameters">The task of the parameters.</param>
    public sealed record RunStarted(TaskInput Parameters) : SchedulerEvent;

    /// <summary>The run continues after its scheduler died, or after it failed or was stopped.</summary>
    /// <param name="Committed">The tasks to run again whose last attempt is complete, as a failure: they continue with the next
    /// number.</param>
    public sealed record RunContinued(ImmutableArray<string> Committed) : SchedulerEvent
    {
        /// <summary>Gets the tasks that continued without a scheduler and are followed again: they keep running.</summary>
        public ImmutableArray<string> Attached { get; init; } = [];
    }

    /// <summary>A launcher has started an attempt. It changes nothing; who continues the run follows the task further, or ends
    /// it.</summary>
    /// <param name="TaskId">The task.</param>
    /// <param name="Attempt">The attempt, from 0.</param>
    /// <param name="Handle">What finds it.</param>
    public sealed record TaskLaunched(string TaskId, int Attempt, LaunchHandle Handle) : SchedulerEvent;

    /// <summary>A task finished and its results are durable.</summary>
    /// <param name="TaskId">The task.</param>
    /// <param name="NextSteps">The steps it moves on to; none from the end step.</param>
    /// <param name="NumSplits">How many items its foreach has, or <see langword="null"/> for no foreach.</param>
    public sealed record TaskFinished(string TaskId, ImmutableArray<string> NextSteps, int? NumSplits) : SchedulerEvent
    {
        /// <summary>Gets how many tasks the gang has that it starts, or that was cloned with it as its first; <see langword="null"/> for
        /// no gang.</summary>
        public int? GangSize { get; init; }

        /// <summary>Gets how many tasks of the foreach may run at once; <see langword="null"/>, the default, for any number.</summary>
        public int? MaxParallel { get; init; }

        /// <summary>Gets a value indicating whether its results are those of a task of an earlier run, rather than of a process. The
        /// default is <see langword="false"/>.</summary>
        public bool IsClone { get; init; }

        /// <summary>Gets a value indicating whether the step failed and <c>[Catch]</c> handled the failure. The default is
        /// <see langword="false"/>.</summary>
        public bool IsCaught { get; init; }
    }

    /// <summary>No earlier task can stand in for a task: it has to run.</summary>
    /// <param name="TaskId">The task.</param>
    public sealed record ReuseRefused(string TaskId) : SchedulerEvent;

    /// <summary>An attempt of a task failed.</summary>
    /// <param name="TaskId">The task.</param>
    /// <param name="MayRetry">Whether another attempt is allowed by what is known of the failure.</param>
    public sealed record TaskFailed(string TaskId, bool MayRetry) : SchedulerEvent;

    /// <summary>The wait before another attempt is over.</summary>
    /// <param name="TaskId">The task.</param>
    public sealed record RetryDue(string TaskId) : SchedulerEvent;

    /// <summary>The run is to stop: no task is started any more.</summary>
    public sealed record StopRequested : SchedulerEvent;
}

/// <summary>A command for the loop.</summary>
internal abstract record SchedulerCommand
{
    /// <summary>Start a process for an attempt.</summary>
    /// <param name="Task">The task with its attempt.</param>
    public sealed record Launch(ScheduledTask Task) : SchedulerCommand;

    /// <summary>End a running task: another one of its gang failed. Its end is told as a failure.</summary>
    /// <param name="Task">The task.</param>
    /// <param name="FailedTaskId">The task that failed.</param>
    public sealed record EndTask(ScheduledTask Task, string FailedTaskId) : SchedulerCommand;

    /// <summary>Look for an earlier task that can stand in for a ready one, and clone it; answered with
    /// <see cref="SchedulerEvent.TaskFinished"/> or <see cref="SchedulerEvent.ReuseRefused"/>.</summary>
    /// <param name="Task">The task, before its first attempt.</param>
    public sealed record Reuse(ScheduledTask Task) : SchedulerCommand;

    /// <summary>Send <see cref="SchedulerEvent.RetryDue"/> after a wait.</summary>
    /// <param name="TaskId">The task.</param>
    /// <param name="Delay">The wait.</param>
    public sealed record WaitForRetry(string TaskId, TimeSpan Delay) : SchedulerCommand;

    /// <summary>Tell that the run now fails, while other tasks still run.</summary>
    /// <param name="Failed">The task that failed for good.</param>
    /// <param name="Active">How many tasks still run.</param>
    public sealed record AnnounceFailure(ScheduledTask Failed, int Active) : SchedulerCommand;

    /// <summary>End the run.</summary>
    /// <param name="Succeeded">Whether the end step finished.</param>
    /// <param name="Reason">Why it did not, where no task's failure says so.</param>
    public sealed record EndRun(bool Succeeded, string? Reason) : SchedulerCommand
    {
        /// <summary>Gets a value indicating whether all that was to run did, and tasks that were not to run are left. The default is
        /// <see langword="false"/>.</summary>
        public bool IsPartial { get; init; }
    }
}
