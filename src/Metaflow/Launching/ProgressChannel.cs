using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using Metaflow.Platform;

namespace Metaflow.Launching;

/// <summary>Takes what tasks of this machine report of their progress, beside their output: one pipe for all tasks of a launcher.</summary>
internal sealed class ProgressChannel : IDisposable
{
    private readonly ConcurrentDictionary<int, Action<double?, string?>> _tasks = new();
    private readonly MessagePipe _pipe;
    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly List<byte> _line = [];

    /// <summary>Held from before messages leave the pipe until they are told.</summary>
    private readonly Lock _readLock = new();

    private int _lastTask;
    private volatile bool _isClosed;

    private ProgressChannel(MessagePipe pipe) => _pipe = pipe;

    /// <summary>Opens a channel.</summary>
    /// <returns>The channel; <see langword="null"/> where there can be none, and reports are lost.</returns>
    [SuppressMessage("Reliability", "CA2000", Justification = "The channel owns the pipe.")]
    public static ProgressChannel? TryOpen()
    {
        if (MessagePipe.TryCreate() is not { } pipe)
        {
            return null;
        }

        var channel = new ProgressChannel(pipe);
        try
        {
            new Thread(channel.ReadAll, maxStackSize: 256 * 1024) { IsBackground = true, Name = "metaflow task progress" }.Start();
            return channel;
        }
        catch (Exception error) when (LaunchFailures.IsExpected(error))
        {
            channel.Dispose();
            return null;
        }
    }

    /// <summary>Adds a task.</summary>
    /// <param name="report">Is told its progress, on a thread of the channel.</param>
    /// <returns>The task's seat, until it is disposed of.</returns>
    public Seat Add(Action<double?, string?> report)
    {
        var task = Interlocked.Increment(ref _lastTask);
        _tasks[task] = report;
        return new Seat(this, task);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isClosed = true;

        // The reading thread waits for a message: this is none, and wakes it.
        using var writer = MessagePipe.TryOpenForWriting(_pipe.Address);
        _ = writer is not null && MessagePipe.TryWrite(writer, "\n"u8.ToArray());
    }

    private void ReadAll()
    {
        while (!_isClosed)
        {
            _pipe.WaitForData();
            Take();
        }

        lock (_readLock)
        {
            _pipe.Dispose();
        }
    }

    /// <summary>Tells all that is in the pipe. By the thread that waits for messages, and by those that saw a task end: what a task sent
    /// before its end is told before its end.</summary>
    private void Take()
    {
        lock (_readLock)
        {
            if (_isClosed)
            {
                return;
            }

            for (var count = _pipe.Read(_buffer); count > 0; count = _pipe.Read(_buffer))
            {
                foreach (var next in _buffer.AsSpan(0, count))
                {
                    if (next != '\n')
                    {
                        _line.Add(next);
                        continue;
                    }

                    Tell();
                    _line.Clear();
                }
            }
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "An exception on this thread would end the program, for a report that is lost.")]
    private void Tell()
    {
        if (ProgressMessage.TryParse(CollectionsMarshal.AsSpan(_line)) is not { } message
            || !_tasks.TryGetValue(message.Task, out var report))
        {
            return;
        }

        try
        {
            report(message.Fraction, message.Text);
        }
        catch (Exception)
        {
            // Nobody is told.
        }
    }

    /// <summary>The place of a task in the channel.</summary>
    internal sealed class Seat(ProgressChannel channel, int task) : IDisposable
    {
        /// <summary>Gets what the task is told, so that it can report.</summary>
        public string Address => string.Create(CultureInfo.InvariantCulture, $"{task}:{channel._pipe.Address}");

        /// <summary>Takes what the task has sent so far. Nothing of it is told later.</summary>
        public void Dispose()
        {
            channel.Take();
            channel._tasks.TryRemove(task, out _);
        }
    }
}
