namespace Metaflow.Logs;

/// <summary>Gives the lines of an attempt times that rise strictly, so that a reader who sorts by time sees the lines in the order in
/// which they came.</summary>
/// <remarks>Python Metaflow sorts the lines of one time by their ids, which are random. All writers of an attempt in a process share a
/// clock, so that the lines of both streams have an order too. Thread-safe.</remarks>
internal sealed class LogClock
{
    /// <summary>Stored times have six digits of a second.</summary>
    private const long Resolution = TimeSpan.TicksPerMicrosecond;

    private static readonly long Latest = DateTimeOffset.MaxValue.Ticks / Resolution;

    private readonly Lock _lock = new();
    private long _last = -1;

    /// <summary>Returns the time of the next line.</summary>
    /// <param name="at">When the line was emitted.</param>
    /// <returns>That time in whole microseconds of UTC, or one microsecond after the last line when that is later: lines may come
    /// together, and clocks are set back.</returns>
    public DateTimeOffset Next(DateTimeOffset at)
    {
        lock (_lock)
        {
            _last = Math.Min(Math.Max(at.UtcTicks / Resolution, _last + 1), Latest);
            return new DateTimeOffset(_last * Resolution, TimeSpan.Zero);
        }
    }

    /// <summary>Makes all later times follow a line that another process stored.</summary>
    /// <param name="last">The time of that line.</param>
    internal void StartAfter(DateTimeOffset last)
    {
        lock (_lock)
        {
            _last = Math.Max(last.UtcTicks / Resolution, _last);
        }
    }
}
