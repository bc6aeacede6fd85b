using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Metaflow.Errors;
using Metaflow.Logs;
using Metaflow.Platform;
using Metaflow.Secrets;
using Metaflow.Settings;
using Metaflow.Storage;

namespace Metaflow.Launching;

/// <summary>Runs each task in a process of its own on this machine.</summary>
/// <remarks>One thread starts all processes and lives as long as the launcher: on Linux a task asks to die with the <em>thread</em> that
/// started it.</remarks>
internal sealed class LocalTaskLauncher : ITaskLauncher
{
    private readonly IAppendableBlobStore _logs;
    private readonly TimeProvider _time;
    private readonly BlockingCollection<Action> _starts = [];
    private readonly Dictionary<ProgramLocation, ProgramProcesses> _programs = [];
    private readonly bool _useSpares;
    private readonly Thread _starter;
    private ProcessGuardian? _guardian;
    private ProgressChannel? _progress;
    private bool _hasOpenedProgress;
    private int _processes;

    /// <summary>Those of the task whose step started this run, if any.</summary>
    private readonly KnownSecrets? _secrets = KnownSecrets.OfTask;

    /// <summary>Initializes a launcher.</summary>
    /// <param name="logs">Where logs grow while tasks run.</param>
    /// <param name="time">The clock.</param>
    /// <param name="useSpares">Whether programs can wait for a task, so that processes may be started ahead of need.</param>
    public LocalTaskLauncher(IAppendableBlobStore logs, TimeProvider time, bool useSpares)
    {
        _useSpares = useSpares;
        _logs = logs;
        _time = time;
        _starter = new Thread(StartAll) { IsBackground = true, Name = "metaflow task starter" };
        StartThread(_starter);
    }

    /// <summary>Gets who stores the output of tasks.</summary>
    public string LogSource { get; init; } = LogFiles.Runtime;

    /// <summary>Gets what marks the processes of its tasks, and what these start.</summary>
    public string Mark { get; } = RunMark.Create();

    /// <inheritdoc/>
    public bool UsesThisMachine => true;

    /// <inheritdoc/>
    public TimeSpan RetryWait => TimeSpan.Zero;

    /// <inheritdoc/>
    public ValueTask<ILaunchedTask> LaunchAsync(LaunchRequest request, ITaskObserver observer, CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource<ILaunchedTask>(TaskCreationOptions.RunContinuationsAsynchronously);
        _starts.Add(() => Settle(started, request, observer), cancellationToken);
        return new(started.Task);
    }

    /// <inheritdoc/>
    public async ValueTask<ILaunchedTask?> AttachAsync(AttachRequest request, ITaskObserver observer, CancellationToken cancellationToken)
    {
        // Its pipes ended with the scheduler: nobody could read its output any more.
        await OrphanedProcess.Of(request).EndAsync(_time, cancellationToken).ConfigureAwait(false);
        return null;
    }

    /// <inheritdoc/>
    public WorkerLimit LimitOf(int asked)
        => WorkerLimit.Of(asked, SystemLimits.Files(), SystemLimits.Threads(), _useSpares ? Environment.ProcessorCount : 0);

