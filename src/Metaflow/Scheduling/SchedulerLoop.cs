using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Platform;
using Metaflow.Running;
using Metaflow.Tasks;

namespace Metaflow.Scheduling;

/// <summary>Does what <see cref="SchedulerState"/> decides and tells it what happened. It decides nothing itself.</summary>
[SuppressMessage(
    "Design", "CA1001", Justification = "The semaphore never makes a handle, and threads that read ended processes may still wait for it.")]
internal sealed partial class SchedulerLoop
{
    /// <summary>The most pieces of output that wait to be shown; a task that writes faster waits.</summary>
    private const int MaxWaitingOutput = 1024;

    /// <summary>The most things that happened at once; more of them wait, so that their consequences do not.</summary>
    private const int MaxBatch = 256;

    /// <summary>How long tasks have to stop after they were asked to.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly RunContext _context;
    private readonly IReuseSource? _reuse;
    private readonly RunRecord _run;
    private readonly RunJournal _journal;
    private readonly RunInterruption _interruption;
    private readonly TaskResults _results;
    private readonly SchedulerPolicy _policy;
    private readonly Channel<Action> _inbox = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SemaphoreSlim _outputSlots = new(MaxWaitingOutput);
    private readonly CancellationTokenSource _over = new();
    private readonly Dictionary<string, LiveTask> _live = [];
    private readonly HashSet<LongTimer> _timers = [];
    private readonly List<Task> _notes = [];
    private readonly List<SchedulerCommand> _commands = [];
    private readonly ForeachPlaces _places;
    private SchedulerState _state;
    private SchedulerCommand.EndRun? _end;
    private MetaflowException? _error;
    private bool _isInterrupted;
    private bool _isFailing;
    private bool _isPastClones;

    /// <summary>Initializes the loop of a run whose parameters are stored.</summary>
    /// <param name="plan">What was found out about the run.</param>
    /// <param name="run">The run.</param>
    /// <param name="journal">Records what happens before anything follows from it.</param>
    /// <param name="policy">What is decided by.</param>
    /// <param name="interruption">Asks the run to stop from outside.</param>
    public SchedulerLoop(RunPlan plan, RunRecord run, RunJournal journal, SchedulerPolicy policy, RunInterruption interruption)
    {
        _context = plan.Context;
        _reuse = plan.Reuse?.Tasks;
        _run = run;
        _journal = journal;
        _interruption = interruption;
        _results = new TaskResults(_context);
        _policy = policy;
        _state = new SchedulerState(policy);
        _places = new ForeachPlaces(_context.Datastore);
        if (_policy.Reuse != ReuseRule.Never)
        {
            ReserveThreads();
        }
    }

    /// <summary>Gets what is done beside the first task that runs, or the end of a run in which none does: what can be cloned is cloned
    /// then. Not done when the run is stopped before. The default is nothing.</summary>
    public Func<Task>? ClonesDone { get; init; }

    /// <summary>Finds out which items the tasks have that a run goes on with.</summary>
    /// <param name="state">The state to begin with.</param>
    /// <returns>A task that ends when they are known.</returns>
    public Task RecallItemsAsync(SchedulerState state) => _places.RecallAsync(_run, state.Open);

    /// <summary>Returns what a run is decided by.</summary>
    /// <param name="plan">What was found out about the run.</param>
    /// <param name="run">The run.</param>
    /// <returns>The policy.</returns>
    public static SchedulerPolicy PolicyOf(RunPlan plan, RunRecord run)
    {
        var context = plan.Context;
        return new(context.Definition.Graph, context.Workers.Workers, context.BudgetOf)
        {
            RunId = run.RunId,
            DemandOf = context.DemandOf,
            MaxParallelOf = step => context.DecoratorsOf(step).Find<MaxParallelAttribute>()?.Tasks,
            Capacity = context.Capacity,
            Reuse = plan.Reuse?.Tasks.Rule ?? ReuseRule.Never,
            MayRun = StepsToRun.Of(context.Definition.Graph, context.Request),
        };
    }

