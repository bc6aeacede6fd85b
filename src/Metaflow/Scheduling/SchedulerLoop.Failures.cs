using System.Collections.Concurrent;
using Metaflow.Errors;
using Metaflow.Naming;
using Metaflow.Running;

namespace Metaflow.Scheduling;

/// <summary>What follows from attempts that failed.</summary>
internal sealed partial class SchedulerLoop
{
    private readonly ConcurrentQueue<string> _lostNotes = [];

    /// <summary>What tasks that failed could not say themselves.</summary>
    private readonly Dictionary<string, string?> _untold = new(StringComparer.Ordinal);

    /// <summary>Lets the failure of an attempt take effect when the attempt is recorded. A scheduler that is killed in between has neither
    /// started a further attempt, nor will the one that continues the run: so no attempt that left nothing is ever followed by
    /// another.</summary>
    private void FailWhenNoted(ScheduledTask task, TaskFailure failure, Task note)
        => note.ContinueWith(
            ended => Post(() => FailNoted(task, failure, ended)),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);

    /// <summary>The error of an attempt is the run's only when no further attempt makes up for it; that of its record always is.</summary>
    private void FailNoted(ScheduledTask task, TaskFailure failure, Task note)
    {
        if (_context.DecoratorsOf(task.Step).Find<RetryAttribute>()?.Allows(failure.Kind) == false)
        {
            failure = failure with { MayRetry = false };
        }

        try
        {
            note.GetAwaiter().GetResult();
        }
        catch (MetaflowException unrecorded)
        {
            _error ??= unrecorded;
            Fail(task, failure with { Message = $"{unrecorded.Message} [{unrecorded.Code}]", MayRetry = false });
            return;
        }

        if (!MayRetry(task, failure.MayRetry))
        {
            _error ??= failure.Error;
        }

        Fail(task, failure);
    }

    /// <summary>What a successful attempt stored is complete without the note of its end: for want of a file for it no run fails.</summary>
    private async Task KeepLostAsync(TaskPath path, Task note)
    {
        try
        {
            await note.ConfigureAwait(false);
        }
        catch (MetaflowException lost) when (lost.IsTransient)
        {
            _lostNotes.Enqueue($"The note on how the process of task '{path.WithoutFlow}' ended is lost. {lost.Message} [{lost.Code}]");
        }
    }

    /// <summary>Waits for what is recorded beside the run, and tells what could not be.</summary>
    private async Task FinishNotesAsync()
    {
        await Task.WhenAll(_notes).ConfigureAwait(false);
        foreach (var lost in _lostNotes)
        {
            Tell(new RunEvent.Message(Now, lost));
        }
    }

    private bool MayRetry(ScheduledTask task, bool isAllowed)
        => isAllowed && !_state.IsStopping && task.Attempt < _context.BudgetOf(task.Step).LastAttemptFrom(task.FirstAttempt);

    private void Fail(ScheduledTask task, TaskFailure failure)
    {
        var budget = _context.BudgetOf(task.Step);
        var retries = MayRetry(task, failure.MayRetry);
        var path = new TaskPath(_run.Flow, _run.RunId, task.Step, task.TaskId);
        _untold[task.TaskId] = failure.Message;
        Tell(new RunEvent.TaskFailed(
            Now, path, failure.Handle, task.Attempt, failure.Message,
            retries ? budget.WaitAfter(_run.RunId, task.TaskId, task.Attempt) : null,
            RetryForbidden: !failure.MayRetry && !_isInterrupted)
        {
            Place = _places.Of(task),
        });
        Apply(new SchedulerEvent.TaskFailed(task.TaskId, failure.MayRetry));
    }

    private void AnnounceFailure(SchedulerCommand.AnnounceFailure failure)
    {
        var task = failure.Failed;
        if (_isInterrupted || _isFailing)
        {
            return;
        }

        _isFailing = true;
        _error ??= new StepFailedException(
            ErrorCodes.StepRaised,
            $"Step {task.Step} (task-id {task.TaskId}) failed.",
            _untold.GetValueOrDefault(task.TaskId) ?? "Its own output above says why.",
            $"See it again with 'logs {_run.RunId}/{task.Step}/{task.TaskId}'.")
        {
            Pathspec = $"{_run.Flow}/{_run.RunId}/{task.Step}/{task.TaskId}",
        };
        Tell(new RunEvent.RunStopping(Now, WasInterrupted: false, failure.Active));
    }
}
