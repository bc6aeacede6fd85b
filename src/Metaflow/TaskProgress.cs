namespace Metaflow;

/// <summary>Tells whoever watches the run how far a task is: <c>Current.Progress.Report(0.4, "epoch 4")</c>.</summary>
/// <remarks>For people alone: nothing of it is stored, and it never fails a step. It may be called from several threads, and as often as
/// the step likes: at most ten reports a second are sent, the last one always. What is reported after the step has returned is dropped.
/// A launcher that cannot carry it loses it: those of jobs on other machines do, and on Windows processes do.</remarks>
public sealed class TaskProgress
{
    /// <summary>The shortest time between two reports that are sent.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly Action<double?, string?>? _send;
    private readonly TimeProvider _time;
    private ITimer? _timer;
    private (double? Fraction, string? Text)? _waiting;
    private long? _lastSent;
    private bool _isOver;

    /// <summary>Initializes what reports go to.</summary>
    /// <param name="send">Sends a report: the part that is done, if it is known, and a text. <see langword="null"/> to drop all.</param>
    /// <param name="time">The clock.</param>
    internal TaskProgress(Action<double?, string?>? send, TimeProvider time)
    {
        _send = send;
        _time = time;
    }

    /// <summary>Gets the progress of a task that nobody watches.</summary>
    internal static TaskProgress Unwatched { get; } = new(null, TimeProvider.System);

    /// <summary>Reports the part of the task that is done.</summary>
    /// <param name="fraction">The part. Below 0 counts as 0, above 1 as 1, and <see cref="double.NaN"/> as not known.</param>
    /// <param name="text">What to say with it, on one line of at most 100 characters; longer texts are cut. By default nothing.</param>
    public void Report(double fraction, string? text = null)
        => Take(double.IsNaN(fraction) ? null : Math.Clamp(fraction, 0, 1), text);

    /// <summary>Reports how many of a number of equal parts are done.</summary>
    /// <param name="done">How many are done.</param>
    /// <param name="total">How many there are; 0 and less when it is not known.</param>
    /// <param name="text">What to say with it, on one line of at most 100 characters; longer texts are cut. By default nothing.</param>
    public void Report(long done, long total, string? text = null)
        => Take(total <= 0 ? null : Math.Clamp((double)done / total, 0, 1), text);

    /// <summary>Sends what waits. Nothing is sent any more.</summary>
    internal void End()
    {
        lock (_lock)
        {
            SendWaiting();
            _isOver = true;
            _timer?.Dispose();
        }
    }

    private void Take(double? fraction, string? text)
    {
        if (_send is null)
        {
            return;
        }

        lock (_lock)
        {
            if (_isOver)
            {
                return;
            }

            var isFirstWaiting = _waiting is null;
            _waiting = (fraction, text);
            var wait = _lastSent is { } last ? Interval - _time.GetElapsedTime(last) : TimeSpan.Zero;
            if (wait <= TimeSpan.Zero)
            {
                SendWaiting();
            }
            else if (isFirstWaiting)
            {
                _timer ??= _time.CreateTimer(_ => SendLater(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                _timer.Change(wait, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void SendLater()
    {
        lock (_lock)
        {
            if (!_isOver)
            {
                SendWaiting();
            }
        }
    }

    private void SendWaiting()
    {
        if (_waiting is { } report)
        {
            _waiting = null;
            _lastSent = _time.GetTimestamp();
            _send!(report.Fraction, report.Text);
        }
    }
}
