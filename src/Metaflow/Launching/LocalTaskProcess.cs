using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Metaflow.Errors;
using Metaflow.Logs;
using Metaflow.Platform;
using Metaflow.Running;
using Metaflow.Secrets;
using Metaflow.Settings;
using Metaflow.Storage;

namespace Metaflow.Launching;

/// <summary>One process of a task: its output is stored and told as it comes, its end is told when all output was.</summary>
internal sealed class LocalTaskProcess : ILaunchedTask
{
    /// <summary>How long output of processes that a task left behind is waited for.</summary>
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly TimeProvider _time;
    private readonly ITaskObserver _observer;
    private readonly OutputPump _output;
    private readonly OutputPump _error;
    private readonly LogClock _clock = new();
    private readonly HostRefusal _refusal = new();
    private readonly TaskChannels _channels;
    private readonly Lock _lock = new();
    private readonly Lock _endLock = new();
    private readonly LaunchRequest _request;
    private readonly string _mark;
    private ProcessLimits? _limits;
    private volatile bool _wasKilled;
    private bool _isOver;

    /// <summary>Takes over a process that was started for a task.</summary>
    /// <param name="started">The process; its standard input is closed.</param>
    /// <param name="request">What it runs.</param>
    /// <param name="channels">What it tells beside its output; ended with the process.</param>
    /// <param name="logs">Where its logs grow.</param>
    /// <param name="time">The clock.</param>
    /// <param name="observer">Is told what it does.</param>
    public LocalTaskProcess(
        StartedProcess started, LaunchRequest request, TaskChannels channels, (IAppendableBlobStore Store, string Source) logs,
        TimeProvider time, ITaskObserver observer)
    {
        _channels = channels;
        _process = started.Process;
        _mark = RunMark.TextOf(started.Mark);
        _request = request;
        ProcessId = _process.Id;
        Handle = LaunchHandle.OfProcess(ProcessId, ProcessMark.Of(ProcessId));
        _time = time;
        _observer = observer;
        _output = Pump(LogKind.Stdout, isError: false);
        _error = Pump(LogKind.Stderr, isError: true);

        OutputPump Pump(LogKind stream, bool isError)
        {
            var log = new TaskLogWriter(
                logs.Store.OpenAppend(LogFiles.PathOf(request.Task, request.Attempt, logs.Source, stream)),
                logs.Source,
                request.MaxLogBytes,
                _clock);
            return new OutputPump(log, time, (at, text) => Tell(at, text, isError), new SecretFilter(channels.Secrets));
        }
    }

    /// <summary>Gets the process's id.</summary>
    public int ProcessId { get; }

    /// <inheritdoc/>
    public LaunchHandle Handle { get; }

    /// <summary>Begins to read the output, and to wait for the end.</summary>
    /// <exception cref="OutOfMemoryException">The system gives no thread; nothing is told to the observer then.</exception>
    public void Begin()
    {
        _output.Start(_process.StandardOutput.BaseStream);
        _error.Start(_process.StandardError.BaseStream);
        _limits = _request is { Deadline: null, MemoryLimitMB: null } ? null : new ProcessLimits(_request, ProcessId, _time, KillTree);
        new Thread(WaitForEnd) { IsBackground = true, Name = "metaflow task end" }.Start();
    }

    /// <inheritdoc/>
    public ValueTask RequestStopAsync()
    {
        lock (_endLock)
        {
            if (!_isOver && !PosixProcess.Signal(ProcessId, PosixProcess.SigTerm))
            {
                Kill();
            }
        }

        return default;
    }

    /// <inheritdoc/>
    public ValueTask KillAsync()
    {
        Kill();
        return default;
    }

    /// <summary>Ends the process at once, with all that it started.</summary>
    public void Kill()
    {
        _wasKilled = true;
        KillTree();
    }