    /// <summary>Runs until the run is over and no task of it is left.</summary>
    /// <param name="beginning">The first event.</param>
    /// <param name="state">The state to begin with; that of a new run by default.</param>
    /// <returns>How it ended.</returns>
    public async Task<RunOutcome> RunAsync(SchedulerEvent beginning, SchedulerState? state = null)
    {
        _state = state ?? _state;
        _ = _context.Reads.RecallAsync();
        using var heard = _interruption.Hear();
        using var interrupted = _interruption.Token.Register(() => Post(Interrupt));
        _interruption.RequestedAgain += OnRequestedAgain;
        _interruption.Abandoned += EndTasksAsync;
        try
        {
            Record(beginning, _state.Apply(beginning));
            await CommitAsync().ConfigureAwait(false);
            while (_end is null)
            {
                var action = await _inbox.Reader.ReadAsync().ConfigureAwait(false);
                action();

                // What happened at the same time is recorded together: one write for all of it.
                for (var more = 1; more < MaxBatch && _inbox.Reader.TryRead(out action); more++)
                {
                    action();
                }

                await CommitAsync().ConfigureAwait(false);
            }

            _notes.Add(_context.Reads.KeepAsync());
            await FinishNotesAsync().ConfigureAwait(false);
        }
        finally
        {
            _interruption.RequestedAgain -= OnRequestedAgain;
            _interruption.Abandoned -= EndTasksAsync;
            await EndAllAsync().ConfigureAwait(false);
        }

        return Outcome(_end);
    }

    private void Post(Action action) => _inbox.Writer.TryWrite(action);

    private void OnRequestedAgain() => Post(() => KillAll(waited: null));

    private RunOutcome Outcome(SchedulerCommand.EndRun end)
    {
        if (end.Succeeded)
        {
            return new RunOutcome(_run.RunId, true, ExitCodes.Success, null);
        }

        if (end.IsPartial)
        {
            return new RunOutcome(_run.RunId, false, ExitCodes.Success, null) { IsPartial = true };
        }

        if (_isInterrupted)
        {
            return new RunOutcome(_run.RunId, false, _interruption.ExitCode, null);
        }

        var error = _error ?? new InternalException(
            ErrorCodes.InternalFault, "The run ended without its end step.", end.Reason ?? "",
            "Report this with the flow's graph (output-raw --json).");
        return new RunOutcome(_run.RunId, false, ExitCodes.Failure, error);
    }

    private void Apply(SchedulerEvent schedulerEvent) => Record(schedulerEvent, _state.Apply(schedulerEvent));

    private void Record(SchedulerEvent schedulerEvent, (SchedulerState State, ImmutableArray<SchedulerCommand> Commands) decision)
    {
        (_state, var commands) = decision;
        _journal.Add(schedulerEvent);
        _commands.AddRange(commands);

        // Reported before the commands are done: starting many processes takes a while, and a view should show it.
        Tell(new RunEvent.Progress(Now, ProgressCounts.Of(_context.Definition.Graph, _state)));
    }

    /// <summary>Records the events, then does what follows from them.</summary>
    private async ValueTask CommitAsync()
    {
        // What a power cut makes forgotten must not have started a process: its task's id could be given to another.
        await _journal.WriteAsync(
            ProgressCounts.Of(_state), Now,
            isDurable: _commands.Exists(static command => command is SchedulerCommand.Launch or SchedulerCommand.Reuse)).ConfigureAwait(
                false);
        TellClonesDone();
        foreach (var command in _commands)
        {
            switch (command)
            {
                case SchedulerCommand.Launch launch:
                    Launch(launch.Task);
                    break;
                case SchedulerCommand.EndTask end:
                    EndTask(end);
                    break;
                case SchedulerCommand.Reuse reuse:
                    Reuse(reuse.Task);
                    break;
                case SchedulerCommand.WaitForRetry wait:
                    After(wait.Delay, () => Apply(new SchedulerEvent.RetryDue(wait.TaskId)));
                    break;
                case SchedulerCommand.AnnounceFailure failure:
                    AnnounceFailure(failure);
                    break;
                case SchedulerCommand.EndRun end:
                    _end = end;
                    break;
            }
        }

        if (_commands.Exists(static command => command is SchedulerCommand.Launch))
        {
            ExpectTasks();
        }

        _commands.Clear();
        await _journal.WriteAsync(ProgressCounts.Of(_state), Now, isDurable: false).ConfigureAwait(false);
    }