    /// <inheritdoc/>
    public void Expect(ProgramLocation program, int tasks)
    {
        if (_useSpares)
        {
            // More would only take the processors from the tasks that run.
            _starts.Add(() => Of(program).Spares!.Fill(Math.Min(tasks, Environment.ProcessorCount)));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _starts.CompleteAdding();
        _starter.Join();
        _starts.Dispose();
    }

    [SuppressMessage("Design", "CA1031", Justification = "An exception on this thread would end the program: it is handed to the caller.")]
    private void Settle(TaskCompletionSource<ILaunchedTask> started, LaunchRequest request, ITaskObserver observer)
    {
        try
        {
            started.SetResult(Start(request, observer));
        }
        catch (Exception error)
        {
            started.SetException(LaunchFailures.Of(error, request));
        }
    }

    private static void StartThread(Thread thread)
    {
        try
        {
            thread.Start();
        }
        catch (Exception error) when (LaunchFailures.IsExpected(error))
        {
            throw new LaunchException(
                ErrorCodes.ProcessNotStarted,
                "The run cannot start: the system does not let this process create a thread.",
                error.Message,
                "End other processes, or raise the limit of processes and threads ('ulimit -u', or that of the container).",
                error);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "An exception on this thread would end the program.")]
    private void StartAll()
    {
        foreach (var start in _starts.GetConsumingEnumerable())
        {
            try
            {
                start();
            }
            catch (Exception)
            {
                // What was prepared ahead of need is missing; the start of a task reports what is wrong itself.
            }
        }

        // Here, since its processes die with this thread.
        foreach (var known in _programs.Values)
        {
            known.Spares?.Dispose();
        }

        _guardian?.Dispose();
        _progress?.Dispose();
    }

    private LocalTaskProcess Start(LaunchRequest request, ITaskObserver observer)
    {
        var secrets = new KnownSecrets();
        secrets.Include(_secrets);
        var channel = request.AnnouncesSecrets ? SecretChannel.Open(secrets) : null;
        var progress = Progress()?.Add(observer.OnProgress);
        try
        {
            var told = request with
            {
                Arguments =
                [
                    .. request.Arguments, .. Option(TaskCommandLine.SecretChannelOption, channel?.Address),
                    .. Option(TaskCommandLine.ProgressChannelOption, progress?.Address),
                ],
            };
            return Start(told, new TaskChannels(secrets, channel, progress), observer);
        }
        catch
        {
            channel?.Dispose();
            progress?.Dispose();
            throw;
        }
    }

    private static ReadOnlySpan<string> Option(string option, string? value) => value is null ? [] : new[] { option, value };

    private ProgressChannel? Progress()
    {
        if (!_hasOpenedProgress)
        {
            _hasOpenedProgress = true;
            _progress = ProgressChannel.TryOpen();
        }

        return _progress;
    }

    private LocalTaskProcess Start(LaunchRequest request, TaskChannels channels, ITaskObserver observer)
    {
        // Before any code of the author runs. Where the system refused it, the next task tries again.
        _guardian ??= ProcessGuardian.TryStart(RunMark.TextOf(Mark));
        StartedProcess? process = null;
        LocalTaskProcess? task = null;
        try
        {
            process = (request.NeedsFreshProcess
                ? null
                : Of(request.Program).Spares?.Take(new TaskHandover(request.Arguments, request.Environment))) ?? StartAfresh(request);
            task = new LocalTaskProcess(process, request, channels, (_logs, LogSource), _time, observer);
            task.Begin();
            return task;
        }
        catch
        {
            // Nobody would watch it, or its logs cannot be kept, so that it must not run.
            Abandon(process, task);
            throw;
        }
    }

    /// <summary>Processes that wait have loaded a program: each program has its own.</summary>
    private ProgramProcesses Of(ProgramLocation program)
    {
        if (!_programs.TryGetValue(program, out var known))
        {
            var processes = new ProcessStarter(program, () => RunMark.OfProcess(Mark, ++_processes));
            known = new ProgramProcesses(processes, _useSpares ? new SpareProcesses(processes) : null);
            _programs.Add(program, known);
        }

        return known;
    }

    private static void Abandon(StartedProcess? process, LocalTaskProcess? task)
    {
        if (task is not null)
        {
            task.Kill();
            task.Dispose();
        }
        else if (process is not null)
        {
            LocalTaskProcess.KillTree(process.Process);
            process.Process.Dispose();
        }
    }

    private StartedProcess StartAfresh(LaunchRequest request)
    {
        var started = Of(request.Program).Starter.Start(request.Arguments, request.Environment);
        try
        {
            started.Process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended already; its exit code says why.
        }

        return started;
    }

    private sealed record ProgramProcesses(ProcessStarter Starter, SpareProcesses? Spares);
}
