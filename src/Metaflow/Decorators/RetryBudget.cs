namespace Metaflow.Decorators;

/// <summary>How often a step's tasks may be tried.</summary>
/// <param name="UserRetries">Retries that run the author's code.</param>
/// <param name="FallbackRetries">Further attempts that only handle the failure.</param>
/// <param name="Wait">The wait before each retry.</param>
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
}
