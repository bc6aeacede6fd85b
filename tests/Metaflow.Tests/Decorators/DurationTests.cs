using Metaflow.Decorators;
using Metaflow.Platform;
using Metaflow.Testing;

namespace Metaflow.Tests.Decorators;

public sealed class DurationTests
{
    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(-1)]
    public void What_is_no_time_is_none(double seconds) => Assert.Equal(TimeSpan.Zero, Duration.OfSeconds(seconds));

    [Fact]
    public void Any_wait_of_a_retry_is_a_span_from_zero_to_its_maximum()
    {
        var random = new Random(20261128);
        for (var i = 0; i < 20_000; i++)
        {
            var retry = new RetryAttribute
            {
                MinutesBetweenRetries = Any(random),
                SecondsBetweenRetries = Any(random),
                BackoffFactor = 1 + Any(random),
                MaxSecondsBetweenRetries = Any(random),
                Jitter = random.NextDouble(),
            };
            var budget = new RetryBudget(4, 1, retry.WaitOr(TimeSpan.Zero)) { Growth = retry.Growth };
            for (var attempt = 0; attempt < RetryBudget.MaxAttempts; attempt++)
            {
                Assert.InRange(budget.WaitAfter("1", "2", attempt), TimeSpan.Zero, retry.Growth.Maximum);
            }
        }
    }

    [Fact]
    public void Any_timeout_is_a_span_and_its_deadline_one_that_a_timer_takes()
    {
        var random = new Random(20261128);
        for (var i = 0; i < 20_000; i++)
        {
            var timeout = new TimeoutAttribute
            {
                Seconds = random.Next(),
                Minutes = random.Next(int.MinValue, int.MaxValue),
                Hours = random.Next(int.MinValue, int.MaxValue),
            };
            var limit = timeout.Limit;
            var due = Duration.Add(limit > TimeSpan.Zero ? limit : TimeSpan.Zero, TimeSpan.FromSeconds(10));
            using var timer = new LongTimer(TimeProvider.System, due, static () => { });
            Assert.True(due >= TimeSpan.FromSeconds(10));
        }
    }

    [Fact]
    public void A_timer_of_two_thousand_hours_fires_then_and_not_before()
    {
        var time = new ManualTimeProvider();
        var fired = 0;
        using var timer = new LongTimer(time, TimeSpan.FromHours(2000), () => fired++);
        for (var hour = 1; hour < 2000; hour++)
        {
            time.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(0, fired);
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, fired);
        time.Advance(TimeSpan.FromDays(1000));
        Assert.Equal(1, fired);
    }

    [Fact]
    public void A_timer_that_was_disposed_does_not_fire()
    {
        var time = new ManualTimeProvider();
        var fired = 0;
        using (new LongTimer(time, TimeSpan.FromDays(50), () => fired++))
        {
            time.Advance(TimeSpan.FromDays(45));
        }

        time.Advance(TimeSpan.FromDays(45));
        Assert.Equal(0, fired);
    }

    private static double Any(Random random) => random.Next(6) switch
    {
        0 => 0,
        1 => random.NextDouble(),
        2 => Math.Pow(10, random.Next(0, 308)),
        3 => double.MaxValue,
        4 => double.PositiveInfinity,
        _ => random.NextDouble() * 1e12,
    };
}
