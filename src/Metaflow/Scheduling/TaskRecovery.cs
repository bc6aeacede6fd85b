using System.Collections.Immutable;
using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Launching;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Platform;
using Metaflow.Settings;
using Metaflow.Tasks;

namespace Metaflow.Scheduling;

/// <summary>Finds out what became of the tasks of a scheduler that is gone.</summary>
/// <param name="context">What the run works with.</param>
/// <param name="run">The run.</param>
internal sealed class TaskRecovery(RunContext context, RunRecord run)
{
    private readonly TaskResults _results = new(context);
    private readonly CheckedArtifacts _checked = new(context.Datastore);

    /// <summary>Ends what the tasks of a scheduler that was killed had started, wherever it went: it would work beside the tasks that run
    /// again.</summary>
    /// <param name="mark">What marks it; <see langword="null"/> for nothing to end.</param>
    /// <exception cref="LaunchException">A process does not end (MF6034).</exception>
    public void EndMarked(string? mark)
    {
        if (mark is null or "" || MarkedProcesses.End(RunMark.TextOf(mark)) is not [var left, ..])
        {
            return;
        }

        throw new LaunchException(
            ErrorCodes.OrphanNotEnded,
            $"The run '{run.RunId}' cannot be continued.",
            $"Process {left}, which one of its tasks started, is still running and could not be killed.",
            "End the process, then continue the run.")
        { Pathspec = $"{run.Flow}/{run.RunId}" };
    }

    /// <summary>Returns the events of tasks that ended after the scheduler had died.</summary>
    /// <param name="state">The state that it left.</param>
    /// <param name="attached">The ids of the tasks that are followed again: these tell their end themselves.</param>
    /// <returns>The events.</returns>
    public async Task<IReadOnlyList<SchedulerEvent>> AdoptAsync(SchedulerState state, IReadOnlySet<string> attached)
    {
        var adopted = new List<SchedulerEvent>();
        foreach (var task in SchedulerState.InOrder(state.Running.Values.Where(task => !attached.Contains(task.TaskId))))
        {
            if (await OutcomeOfAsync(task, task.Attempt).ConfigureAwait(false) is { } outcome)
            {
                adopted.Add(outcome);
            }
        }

        // A clone without its records is made again: it comes out the same. So is a gang: its first task does not tell of the others.
        foreach (var task in SchedulerState.InOrder(state.Considered.Values.Where(static task => task.Gang is null)))
        {
            if (await TaskBeginning.RecordsOf(context, task, PathOf(task), task.Attempt).HasEndedAsync().ConfigureAwait(false)
                && await OutcomeOfAsync(task, task.Attempt).ConfigureAwait(false) is SchedulerEvent.TaskFinished clone)
            {
                adopted.Add(clone with { IsClone = true });
            }
        }

        // A task that was told to stop, or that ended badly after its commit, may have done all that was asked of it.
        foreach (var task in SchedulerState.InOrder(state.Unfinished.Values))
        {
            var attempt = IsGivenUp(task) ? task.Attempt - 1 : task.Attempt;
            if (await OutcomeOfAsync(task, attempt).ConfigureAwait(false) is SchedulerEvent.TaskFinished finished)
            {
                adopted.Add(finished);
            }
        }

        return adopted;
    }

    /// <summary>Returns the tasks to run again whose attempt is complete, as a failure.</summary>
    /// <param name="state">The state with what was adopted.</param>
    /// <param name="attached">The ids of the tasks that are followed again.</param>
    /// <returns>Their ids.</returns>
    public async Task<ImmutableArray<string>> CommittedFailuresAsync(SchedulerState state, IReadOnlySet<string> attached)
    {
        var committed = ImmutableArray.CreateBuilder<string>();
        foreach (var task in SchedulerState.InOrder(
            state.Unfinished.Values.Concat(state.Running.Values.Where(task => !attached.Contains(task.TaskId)))))
        {
            foreach (var id in IdsOf(task))
            {
                if (await context.Datastore.TryOpenAttemptAsync(
                    new TaskPath(run.Flow, run.RunId, task.Step, id), task.Attempt, default).ConfigureAwait(false) is not null)
                {
                    committed.Add(id);
                }
            }
        }

        return committed.ToImmutable();
    }

    /// <summary>A gang runs again as a whole: what any task of it committed counts.</summary>
    private static IEnumerable<string> IdsOf(ScheduledTask task)
        => task.Gang is { } seat
            ? Enumerable.Range(0, seat.Size).Select(index => GangMember.IdOf(seat.ControlTaskId, index))
            : [task.TaskId];

    private static bool IsGivenUp(ScheduledTask task) => task.FirstAttempt == task.Attempt && task.Attempt > 0;

    private TaskPath PathOf(ScheduledTask task) => new(run.Flow, run.RunId, task.Step, task.TaskId);

    private async Task<SchedulerEvent?> OutcomeOfAsync(ScheduledTask task, int attempt)
    {
        var path = PathOf(task);
        var artifacts = await context.Datastore.TryOpenAttemptAsync(path, attempt, default).ConfigureAwait(false);
        if (artifacts is null)
        {
            return null;
        }

        if (await _checked.FirstDamageAsync(artifacts.Records.Values).ConfigureAwait(false) is not null)
        {
            // What cannot be read is not a result: the task runs again, as after a failure.
            return null;
        }

        var isOk = artifacts.Contains(InternalArtifacts.TaskOk) && artifacts.LoadPlain(InternalArtifacts.TaskOk) is true;
        await CompleteRecordsAsync(task, artifacts, isOk).ConfigureAwait(false);
        if (!isOk)
        {
            return new SchedulerEvent.TaskFailed(task.TaskId, MayRetry: true);
        }

        var (result, failure) = await _results.ReadAsync(
            task with { Attempt = attempt }, path, new TaskExit(ExitCodes.Success, WasKilled: false)).ConfigureAwait(false);
        return result is null
            ? new SchedulerEvent.TaskFailed(task.TaskId, failure!.MayRetry)
            : new SchedulerEvent.TaskFinished(task.TaskId, [.. result.NextSteps], result.NumSplits)
            {
                GangSize = result.GangSize,
                MaxParallel = result.MaxParallel,
            };
    }

    /// <summary>A task killed after its commit may not have recorded it; what it read is in its own notes.</summary>
    private async Task CompleteRecordsAsync(ScheduledTask task, TaskArtifacts artifacts, bool isOk)
    {
        var records = TaskBeginning.RecordsOf(context, task, artifacts.Task, artifacts.Attempt);
        var frames = await TaskBeginning.FramesAsync(context, run, task).ConfigureAwait(false);
        await records.CompleteBeginningAsync(run, frames, context.OriginRunId).ConfigureAwait(false);

        if (!await records.HasEndedAsync().ConfigureAwait(false))
        {
            await records.EndAsync(
                isOk, await LineageOfAsync(artifacts).ConfigureAwait(false), artifacts.Records.Values, []).ConfigureAwait(false);
        }
    }

    private async Task<TaskLineage> LineageOfAsync(TaskArtifacts artifacts)
    {
        var note = await context.Datastore.ReadNoteAsync(
            artifacts.Task, artifacts.Attempt, TaskLineage.Note, default).ConfigureAwait(false);
        return (note is null ? null : TaskLineage.FromJson(note)) ?? new TaskLineage();
    }
}
