namespace Metaflow.Naming;

/// <summary>The words that commands take in place of a run's id.</summary>
internal static class RunWords
{
    /// <summary>The word for the newest run.</summary>
    public const string Latest = "latest";

    /// <summary>The word for the newest run that failed, was stopped, or died.</summary>
    public const string LatestFailed = "latest-failed";

    private static readonly string[] All = [Latest, LatestFailed];

    /// <summary>Returns the question whether a word was meant, for the remedy of a run that does not exist.</summary>
    /// <param name="typed">What was typed.</param>
    /// <returns>The sentence, or <see langword="null"/> if no word is near.</returns>
    public static string? Suggestion(string typed) => ClosestName.Find(typed, All) is { } word ? $"Did you mean '{word}'?" : null;
}
