using System.Text;
using Metaflow.Platform;
using Metaflow.Storage;

namespace Metaflow.Logs;

/// <summary>Stores a stream of a task's output while it is produced: every write is visible to readers at once.</summary>
/// <remarks>A log that outgrows its size keeps its first half and its last lines. While it grows, more than its size may be in the file,
/// so that nothing is lost when the process dies; a target that cannot be cut gets the last lines when the writer is disposed.
/// Thread-safe.</remarks>
internal sealed class TaskLogWriter : IDisposable
{
    /// <summary>The text of the line between the head and the tail of a log that was cut.</summary>
    public const string TruncationMark = "[TRUNCATED - MAXIMUM LOG FILE SIZE REACHED]";

    /// <summary>The default size of a log in bytes, 10 MiB.</summary>
    public const long DefaultMaxBytes = 10L << 20;

    private readonly Lock _lock = new();
    private readonly Stream _target;
    private readonly string _source;
    private readonly long _maxBytes;
    private readonly LogClock _clock;
    private readonly MemoryStream _pending = new();
    private long _written;
    private bool _isInLine;
    private DateTimeOffset _cutAt;
    private long _headEnd;
    private LogTail? _tail;
    private bool _isDisposed;

    /// <summary>Initializes a writer.</summary>
    /// <param name="append">Receives the lines; the writer disposes it. What it holds already counts: its last line is ended, and later
    /// lines have later times, if it can be read.</param>
    /// <param name="source">Who stores them, such as <see cref="LogFiles.Runtime"/>.</param>
    /// <param name="maxBytes">The most bytes to store, headers included.</param>
    /// <param name="clock">Gives the lines their times: one for all writers of an attempt. By default one of the writer's own.</param>
    /// <exception cref="Errors.StorageException">What the stream holds cannot be read (MF4004).</exception>
    public TaskLogWriter(Stream append, string source, long maxBytes, LogClock? clock = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxBytes);
        _target = append;
        _source = source;
        _maxBytes = maxBytes;
        _clock = clock ?? new LogClock();
        GoOnAfter(ReadEnd());
    }

    /// <summary>Stores bytes as they come: parts of lines, several lines.</summary>
    /// <param name="chunk">The bytes.</param>
    /// <param name="at">When they were emitted; the time of a line is that of its first byte, or a microsecond after the line before
    /// it.</param>
    /// <exception cref="Errors.StorageException">The write failed (MF4001, MF4003, MF4004, MF4006); the bytes are lost, later ones may
    /// be stored.</exception>
    public void Write(ReadOnlySpan<byte> chunk, DateTimeOffset at)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            Add(chunk, at);
            Flush();
            ShortenTail();
        }
    }

    /// <summary>Stores a text of the framework as lines of its own; a line that is open is ended first.</summary>
    /// <param name="text">The text; its last line needs no end.</param>
    /// <param name="at">The time.</param>
    /// <exception cref="Errors.StorageException">The write failed (MF4001, MF4003, MF4004, MF4006); the text is lost.</exception>
    public void WriteLine(string text, DateTimeOffset at)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            EndLine();
            Add(Encoding.UTF8.GetBytes(text), at);
            if (!_isInLine && text.Length == 0)
            {
                Append([], at);
            }

            EndLine();
            Flush();
            ShortenTail();
        }
    }

    /// <summary>Ends an open line, stores the tail of a log that was cut, and closes the stream.</summary>
    /// <exception cref="Errors.StorageException">The write failed (MF4001, MF4003, MF4004, MF4006); the stream is closed all the
    /// same.</exception>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            using (_target)
            {
                EndLine();
                if (_tail is not null)
                {
                    ReplaceTail(_tail);
                }
                else
                {
                    Flush();
                }
            }

            _pending.Dispose();
        }
    }

    private StoredLogEnd ReadEnd()
    {
        try
        {
            return StoredLogEnd.Of(_target);
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            _target.Dispose();
            throw StorageErrors.Read(error, (_target as FileStream)?.Name ?? "log");
        }
    }

    private void GoOnAfter(StoredLogEnd end)
    {
        _written = _target.CanSeek ? _target.Length : 0;
        if (end.LastLine is { } last)
        {
            _clock.StartAfter(last);
        }

        if (end.IsInLine)
        {
            _pending.WriteByte((byte)'\n');
        }
    }

    private long TailCapacity => _maxBytes - (_maxBytes / 2);

    /// <summary>What is behind the head may grow to some times its size before it is written again: then a byte is written twice at
    /// most.</summary>
    private void ShortenTail()
    {
        if (_tail is null || !_target.CanSeek)
        {
            return;
        }

        var length = _target.Position - _headEnd;
        if (length > 4 * TailCapacity || (length > 2 * TailCapacity && !_isInLine))
        {
            ReplaceTail(_tail);
            _isInLine = false;
        }
    }

    private void ReplaceTail(LogTail tail)
    {
        _pending.SetLength(0);
        if (_target.CanSeek)
        {
            Cut();
        }

        // A log that has just filled its head and lost nothing needs no mark.
        if (tail.HasDropped)
        {
            _pending.Write(MflogLine.Format(new LogLine(_cutAt, _source, TruncationMark)));
        }

        tail.WriteTo(_pending);
        Flush();
    }

    private void Cut()
    {
        try
        {
            _target.SetLength(_headEnd);
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Write(error, (_target as FileStream)?.Name ?? "log");
        }
    }

    private void Add(ReadOnlySpan<byte> bytes, DateTimeOffset at)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            Append(end < 0 ? bytes : bytes[..end], at);
            if (end < 0)
            {
                return;
            }

            EndLine();
            bytes = bytes[(end + 1)..];
        }
    }

    private void Append(ReadOnlySpan<byte> text, DateTimeOffset at)
    {
        if (_tail is null && _written + _pending.Length + text.Length > _maxBytes / 2)
        {
            EndLine();
            Flush();
            _cutAt = _clock.Next(at);
            _headEnd = _target.CanSeek ? _target.Position : 0;
            _tail = new LogTail(TailCapacity);
        }

        var header = _isInLine ? [] : Header(at);
        _tail?.Append(text, header, () => Header(at));
        if (_tail is null || _target.CanSeek)
        {
            _pending.Write(header);
            _pending.Write(text);
        }

        _isInLine = true;
    }

    private byte[] Header(DateTimeOffset at) => MflogLine.Header(_clock.Next(at), _source);

    private void EndLine()
    {
        if (_isInLine && (_tail is null || _target.CanSeek))
        {
            _pending.WriteByte((byte)'\n');
        }

        _tail?.EndLine();
        _isInLine = false;
    }

    private void Flush()
    {
        if (_pending.Length == 0)
        {
            return;
        }

        try
        {
            _pending.WriteTo(_target);
            _target.Flush();
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Write(error, (_target as FileStream)?.Name ?? "log");
        }
        finally
        {
            _written += _pending.Length;
            _pending.SetLength(0);
        }
    }
}