    // Processes that wait have loaded the packages of a step, so that each environment has its own.
    private void ExpectTasks()
    {
        if (_context.Environments.IsEmpty)
        {
            _context.Launchers.Default.Expect(_context.Program, _state.CountExpected());
            return;
        }

        foreach (var program in _state.ListExpected().Where(step => !_context.FetchesProgram(step)).GroupBy(_context.ProgramOf))
        {
            _context.Launchers.Default.Expect(program.Key, program.Count());
        }
    }

    private void TellClonesDone()
    {
        if (!_isPastClones && !_isInterrupted
            && _commands.Exists(static command => command is SchedulerCommand.Launch or SchedulerCommand.EndRun))
        {
            _isPastClones = true;
            _notes.Add(ClonesDone?.Invoke() ?? Task.CompletedTask);
        }
    }

    private void Apply(ScheduledTask task, TaskResult result, bool isClone)
    {
        _places.Remember(task.TaskId, result.Items);
        Apply(new SchedulerEvent.TaskFinished(task.TaskId, [.. result.NextSteps], result.NumSplits)
        {
            GangSize = result.GangSize,
            MaxParallel = result.MaxParallel,
            IsClone = isClone,
            IsCaught = result.IsCaught,
        });
    }

    private void Interrupt()
    {
        _isInterrupted = true;
        Tell(new RunEvent.RunStopping(Now, WasInterrupted: true, _live.Count)
        {
            ByCtrlC = _interruption.ExitCode == ExitCodes.Interrupted,
        });
        foreach (var live in _live.Values)
        {
            live.Note("[KILLED BY ORCHESTRATOR]");
            live.RequestStop();
        }

        After(Grace, () => KillAll(Grace));
        Apply(new SchedulerEvent.StopRequested());
    }

    private void KillAll(TimeSpan? waited)
    {
        if (_live.Count == 0)
        {
            return;
        }

        Tell(new RunEvent.TasksKilled(Now, _live.Count, waited));
        foreach (var live in _live.Values)
        {
            live.Kill();
        }
    }

    /// <summary>Whatever ends the loop, a fault of the framework included: no task stays.</summary>
    private async Task EndAllAsync()
    {
        // Threads that read the output of processes must not wait for a loop that is gone.
        await _over.CancelAsync().ConfigureAwait(false);
        await EndTasksAsync().ConfigureAwait(false);
        foreach (var timer in _timers)
        {
            timer.Dispose();
        }
    }

    private Task EndTasksAsync() => Task.WhenAll(_live.Values.ToArray().Select(static live => live.EndAsync()));

    /// <summary>Waits until output may be shown; <see langword="false"/> when nobody shows any more.</summary>
    private bool TakeOutputSlot()
    {
        try
        {
            _outputSlots.Wait(_over.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void After(TimeSpan delay, Action action)
    {
        LongTimer? timer = null;
        timer = new LongTimer(_context.Time, delay, () => Post(Due));
        _timers.Add(timer);

        // On the loop's thread, by when the timer is known.
        void Due()
        {
            _timers.Remove(timer!);
            timer!.Dispose();
            action();
        }
    }

    private DateTimeOffset Now => _context.Time.GetUtcNow();

    private void Tell(RunEvent runEvent) => _context.Observer.OnEvent(runEvent);
}
