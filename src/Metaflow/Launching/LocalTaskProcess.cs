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
        var deadline = _time.GetTimestamp();
        _output.Join(OutputGrace);
        _error.Join(OutputGrace - _time.GetElapsedTime(deadline));
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

/// <summary>Reads one stream of a process on a thread of its own: to the stored log at once, and to the console in lines.</summary>
/// <remarks>A thread, because a read of a pipe blocks: pool threads would run out long before workers do.</remarks>
internal sealed class OutputPump(TaskLogWriter log, TimeProvider time, Action<DateTimeOffset, string> emit, SecretFilter? filter = null) : IDisposable
{
    private readonly OutputLines _lines = new(time, emit);
    private readonly Lock _logLock = new();
    private Thread? _thread;

    /// <summary>Gets the first error of storing the log, or <see langword="null"/>.</summary>
    public MetaflowException? Error { get; private set; }

    /// <summary>Starts reading.</summary>
    /// <param name="stream">The stream of the process.</param>
    public void Start(Stream stream)
    {
        _thread = new Thread(() => Read(stream), maxStackSize: 256 * 1024) { IsBackground = true, Name = "metaflow task output" };
        _thread.Start();
    }

    /// <summary>Waits for the end of the stream.</summary>
    /// <param name="limit">How long at most.</param>
    public void Join(TimeSpan limit)
    {
        _thread?.Join(limit > TimeSpan.Zero ? limit : TimeSpan.Zero);
        _lines.Finish();
    }

    /// <summary>Adds a line of the framework's own to the stored log.</summary>
    /// <param name="text">The line.</param>
    /// <param name="at">When.</param>
    public void AddLogLine(string text, DateTimeOffset at) => Store(() => log.WriteLine(text, at));

    /// <inheritdoc/>
    public void Dispose()
    {
        _lines.Dispose();
        Store(log.Dispose);
    }

    private void Read(Stream stream)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            for (var count = stream.Read(buffer); count > 0; count = stream.Read(buffer))
            {
                Pass(filter is null ? buffer.AsMemory(0, count) : filter.Take(buffer.AsSpan(0, count)));
            }

            Pass(filter?.Finish());
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // The pipe was closed under us after the process had ended.
        }
    }

    private void Pass(ReadOnlyMemory<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            var at = time.GetUtcNow();
            Store(() => log.Write(bytes.Span, at));
            _lines.Write(bytes.Span, at);
        }
    }

    /// <summary>Stores, and keeps the first error for the run to fail with; the reading goes on, so that the task never blocks on a full pipe.</summary>
    private void Store(Action store)
    {
        lock (_logLock)
        {
            try
            {
                store();
            }
            catch (MetaflowException error)
            {
                Error ??= error;
            }
        }
    }
}
