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
    public int LastAttempt => Math.Min(UserRetries + FallbackRetries, MaxAttempts - 1);
}
