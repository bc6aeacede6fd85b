using System.Diagnostics.CodeAnalysis;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using Metaflow.Errors;
using Metaflow.Logs;
using Metaflow.Platform;
using Metaflow.Secrets;

namespace Metaflow.Launching;

/// <summary>Reads one stream of a task on a thread of its own: to the stored log at once, and to the console in lines.</summary>
/// <remarks>A thread, because a read of a pipe blocks: pool threads would run out long before workers do. When the console is slow the
/// thread waits for it, and with it the task.</remarks>
internal sealed class OutputPump(TaskLogWriter log, TimeProvider time, Action<DateTimeOffset, string> emit, SecretFilter filter)
    : IDisposable
{
    /// <summary>The most that a pipe holds, unless the administrator allows more: what a process wrote before its end is among so many
    /// bytes.</summary>
    private const long MostInPipe = 1 << 20;

    private static readonly TimeSpan DrainInterval = TimeSpan.FromMilliseconds(10);

    private readonly OutputLines _lines = new(time, emit);
    private readonly Lock _logLock = new();

    /// <summary>Held from before bytes leave the pipe until they are stored and told: who has it sees nothing in between.</summary>
    private readonly Lock _readLock = new();

    private Thread? _thread;
    private SafeHandle? _pipe;
    private long _taken;
    private long _last = long.MaxValue;
    private volatile bool _isEnded;

    /// <summary>Gets the first error of storing the log, or <see langword="null"/>.</summary>
    public MetaflowException? Error { get; private set; }

    /// <summary>Starts reading.</summary>
    /// <param name="stream">The stream of the process, or one that its writer in this process ends.</param>
    public void Start(Stream stream)
    {
        _pipe = stream is PipeStream pipe ? pipe.SafePipeHandle : null;
        _thread = new Thread(() => Read(stream), maxStackSize: 256 * 1024) { IsBackground = true, Name = "metaflow task output" };
        _thread.Start();
    }

    /// <summary>Waits until all that was written is stored and told, however long the console takes.</summary>
    /// <param name="grace">How long a process that was left behind may hold the stream open; what it writes later is dropped.</param>
    public void Finish(TimeSpan grace)
    {
        if (_pipe is null)
        {
            _thread?.Join();
        }
        else if (_thread?.Join(grace > TimeSpan.Zero ? grace : TimeSpan.Zero) == false)
        {
            Drain(_pipe);
        }

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

    [SuppressMessage("Design", "CA1031", Justification = "An exception on this thread would end the program: the run fails with it.")]
    private void Read(Stream stream)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (!_isEnded)
            {
                if (_pipe is not null)
                {
                    PosixPipe.WaitForData(_pipe);
                }

                lock (_readLock)
                {
                    Take(buffer, stream);
                }
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // The pipe was closed under us after the process had ended.
        }
        catch (Exception fault)
        {
            Error ??= fault as MetaflowException ?? InternalException.Of(fault);
            Discard(buffer, stream);
        }
        finally
        {
            // At once: a collector of garbage would close it much later, and a run of many tasks would have no file left.
            lock (_readLock)
            {
                _isEnded = true;
                stream.Dispose();
            }
        }
    }

    /// <summary>Takes what comes and drops it, so that the task never blocks on a full pipe.</summary>
    private static void Discard(byte[] buffer, Stream stream)
    {
        try
        {
            while (stream.Read(buffer) > 0)
            {
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
        }
    }

    private void Take(byte[] buffer, Stream stream)
    {
        if (_isEnded)
        {
            return;
        }

        var count = stream.Read(buffer);
        if (count == 0)
        {
            End();
            return;
        }

        Interlocked.Add(ref _taken, count);
        Pass(filter.Take(buffer.AsMemory(0, count)));
        if (_taken >= Volatile.Read(ref _last))
        {
            End();
        }
    }

    /// <summary>Waits until nothing of the ended process is in the pipe that another process holds open.</summary>
    private void Drain(SafeHandle pipe)
    {
        if (!PosixPipe.IsSupported)
        {
            return;
        }

        // The reader ends there by itself: while it has something to read, nobody else may get the lock for long.
        Volatile.Write(ref _last, Interlocked.Read(ref _taken) + MostInPipe);
        do
        {
            lock (_readLock)
            {
                if (!_isEnded && !PosixPipe.HasData(pipe))
                {
                    End();
                }
            }
        }
        while (!_isEnded && !_thread!.Join(DrainInterval));
    }

    private void End()
    {
        Pass(filter.Finish());
        _isEnded = true;
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

    /// <summary>Stores, and keeps the first error for the run to fail with; the reading goes on, so that the task never blocks on a full
    /// pipe.</summary>
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
