using System.Diagnostics.CodeAnalysis;
using Metaflow.Decorators;
using Metaflow.Errors;
using Metaflow.Launching;
using Metaflow.Naming;
using Metaflow.Running;
using Metaflow.Tasks;

namespace Metaflow.Scheduling;

/// <summary>Starts tasks, and takes what became of them. Whatever may wait for a disk, a network or a process is done beside the loop's
/// thread, and told to it.</summary>
internal sealed partial class SchedulerLoop
{
    /// <summary>Hooks of decorators are called one after the other: their authors need not think of threads.</summary>
    private Task _lastPreparation = Task.CompletedTask;

    /// <summary>Follows a task further that a scheduler which is gone has started.</summary>
    /// <param name="task">The task.</param>
    /// <param name="launched">How it was launched.</param>
    /// <returns>Whether the task continues; otherwise nothing of it runs any more.</returns>
    /// <exception cref="MetaflowException">It can neither be followed nor be ended (MF6034).</exception>
    public async Task<bool> AttachAsync(ScheduledTask task, SchedulerEvent.TaskLaunched launched)
    {
        var live = new LiveTask(task, PathOf(task), this);
        var launcher = _context.Launchers.Named(launched.Handle.Launcher);
        var request = new AttachRequest(live.Path, launched.Attempt, launched.Handle, _context.Request.MaxLogSize * TaskLaunch.Megabyte);
        if (task.Gang is not null)
        {
            await EndAsync(launcher, request).ConfigureAwait(false);
            return false;
        }

        if (await launcher.AttachAsync(request, live, default).ConfigureAwait(false) is not { } attached)
        {
            return false;
        }

        _live.Add(task.TaskId, live);
        live.Begin(attached);
        return true;
    }

    /// <summary>A gang runs again as a whole.</summary>
    private static async Task EndAsync(ITaskLauncher launcher, AttachRequest request)
    {
        var end = new AwaitedEnd();
        using var task = await launcher.AttachAsync(request, end, default).ConfigureAwait(false);
        if (task is not null)
        {
            await task.KillAsync().ConfigureAwait(false);
            await end.Ended.ConfigureAwait(false);
        }
    }

    private void Launch(ScheduledTask task)
    {
        if (_isInterrupted)
        {
            // Decided at the same moment as the stop: no task starts any more, and this one is put aside as it is.
            Post(() => Apply(new SchedulerEvent.TaskFailed(task.TaskId, MayRetry: true)));
            return;
        }

        var live = new LiveTask(task, PathOf(task), this);
        _live.Add(task.TaskId, live);
        live.Starting = StartAsync(live, Now);
    }

    private TaskPath PathOf(ScheduledTask task) => new(_run.Flow, _run.RunId, task.Step, task.TaskId);

