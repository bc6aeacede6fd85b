using System.Globalization;

namespace Metaflow.Decorators;

/// <summary>How often a step's tasks may be tried.</summary>
/// <param name="UserRetries">Retries that run the author's code.</param>
/// <param name="FallbackRetries">Further attempts that only handle the failure.</param>
/// <param name="Wait">The wait before the first retry.</param>
internal readonly record struct RetryBudget(int UserRetries, int FallbackRetries, TimeSpan Wait)
{
    /// <summary>The most attempts that a task may have; readers probe no more.</summary>
    public const int MaxAttempts = 6;

    /// <summary>Gets the number of the last attempt allowed.</summary>
    public int LastAttempt => LastAttemptFrom(0);

    /// <summary>Returns the number of the last attempt allowed.</summary>
    /// <param name="first">The attempt from which retries are counted.</param>
    /// <returns>The number.</returns>
    public int LastAttemptFrom(int first) => Math.Min(first + UserRetries + FallbackRetries, MaxAttempts - 1);

    /// <summary>Gets how the wait changes from one retry to the next.</summary>
    public RetryGrowth Growth { get; init; } = RetryGrowth.None;

    /// <summary>Returns the wait after an attempt that failed.</summary>
    /// <param name="runId">The run's id.</param>
    /// <param name="taskId">The task's id.</param>
    /// <param name="attempt">The attempt that failed, from 0.</param>
    /// <returns>The wait: always the same for the same three, so that a scheduler that replays its events decides as before.</returns>
    public TimeSpan WaitAfter(string runId, string taskId, int attempt)
    {
        if (Wait <= TimeSpan.Zero)
        {
            return TimeSpan.Zero;
        }

        // A growth without bounds gives infinity, which the maximum cuts.
        var wait = Wait.TotalSeconds * Math.Pow(Growth.Factor, attempt);
        if (Growth.Jitter > 0)
        {
            wait *= 1 + (Growth.Jitter * ((2 * Fraction(string.Create(CultureInfo.InvariantCulture, $"{runId}/{taskId}/{attempt}"))) - 1));
        }

        return Duration.OfSeconds(Math.Min(wait, Growth.Maximum.TotalSeconds));
    }

    // FNV-1a with a last mix: the system's own hashes differ from process to process.
    private static double Fraction(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var letter in text)
        {
            hash = (hash ^ letter) * 1099511628211UL;
        }

        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdUL;
        return ((hash ^ (hash >> 33)) >> 11) / (double)(1UL << 53);
    }
}

/// <summary>How the wait before a retry changes from one to the next.</summary>
/// <param name="Factor">What each wait is multiplied by for the next; 1 for equal waits.</param>
/// <param name="Maximum">The longest wait.</param>
/// <param name="Jitter">The part of a wait by which it may be longer or shorter, 0 to 1.</param>
internal readonly record struct RetryGrowth(double Factor, TimeSpan Maximum, double Jitter)
{
    /// <summary>Equal waits.</summary>
    public static readonly RetryGrowth None = new(1, TimeSpan.FromDays(1), 0);
}
