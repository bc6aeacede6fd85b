namespace Metaflow.Testing.Tests;

public sealed class ManualTimeProviderTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ManualTimeProvider _time = new();
    private readonly List<string> _fired = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void The_time_stands_until_it_is_moved()
    {
        var start = _time.GetUtcNow();
        var stamp = _time.GetTimestamp();
        Assert.Equal(start, _time.GetUtcNow());

        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(start.AddMinutes(5), _time.GetUtcNow());
        Assert.Equal(TimeSpan.FromMinutes(5), _time.GetElapsedTime(stamp));
    }

    [Fact]
    public void It_starts_where_and_when_it_is_told()
    {
        var start = new DateTimeOffset(2026, 11, 22, 9, 30, 0, TimeSpan.FromHours(2));
        var time = new ManualTimeProvider(start, TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromHours(5), "test", "test"));

        Assert.Equal(start, time.GetUtcNow());
        Assert.Equal(TimeSpan.Zero, time.GetUtcNow().Offset);
        Assert.Equal(new DateTime(2026, 11, 22, 12, 30, 0), time.GetLocalNow().DateTime);
        Assert.Equal(TimeZoneInfo.Utc, _time.LocalTimeZone);
    }

    [Fact]
    public void It_never_moves_back()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _time.Advance(TimeSpan.FromTicks(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => _time.AdvanceTo(_time.GetUtcNow().AddTicks(-1)));
    }

    [Fact]
    public void Timers_fire_in_the_order_in_which_they_are_due_each_at_its_moment()
    {
        using var late = Timer("late", 3);
        using var early = Timer("early", 1);
        using var beyond = Timer("beyond", 5);

        _time.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal(["early at 1", "late at 3"], _fired);
        Assert.Equal(1, _time.PendingTimers);
    }

    [Fact]
    public void Timers_of_one_moment_fire_in_the_order_in_which_they_were_set()
    {
        using var first = Timer("first", 2);
        using var second = Timer("second", 1);
        second.Change(TimeSpan.FromSeconds(2), Timeout.InfiniteTimeSpan);
        using var third = Timer("third", 2);

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(["first at 2", "second at 2", "third at 2"], _fired);
    }

    [Fact]
    public void A_periodic_timer_fires_again_and_again()
    {
        using var timer = Timer("tick", 1, 2);

        _time.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal(["tick at 1", "tick at 3", "tick at 5"], _fired);
    }

    [Fact]
    public void A_timer_that_a_callback_sets_fires_within_the_same_move()
    {
        ITimer? inner = null;
        using var outer = _time.CreateTimer(_ => inner = Timer("inner", 1), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(["inner at 2"], _fired);
        inner!.Dispose();
    }

    [Fact]
    public void A_timer_that_is_due_at_once_fires_at_once()
    {
        using var timer = Timer("tick", 0, 2);
        Assert.Equal(["tick at 0"], _fired);

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(["tick at 0", "tick at 2"], _fired);
    }

    [Fact]
    public void A_timer_that_is_stopped_or_disposed_is_silent()
    {
        using var stopped = Timer("stopped", 1);
        var disposed = Timer("disposed", 1);
        Assert.True(stopped.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        disposed.Dispose();

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Empty(_fired);
        Assert.False(disposed.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan));
        Assert.Equal(0, _time.PendingTimers);
    }

    [Fact]
    public void A_negative_interval_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("dueTime", () => Timer("never", -2));
        Assert.Throws<ArgumentOutOfRangeException>("period", () => Timer("never", 1, -2));
    }

    [Fact]
    public void What_a_callback_throws_leaves_the_time_at_its_moment()
    {
        var start = _time.GetUtcNow();
        using var timer = _time.CreateTimer(
            static _ => throw new InvalidOperationException("boom"), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        Assert.Throws<InvalidOperationException>(() => _time.Advance(TimeSpan.FromSeconds(3)));

        Assert.Equal(start.AddSeconds(1), _time.GetUtcNow());
    }

    [Fact]
    public async Task Delays_and_timeouts_end_when_the_time_is_moved()
    {
        var delay = Task.Delay(TimeSpan.FromHours(1), _time, Token);
        using var timeout = new CancellationTokenSource(TimeSpan.FromHours(2), _time);
        Assert.Equal(2, _time.PendingTimers);
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.False(delay.IsCompleted);

        _time.Advance(TimeSpan.FromMinutes(1));
        await delay;
        Assert.False(timeout.IsCancellationRequested);
        _time.Advance(TimeSpan.FromHours(1));

        Assert.True(timeout.IsCancellationRequested);
    }

    private ITimer Timer(string name, double dueIn, double? period = null) => _time.CreateTimer(
        _ => _fired.Add($"{name} at {(_time.GetUtcNow() - Start).TotalSeconds}"),
        null,
        TimeSpan.FromSeconds(dueIn),
        period is { } seconds ? TimeSpan.FromSeconds(seconds) : Timeout.InfiniteTimeSpan);
}