    [SuppressMessage("Design", "CA1031", Justification = "What fails here is handed to the loop's thread, which ends the run with it.")]
    private async Task<ILaunchedTask?> StartAsync(LiveTask live, DateTimeOffset at)
    {
        try
        {
            var request = TaskLaunch.Prepare(_context, _run, live.Task);
            if (_context.FetchesProgram(live.Task.Step))
            {
                request = request with { Program = await FetchProgramAsync(live).ConfigureAwait(false) };
            }

            if (TaskLaunch.HasHooks(_context, live.Task))
            {
                var before = _lastPreparation;
                var preparing = Task.Run(async () =>
                {
                    await before.ConfigureAwait(false);
                    return TaskLaunch.Hooked(_context.DecoratorsOf(live.Task.Step), request);
                });
                _lastPreparation = preparing.ContinueWith(
                    static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                request = await preparing.ConfigureAwait(false);
            }

            var started = await _context.LauncherOf(live.Task.Step).LaunchAsync(request, live, default).ConfigureAwait(false);
            Post(() => OnStarted(live, started, at));
            return started;
        }
        catch (Exception fault)
        {
            Post(() => OnNotStarted(live, fault as MetaflowException ?? InternalException.Of(fault)));
            return null;
        }
    }

    private async Task<ProgramLocation> FetchProgramAsync(LiveTask live)
    {
        var environment = await Task.Run(() => _context.FetchProgramAsync(live.Path)).ConfigureAwait(false);
        foreach (var text in environment.Warnings)
        {
            Post(() => Tell(new RunEvent.Message(Now, text)));
        }

        return environment.Program;
    }

    private void OnStarted(LiveTask live, ILaunchedTask started, DateTimeOffset at)
    {
        var task = live.Task;
        _journal.Add(new SchedulerEvent.TaskLaunched(task.TaskId, task.Attempt, started.Handle));
        var budget = _context.BudgetOf(task.Step);
        Tell(new RunEvent.TaskStarting(at, live.Path, started.Handle, task.Attempt, task.Attempt > task.FirstAttempt + budget.UserRetries)
        {
            Place = live.Place,
        });
        live.Begin(started);
    }

    private void OnNotStarted(LiveTask live, MetaflowException error)
    {
        // Recorded before anything follows from it: the next attempt must not leave a gap behind it.
        _live.Remove(live.Task.TaskId);
        live.TellEarlyOutput();
        var failure = new TaskFailure($"{error.Message} [{error.Code}]", error.IsTransient)
        {
            Error = error,
            Kind = FailureKinds.NotStarted,
        };
        FailWhenNoted(live.Task, failure, _results.NoteNotStartedAsync(_run, live.Task));
    }

    private void OnOutput(LiveTask live, DateTimeOffset at, string text, bool isError)
        => Tell(new RunEvent.TaskOutput(at, live.Path, live.Handle, text, isError) { Place = live.Place });

    private void OnExit(LiveTask live, TaskExit exit)
    {
        _live.Remove(live.Task.TaskId);
        _ = ReadAsync(live, exit);
    }

    [SuppressMessage("Design", "CA1031", Justification = "What fails here is handed to the loop's thread, which ends the run with it.")]
    private async Task ReadAsync(LiveTask live, TaskExit exit)
    {
        try
        {
            var (result, failure) = await Task.Run(() => _results.ReadAsync(live.Task, live.Path, exit)).ConfigureAwait(false);
            Post(() => OnRead(live, exit, result, failure));
        }
        catch (Exception fault)
        {
            Post(() => throw InternalException.Of(fault));
        }
    }

    private void OnRead(LiveTask live, TaskExit exit, TaskResult? result, TaskFailure? failure)
    {
        var task = live.Task;
        if (failure is { Error: null } && live.EndedBecause is { } cause)
        {
            // The failure of the gang is that of the task that failed first.
            failure = new TaskFailure(cause, MayRetry: true);
        }

        if (failure is { Message: { } message })
        {
            live.Started!.AddLogLine(message, isError: true);
        }

        live.Started!.Dispose();
        var note = _results.NoteExitAsync(_run, task, exit, failure is null);
        if (failure is not null)
        {
            FailWhenNoted(task, failure with { Handle = live.Handle }, note);
            return;
        }

        _notes.Add(KeepLostAsync(live.Path, note));
        if (result!.NumSplits is { } count)
        {
            Tell(new RunEvent.ForeachYields(Now, live.Path, live.Handle, count) { Place = live.Place });
        }

        Tell(new RunEvent.TaskSucceeded(Now, live.Path, live.Handle) { Place = live.Place, IsCaught = result.IsCaught });
        Apply(task, result, isClone: false);
    }

    private sealed class AwaitedEnd : ITaskObserver
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ended => _ended.Task;

        public void OnOutput(DateTimeOffset at, string text, bool isError)
        {
        }

        public void OnExit(TaskExit exit) => _ended.TrySetResult();
    }

    /// <summary>An attempt that is started, or is about to be. All but what the launcher tells is used on the loop's thread.</summary>
    private sealed class LiveTask(ScheduledTask task, TaskPath path, SchedulerLoop loop) : ITaskObserver
    {
        private readonly List<string> _notes = [];
        private readonly List<Action> _early = [];
        private RunEvent.TaskProgress? _report;
        private TaskExit? _exit;
        private bool _isToStop;
        private bool _isToBeKilled;

