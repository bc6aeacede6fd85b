using System.Diagnostics.CodeAnalysis;
using Metaflow.Errors;
using Metaflow.Launching;
using Metaflow.Naming;
using Metaflow.Running;

namespace Metaflow.Scheduling;

internal sealed partial class SchedulerLoop
{
    /// <summary>More at once only wait for the same disk.</summary>
    private const int MaxReusesAtOnce = 8;

    /// <summary>Each flushes its files from two threads.</summary>
    private const int ThreadsOfReuses = 2 * MaxReusesAtOnce;

    private readonly SemaphoreSlim _reuseSlots = new(MaxReusesAtOnce);

    private Task _lastAnswer = Task.CompletedTask;

    /// <summary>Has the pool make threads as they are needed: it adds them half a second apart when those that it has wait for the
    /// disk.</summary>
    private static void ReserveThreads()
    {
        ThreadPool.GetMinThreads(out var workers, out var ports);
        ThreadPool.SetMinThreads(Math.Max(workers, ThreadsOfReuses), ports);
    }

    /// <summary>Looks for a task that can stand in, beside the loop's thread; what came of it is told to that thread.</summary>
    private void Reuse(ScheduledTask task)
    {
        var before = _policy.Reuse == ReuseRule.AfterClones ? _lastAnswer : Task.CompletedTask;
        _lastAnswer = AnswerAsync(before, task, LookAsync(task));
    }

    /// <summary>Clones of a resumed run are told in the order in which they were asked for: then their ids follow from the resumed run
    /// alone, and a process that takes over an unfinished resume makes the same tasks again.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "What fails here is handed to the loop's thread, which ends the run with it.")]
    private async Task AnswerAsync(Task before, ScheduledTask task, Task<ReuseOutcome> looking)
    {
        try
        {
            var outcome = await looking.ConfigureAwait(false);
            await before.ConfigureAwait(false);
            Post(() => EndReuse(task, outcome));
        }
        catch (Exception fault)
        {
            Post(() => throw InternalException.Of(fault));
        }
    }

    private async Task<ReuseOutcome> LookAsync(ScheduledTask task)
    {
        await _reuseSlots.WaitAsync().ConfigureAwait(false);
        try
        {
            return await Task.Run(() => TryReuseAsync(task)).ConfigureAwait(false);
        }
        finally
        {
            _reuseSlots.Release();
        }
    }

    private async Task<ReuseOutcome> TryReuseAsync(ScheduledTask task)
    {
        try
        {
            return await _reuse!.ReuseAsync(_run, task).ConfigureAwait(false);
        }
        catch (MetaflowException error)
        {
            // What cannot be cloned can still be computed.
            return new ReuseOutcome(null, null, $"cloning failed: {error.Message} [{error.Code}]");
        }
    }

    private void EndReuse(ScheduledTask task, ReuseOutcome outcome)
    {
        var path = new TaskPath(_run.Flow, _run.RunId, task.Step, task.TaskId);
        if (outcome is { Origin: { } origin, Result: { } result })
        {
            Tell(new RunEvent.TaskCloned(Now, path, origin, _context.Request.Explains ? outcome.Reason : null)
            {
                Place = _places.Of(task),
            });
            for (var index = 1; index <= outcome.OtherOrigins.Count; index++)
            {
                var other = path with { TaskId = GangMember.IdOf(task.TaskId, index) };
                Tell(new RunEvent.TaskCloned(Now, other, outcome.OtherOrigins[index - 1], null)
                {
                    Place = _places.Of(SchedulerState.MemberOf(task, task.Gang!, index)),
                });
            }

            Apply(task, result, isClone: true);
            return;
        }

        if (_context.Request.Explains)
        {
            Tell(new RunEvent.TaskNotReused(Now, path, outcome.Reason) { Place = _places.Of(task) });
        }

        Apply(new SchedulerEvent.ReuseRefused(task.TaskId));
    }
}
