namespace Metaflow.Testing;

/// <summary>A clock whose time moves only when the test moves it. Timers, delays and timeouts made from it fire then, in order.</summary>
/// <remarks>
/// Thread-safe. Callbacks run on the thread that moves the time, one after another, each at the moment it is due; a timer that
/// is due at once fires on the thread that sets it. What a callback throws leaves the time at that moment and comes out of the call that
/// moved it.
/// </remarks>
public sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _pending = [];
    private readonly DateTimeOffset _start;
    private DateTimeOffset _now;

    /// <summary>Initializes a clock that shows midnight of 1 January 2030 in a place where the local time is UTC.</summary>
    public ManualTimeProvider()
        : this(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>Initializes a clock.</summary>
    /// <param name="start">What it shows first.</param>
    /// <param name="localTimeZone">The local time zone; UTC by default, wherever the test runs.</param>
    public ManualTimeProvider(DateTimeOffset start, TimeZoneInfo? localTimeZone = null)
    {
        _start = start.ToUniversalTime();
        _now = _start;
        LocalTimeZone = localTimeZone ?? TimeZoneInfo.Utc;
    }

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone { get; }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Gets how many timers will fire when the time moves far enough; a delay that is awaited is one of them.</summary>
    public int PendingTimers
    {
        get
        {
            lock (_lock)
            {
                return _pending.Count;
            }
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _now;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => (GetUtcNow() - _start).Ticks;

    /// <summary>Moves the time, and fires on the way the timers that are due, those that callbacks set included.</summary>
    /// <param name="time">How far; zero moves nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time would move back.</exception>
    public void Advance(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        AdvanceTo(GetUtcNow() + time);
    }

    /// <summary>Moves the time to a moment, and fires on the way the timers that are due, those that callbacks set included.</summary>
    /// <param name="moment">The moment, not before now.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time would move back.</exception>
    public void AdvanceTo(DateTimeOffset moment)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(moment, GetUtcNow());
        while (TakeNext(moment) is { } timer)
        {
            timer.Fire();
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private static void CheckInterval(TimeSpan interval, string name)
    {
        if (interval < TimeSpan.Zero && interval != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name, interval, "A timer's interval is not negative, or is Timeout.InfiniteTimeSpan.");
        }
    }

    // Moves the time to the next timer that is due and puts a periodic one back in line. Without one the time moves to the end.
    private ManualTimer? TakeNext(DateTimeOffset end)
    {
        lock (_lock)
        {
            // The earliest, and of those the one set first: the list is in the order of setting.
            var next = _pending.Where(timer => timer.Due <= end).MinBy(static timer => timer.Due);
            var moment = next?.Due ?? end;
            _now = moment > _now ? moment : _now;
            if (next is not null)
            {
                _pending.Remove(next);
                if (next.Period > TimeSpan.Zero)
                {
                    next.Due += next.Period;
                    _pending.Add(next);
                }
            }

            return next;
        }
    }

    private bool Set(ManualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        var isDueNow = dueTime == TimeSpan.Zero;
        lock (_lock)
        {
            if (timer.IsDisposed)
            {
                return false;
            }

            _pending.Remove(timer);
            timer.Period = period;
            var wait = isDueNow && period > TimeSpan.Zero ? period : dueTime;
            if (wait > TimeSpan.Zero)
            {
                timer.Due = _now + wait;
                _pending.Add(timer);
            }
        }

        if (isDueNow)
        {
            timer.Fire();
        }

        return true;
    }

    private void Stop(ManualTimer timer)
    {
        lock (_lock)
        {
            timer.IsDisposed = true;
            _pending.Remove(timer);
        }
    }

    private sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset Due { get; set; }

        public TimeSpan Period { get; set; }

        public bool IsDisposed { get; set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            CheckInterval(dueTime, nameof(dueTime));
            CheckInterval(period, nameof(period));
            return clock.Set(this, dueTime, period);
        }

        public void Dispose() => clock.Stop(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