        public ScheduledTask Task => task;

        public TaskPath Path => path;

        public TaskPlace? Place { get; } = loop._places.Of(task);

        /// <summary>Gets the started attempt; <see langword="null"/> before its launcher has it.</summary>
        public ILaunchedTask? Started { get; private set; }

        /// <summary>Gets or sets why the scheduler ended the task, or <see langword="null"/>.</summary>
        public string? EndedBecause { get; set; }

        public LaunchHandle? Handle => Started?.Handle;

        /// <summary>Gets or sets the start; its result is <see langword="null"/> when it failed, or when the attempt is one that was
        /// attached.</summary>
        public Task<ILaunchedTask?> Starting { get; set; } = System.Threading.Tasks.Task.FromResult<ILaunchedTask?>(null);

        /// <summary>Takes the started attempt, and does what was to be done with it meanwhile.</summary>
        public void Begin(ILaunchedTask started)
        {
            Started = started;
            TellEarlyOutput();
            foreach (var note in _notes)
            {
                Note(note);
            }

            if (_isToStop)
            {
                RequestStop();
            }

            if (_isToBeKilled)
            {
                Kill();
            }

            if (_exit is { } exit)
            {
                loop.OnExit(this, exit);
            }
        }

        /// <summary>Adds a line to both of the task's logs.</summary>
        public void Note(string text)
        {
            if (Started is null)
            {
                _notes.Add(text);
                return;
            }

            Started.AddLogLine(text, isError: false);
            Started.AddLogLine(text, isError: true);
        }

        public void RequestStop()
        {
            _isToStop = true;
            _ = Started is { } started ? AskAsync(started.RequestStopAsync, "asked to stop") : null;
        }

        public void Kill()
        {
            _isToBeKilled = true;
            _ = Started is { } started ? AskAsync(started.KillAsync, "ended") : null;
        }

        /// <summary>Ends the attempt when the loop is over: nobody takes any more what is posted to it.</summary>
        public async Task EndAsync()
        {
            if ((Started ?? await Starting.ConfigureAwait(false)) is { } started)
            {
                await AskAsync(started.KillAsync, "ended").ConfigureAwait(false);
            }
        }

        public void OnOutput(DateTimeOffset at, string text, bool isError)
        {
            if (!loop.TakeOutputSlot())
            {
                return;
            }

            loop.Post(() =>
            {
                loop._outputSlots.Release();
                WhenStarted(() => loop.OnOutput(this, at, text, isError));
            });
        }

        /// <summary>A quick task prints before its launcher has told that it was started; readers expect it the other way round.</summary>
        private void WhenStarted(Action tell)
        {
            if (Started is null)
            {
                _early.Add(tell);
            }
            else
            {
                tell();
            }
        }

        /// <summary>Keeps the last report alone: a loop that is busy has one to tell of each task.</summary>
        public void OnProgress(double? fraction, string? text)
        {
            var report = new RunEvent.TaskProgress(loop.Now, path, fraction, text) { Place = Place };
            if (Interlocked.Exchange(ref _report, report) is null)
            {
                loop.Post(() => WhenStarted(() => loop.Tell(Interlocked.Exchange(ref _report, null)!)));
            }
        }

        /// <summary>Tells what the attempt printed before it counted as started.</summary>
        public void TellEarlyOutput()
        {
            _early.ForEach(static tell => tell());
            _early.Clear();
        }

        public void OnExit(TaskExit exit) => loop.Post(() =>
        {
            // It may end before its launcher has told that it was started.
            _exit = exit;
            if (Started is not null)
            {
                loop.OnExit(this, exit);
            }
        });

        private async Task AskAsync(Func<ValueTask> ask, string what)
        {
            try
            {
                await ask().ConfigureAwait(false);
            }
            catch (MetaflowException error)
            {
                loop.Post(() => loop.Tell(new RunEvent.Message(
                    loop.Now, $"The task '{path.WithoutFlow}' could not be {what}: {error.Message} [{error.Code}]")));
            }
        }
    }
}
