using System.Text;
using Metaflow.Errors;
using Metaflow.Launching;
using Metaflow.Logs;
using Metaflow.Secrets;
using Metaflow.Storage;

namespace Metaflow.InProcess;

/// <summary>What a task in this process writes: stored and told as it comes, as the output of a process is.</summary>
internal sealed class InProcessConsole : IDisposable
{
    private readonly OutputQueue _outputQueue = new();
    private readonly OutputQueue _errorQueue = new();
    private readonly TimeProvider _time;
    private readonly OutputPump _output;
    private readonly OutputPump _error;
    private readonly LogClock _clock = new();
    private readonly Lock _lock = new();

    /// <summary>Begins to read what the task writes.</summary>
    /// <param name="request">The task.</param>
    /// <param name="logs">Where its logs grow.</param>
    /// <param name="time">The clock.</param>
    /// <param name="observer">Is told the lines.</param>
    public InProcessConsole(LaunchRequest request, IAppendableBlobStore logs, TimeProvider time, ITaskObserver observer)
    {
        _time = time;
        _output = Pump(LogKind.Stdout, isError: false);
        _error = Pump(LogKind.Stderr, isError: true);
        _output.Start(_outputQueue);
        _error.Start(_errorQueue);
        Writers = new TaskWriters(Writer(_outputQueue), Writer(_errorQueue));

        OutputPump Pump(LogKind stream, bool isError)
        {
            var target = logs.OpenAppend(LogFiles.PathOf(request.Task, request.Attempt, LogFiles.Runtime, stream));
            return new OutputPump(new TaskLogWriter(target, LogFiles.Runtime, request.MaxLogBytes, _clock), time, (at, text) =>
            {
                lock (_lock)
                {
                    observer.OnOutput(at, text, isError);
                }
            }, new SecretFilter(Secrets));
        }
    }

    /// <summary>Gets the secrets that are hidden in what the task writes.</summary>
    public KnownSecrets Secrets { get; } = new();

    /// <summary>Gets the task's console. Its writers may be used from several threads.</summary>
    public TaskWriters Writers { get; }

    /// <summary>Adds a line of the framework's own to the stored logs.</summary>
    /// <param name="text">The line.</param>
    /// <param name="isError">Whether to the error stream.</param>
    public void AddLogLine(string text, bool isError) => (isError ? _error : _output).AddLogLine(text, _time.GetUtcNow());

    /// <summary>Ends the output, and waits until all of it was told.</summary>
    /// <returns>The first error of storing it, or <see langword="null"/>.</returns>
    public MetaflowException? Finish()
    {
        _outputQueue.Complete();
        _errorQueue.Complete();
        _output.Finish(TimeSpan.Zero);
        _error.Finish(TimeSpan.Zero);
        return _output.Error ?? _error.Error;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    private static TextWriter Writer(OutputQueue queue)
        => TextWriter.Synchronized(new StreamWriter(queue, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true });
}
