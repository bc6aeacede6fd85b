namespace Metaflow.Platform;

/// <summary>Waits of any length: the runtime's timers take 49.7 days at most.</summary>
internal sealed class LongTimer : IDisposable
{
    /// <summary>The longest part of a wait that one timer takes.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(40);

    private readonly Action _callback;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private TimeSpan _left;
    private bool _isDisposed;

    /// <summary>Starts a timer that fires once.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="due">After how long it fires: at once when that is negative, never for <see cref="TimeSpan.MaxValue"/>.</param>
    /// <param name="callback">What it does; must not throw.</param>
    public LongTimer(TimeProvider time, TimeSpan due, Action callback)
    {
        ArgumentNullException.ThrowIfNull(time);
        _callback = callback;
        _left = due > TimeSpan.Zero ? due : TimeSpan.Zero;
        _timer = time.CreateTimer(_ => Fire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Arm();
    }

    /// <summary>Returns a task that ends after a time.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="due">After how long.</param>
    /// <param name="cancellationToken">Ends it before, as cancelled.</param>
    /// <returns>The task.</returns>
    public static async Task DelayAsync(TimeProvider time, TimeSpan due, CancellationToken cancellationToken)
    {
        for (var left = due; left > TimeSpan.Zero; left -= Longest)
        {
            await Task.Delay(left < Longest ? left : Longest, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
        }

        _timer.Dispose();
    }

    private void Fire()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            if (_left > TimeSpan.Zero)
            {
                Arm();
                return;
            }

            _isDisposed = true;
        }

        _callback();
    }

    private void Arm()
    {
        var next = _left < Longest ? _left : Longest;
        _left -= next;
        _timer.Change(next, Timeout.InfiniteTimeSpan);
    }
}
