using System.Diagnostics;
using Metaflow.Errors;
using Metaflow.Logs;
using Metaflow.Platform;
using Metaflow.Secrets;
using Metaflow.Storage;

namespace Metaflow.Launching;

/// <summary>One process of a task: its output is stored and told as it comes, its end is told when all output was.</summary>
internal sealed class LocalTaskProcess : ITaskProcess
{
    /// <summary>How long output of processes that a task left behind is waited for.</summary>
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly TimeProvider _time;
    private readonly ITaskProcessObserver _observer;
    private readonly OutputPump _output;
    private readonly OutputPump _error;
    private readonly Lock _lock = new();
    private readonly ProcessLimits? _limits;
    private volatile bool _wasKilled;

    /// <summary>Takes over a process that was started for a task, and begins to read its output.</summary>
    /// <param name="process">The process; its standard input is closed.</param>
    /// <param name="request">What it runs.</param>
    /// <param name="logs">Where its logs grow.</param>
    /// <param name="time">The clock.</param>
    /// <param name="observer">Is told what it does.</param>
    public LocalTaskProcess(Process process, LaunchRequest request, IAppendableBlobStore logs, TimeProvider time, ITaskProcessObserver observer)
    {
        _process = process;
        ProcessId = process.Id;
        _time = time;
        _observer = observer;
        _output = Pump(TaskOutput.Stdout, isError: false);
        _error = Pump(TaskOutput.Stderr, isError: true);
        _output.Start(process.StandardOutput.BaseStream);
        _error.Start(process.StandardError.BaseStream);
        _limits = request is { Deadline: null, MemoryLimitMB: null } ? null : new ProcessLimits(request, ProcessId, time, KillTree);
        new Thread(WaitForEnd) { IsBackground = true, Name = "metaflow task end" }.Start();

        OutputPump Pump(TaskOutput stream, bool isError)
        {
            var log = new TaskLogWriter(logs.OpenAppend(LogFiles.PathOf(request.Task, request.Attempt, LogFiles.Runtime, stream)), LogFiles.Runtime, request.MaxLogBytes);
            return new OutputPump(log, time, (at, text) => Tell(at, text, isError), request.AnnouncesSecrets ? new SecretFilter() : null);
        }
    }

    /// <inheritdoc/>
    public int ProcessId { get; }

    /// <inheritdoc/>
    public void RequestStop()
    {
        if (!PosixProcess.Signal(ProcessId, PosixProcess.SigTerm))
        {
            Kill();
        }
    }

    /// <inheritdoc/>
    public void Kill()
    {
        _wasKilled = true;
        KillTree();
    }

    private void KillTree()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception or AggregateException)
        {
            // It ended by itself, or parts of the tree did, between the decision and the signal.
        }

        PosixProcess.SignalGroup(ProcessId, PosixProcess.SigKill);
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

    private void WaitForEnd()
    {
        _process.WaitForExit(Timeout.Infinite);
        _limits?.Dispose();

        // A task's processes end with it: what it left running in its group is killed, so that no orphan stays.
        PosixProcess.SignalGroup(ProcessId, PosixProcess.SigKill);
        var ended = _time.GetTimestamp();
        _output.Finish(OutputGrace);
        _error.Finish(OutputGrace - _time.GetElapsedTime(ended));
        _observer.OnExit(new ProcessExit(SignedExitCode(_process.ExitCode), _wasKilled)
        {
            LogError = _output.Error ?? _error.Error,
            Ended = _limits?.Exceeded,
        });
    }

    /// <summary>The runtime gives 128 and the signal for a process that a signal ended; signals go up to 64.</summary>
    private static int SignedExitCode(int code) => code is > 128 and <= 128 + 64 ? 128 - code : code;

    private void Tell(DateTimeOffset at, string text, bool isError)
    {
        lock (_lock)
        {
            _observer.OnOutput(at, text, isError);
        }
    }
}