    /// <summary>Kills a process with all that it started, as far as these are its children or in its group.</summary>
    /// <param name="process">The process; it is not disposed of before this returns.</param>
    public static void KillTree(Process process)
    {
        var id = process.Id;
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception or AggregateException
            || LaunchFailures.IsExpected(error))
        {
            // It ended by itself, or parts of the tree did, between the decision and the signal.
        }

        PosixProcess.SignalGroup(id, PosixProcess.SigKill);
    }

    /// <summary>Kills the process, unless it is over. Timers, Ctrl-C and the end of the process come from threads of their own: after
    /// the end the id may be that of another process, and the handle is closed.</summary>
    private void KillTree()
    {
        lock (_endLock)
        {
            if (!_isOver)
            {
                KillTree(_process);
            }
        }
    }

    /// <inheritdoc/>
    public void AddLogLine(string text, bool isError) => (isError ? _error : _output).AddLogLine(text, _time.GetUtcNow());

    /// <inheritdoc/>
    public void Dispose()
    {
        _limits?.Dispose();
        _output.Dispose();
        _error.Dispose();
        _process.Dispose();
    }

    [SuppressMessage("Design", "CA1031", Justification = "An exception on this thread would end the program: the run fails with it.")]
    private void WaitForEnd()
    {
        TaskExit exit;
        try
        {
            exit = End();
        }
        catch (Exception fault)
        {
            KillTree();
            exit = new TaskExit(-PosixProcess.SigKill, WasKilled: true)
            {
                LogError = fault as MetaflowException ?? InternalException.Of(fault),
            };
        }

        _observer.OnExit(exit);
    }

    private TaskExit End()
    {
        _process.WaitForExit(Timeout.Infinite);
        _limits?.Dispose();
        lock (_endLock)
        {
            _isOver = true;
        }

        // A task's processes end with it: what it left running in its group is killed, so that no orphan stays.
        PosixProcess.SignalGroup(ProcessId, PosixProcess.SigKill);
        var signed = SignedExitCode(_process.ExitCode);
        if (signed != ExitCodes.Success)
        {
            // Also what has left the group. After a success that is a service that the step leaves on purpose.
            MarkedProcesses.End(_mark);
        }

        var ended = _time.GetTimestamp();
        _output.Finish(OutputGrace);
        _error.Finish(OutputGrace - _time.GetElapsedTime(ended));
        _channels.Dispose();

        // What the host wrote is known when all output was told.
        LaunchException? refused;
        lock (_lock)
        {
            refused = _wasKilled ? null : _refusal.Of(_process.ExitCode, _request);
        }

        var code = refused is null ? signed : _process.ExitCode;
        return new TaskExit(code, _wasKilled)
        {
            LogError = _output.Error ?? _error.Error,

            // A deadline that comes as a task ends takes nothing from its success.
            Ended = code == ExitCodes.Success ? null : _limits?.Exceeded ?? refused,
            Kind = code == ExitCodes.Success ? FailureKinds.None : _limits?.Kind ?? FailureKinds.None,
        };
    }

    /// <summary>The runtime gives 128 and the signal for a process that a signal ended; signals go up to 64.</summary>
    private static int SignedExitCode(int code) => code is > 128 and <= 128 + 64 ? 128 - code : code;

    private void Tell(DateTimeOffset at, string text, bool isError)
    {
        lock (_lock)
        {
            _refusal.Note(text, isError);
            _observer.OnOutput(at, text, isError);
        }
    }
}

/// <summary>What a process tells beside its output.</summary>
/// <param name="Secrets">The secrets that are hidden in its output.</param>
/// <param name="Announced">Learns secrets from the process; <see langword="null"/> for a task without secrets of its own.</param>
/// <param name="Progress">Takes its reports of progress; <see langword="null"/> where they are lost.</param>
internal sealed record TaskChannels(KnownSecrets Secrets, SecretChannel? Announced, ProgressChannel.Seat? Progress) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Announced?.Dispose();
        Progress?.Dispose();
    }
}
