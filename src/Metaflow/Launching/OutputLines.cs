using System.Text;

namespace Metaflow.Launching;

/// <summary>Cuts a stream of bytes into lines for the console. A line that stays open is shown after a moment, its rest later.</summary>
internal sealed class OutputLines : IDisposable
{
    /// <summary>How long a line may stay open before what there is of it is shown.</summary>
    private static readonly TimeSpan OpenLineDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>The most of an open line that is kept: a line without an end must not fill the memory.</summary>
    private const int MaxOpenLine = 16 * 1024;

    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _open = new();
    private readonly Action<DateTimeOffset, string> _emit;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private DateTimeOffset _openSince;
    private bool _isContinued;
    private bool _isDue;

    /// <summary>Initializes the cutter.</summary>
    /// <param name="time">Gives the timer.</param>
    /// <param name="emit">Takes a line, with the time of its first byte.</param>
    public OutputLines(TimeProvider time, Action<DateTimeOffset, string> emit)
    {
        _emit = emit;
        _timer = time.CreateTimer(_ => ShowOpenLine(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Takes bytes.</summary>
    /// <param name="bytes">The bytes as they came.</param>
    /// <param name="at">When they came.</param>
    public void Write(ReadOnlySpan<byte> bytes, DateTimeOffset at)
    {
        lock (_lock)
        {
            var characters = new char[_decoder.GetCharCount(bytes, flush: false)];
            var count = _decoder.GetChars(bytes, characters, flush: false);
            ReadOnlySpan<char> rest = characters.AsSpan(0, count);
            for (var end = rest.IndexOf('\n'); end >= 0; end = rest.IndexOf('\n'))
            {
                Append(rest[..end], at);
                Emit(isWhole: true);
                rest = rest[(end + 1)..];
            }

            if (rest.Length > 0)
            {
                Append(rest, at);
                if (_open.Length >= MaxOpenLine)
                {
                    Emit(isWhole: false);
                }

                // Once for each piece that is shown: a line that grows all the time is shown all the time.
                if (!_isDue && _open.Length > 0)
                {
                    _isDue = true;
                    _timer.Change(OpenLineDelay, Timeout.InfiniteTimeSpan);
                }
            }
        }
    }

    /// <summary>Shows what is left at the end of the stream.</summary>
    public void Finish()
    {
        lock (_lock)
        {
            if (_open.Length > 0)
            {
                Emit(isWhole: true);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void ShowOpenLine()
    {
        lock (_lock)
        {
            _isDue = false;
            if (_open.Length > 0)
            {
                Emit(isWhole: false);
            }
        }
    }

    private void Append(ReadOnlySpan<char> text, DateTimeOffset at)
    {
        if (_open.Length == 0)
        {
            _openSince = at;
        }

        _open.Append(text);
    }

    private void Emit(bool isWhole)
    {
        var text = LastShown(_open.ToString());
        _open.Clear();
        _isDue = false;
        var isEndOfShownLine = isWhole && _isContinued && text.Length == 0;
        _isContinued = !isWhole;
        if (!isEndOfShownLine)
        {
            _emit(_openSince, text);
        }
    }

    /// <summary>Returns what a terminal would show in the end: progress bars return the carriage and write the line anew.</summary>
    private static string LastShown(string text)
    {
        var line = text.TrimEnd('\r');
        return line[(line.LastIndexOf('\r') + 1)..];
    }
}
