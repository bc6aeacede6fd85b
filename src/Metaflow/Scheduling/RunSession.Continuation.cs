using System.Collections.Immutable;
using System.Globalization;
using Metaflow.Decorators;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Running;
using Metaflow.Runs;

namespace Metaflow.Scheduling;

internal sealed partial class RunSession
{
    /// <summary>Continues a run.</summary>
    private async Task<SessionStart> ContinueAsync(RunContinuation continuation, RunHolds holds, RunInterruption interruption)
    {
        var policy = SchedulerLoop.PolicyOf(plan, continuation.Run);
        var replay = continuation.Replay(policy);
        if (continuation.Request.Tags.Count > 0)
        {
            await _context.Metadata.ChangeTagsAsync(
                continuation.Run.Flow, continuation.Run.RunId, continuation.Request.Tags, [], default).ConfigureAwait(false);
        }

        var run = await _context.Metadata.FindRunAsync(continuation.Run.Flow, continuation.Run.RunId, default).ConfigureAwait(false)
            ?? continuation.Run;
        await RequireParametersAsync(run, continuation.Recorded).ConfigureAwait(false);
        var recovery = new TaskRecovery(_context, run);
        var journal = holds.Journal = new RunJournal(await continuation.Lease.OpenJournalAsync(default).ConfigureAwait(false));
        var clones = IsResumed && replay.Launched.Count == 0;
        var loop = new SchedulerLoop(plan, run, journal, policy, interruption) { ClonesDone = clones ? () => MarkLatestAsync(run) : null };
        var attached = await AttachAsync(loop, replay).ConfigureAwait(false);
        if (continuation.WasKilled)
        {
            recovery.EndMarked(replay.Session.Mark);
        }

        var adopted = await recovery.AdoptAsync(replay.State, attached).ConfigureAwait(false);
        var state = adopted.Aggregate(replay.State.WithPolicy(policy), static (state, adoption) => state.Apply(adoption).State);
        SchedulerEvent beginning = state.HasBegun ? await ContinuedAsync(recovery, state, attached).ConfigureAwait(false) : Start;
        CheckAttempts(run, state.Apply(beginning).State);

        // Before any task runs: what is recorded later than a task could be taken for what the task ran.
        await _parameters.RecordChangedCodeAsync(run, state.HasBegun).ConfigureAwait(false);
        await _parameters.RecordChangedEnvironmentsAsync(run).ConfigureAwait(false);

        journal.Begin(SessionRecord.OfThisProcess(plan, policy), adopted);
        await (state.HasBegun ? RecordStatusAsync(run, RunState.Running, null).AsTask() : RecordStartAsync(run)).ConfigureAwait(false);
        TellStarting(run);
        await loop.RecallItemsAsync(state).ConfigureAwait(false);
        Say(replay, adopted.Count, state);
        return new SessionStart(run, loop, beginning, state);
    }

    private static async Task<SchedulerEvent> ContinuedAsync(TaskRecovery recovery, SchedulerState state, ImmutableHashSet<string> attached)
        => new SchedulerEvent.RunContinued(await recovery.CommittedFailuresAsync(state, attached).ConfigureAwait(false))
        {
            Attached = [.. attached.Order(StringComparer.Ordinal)],
        };

    /// <summary>Follows the tasks that still run where they can be followed. All others end: from then on, what is committed stays as it
    /// is.</summary>
    private static async Task<ImmutableHashSet<string>> AttachAsync(SchedulerLoop loop, RunReplay replay)
    {
        var attached = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        foreach (var (taskId, launched) in replay.Launched)
        {
            // Also after its end a task may have left a process on this machine; elsewhere, who ended a task has ended what it started.
            var isRunning = replay.State.Running.TryGetValue(taskId, out var task) && task.Attempt == launched.Attempt;
            if ((isRunning || launched.Handle.Launcher == LaunchHandle.Local)
                && await loop.AttachAsync(
                    task ?? new ScheduledTask { TaskId = taskId, Step = "", Inputs = [] }, launched).ConfigureAwait(false))
            {
                attached.Add(taskId);
            }
        }

        return attached.ToImmutable();
    }

    /// <summary>A scheduler that was killed at its very beginning may not have stored the parameters: they are found again from what it was
    /// asked for.</summary>
    private async Task RequireParametersAsync(RunRecord run, RunRequest? recorded)
    {
        var unknown = recorded?.Values is not { Count: > 0 } values
            ? null
            : new MetadataException(
                ErrorCodes.ParametersNotKept,
                $"The run '{run.RunId}' cannot be continued.",
                "Its scheduler was killed before it had stored the parameters. The program passed values for "
                    + $"{string.Join(", ", values.Keys.Select(static name => $"'{name}'"))}, and they are recorded nowhere else.",
                "Start the run again from the program. This run had not done anything yet.")
            { Pathspec = $"{run.Flow}/{run.RunId}" };
        await _parameters.SaveMissingAsync(run, unknown).ConfigureAwait(false);
    }

    private static void CheckAttempts(RunRecord run, SchedulerState state)
    {
        var exhausted = state.Running.Values.Concat(state.Blocked).Concat(state.Queue)
            .Concat(state.Limited.Values.SelectMany(static tasks => tasks))
            .FirstOrDefault(static task => task.Attempt >= RetryBudget.MaxAttempts);
        if (exhausted is not null)
        {
            throw new LaunchException(
                ErrorCodes.NoAttemptLeft,
                $"The run '{run.RunId}' cannot be continued.",
                $"Its task '{exhausted.Step}/{exhausted.TaskId}' has failed {RetryBudget.MaxAttempts} "
                    + "times, and a task has no more attempts.",
                $"Start a new run from what it finished: 'resume --origin-run-id {run.RunId}'.")
            { Pathspec = $"{run.Flow}/{run.RunId}/{exhausted.Step}/{exhausted.TaskId}" };
        }
    }

    private void Say(RunReplay replay, int adopted, SchedulerState state)
    {
        var before = ProgressCounts.Of(replay.State);
        var again = state.Running.Count + state.Unfinished.Count + state.Waiting.Count;
        Tell(string.Create(CultureInfo.InvariantCulture,
            $"Continuing: {before.Done} tasks had finished, {adopted} more have finished in the meantime, {again} run again."));
    }
}
