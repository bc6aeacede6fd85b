using System.Globalization;

namespace Metaflow.Cli.Views;

/// <summary>Shows durations.</summary>
internal static class Durations
{
    /// <summary>Returns a duration in words, such as <c>2 minutes</c> or <c>1.5 seconds</c>.</summary>
    public static string InWords(TimeSpan duration)
    {
        var (count, unit) = duration switch
        {
            { TotalHours: >= 2 } => (duration.TotalHours, "hour"),
            { TotalMinutes: >= 2 } => (duration.TotalMinutes, "minute"),
            _ => (duration.TotalSeconds, "second"),
        };
        var number = count.ToString("0.#", CultureInfo.InvariantCulture);
        return number == "1" ? $"1 {unit}" : $"{number} {unit}s";
    }

    /// <summary>Returns how long something took: <c>0.4 s</c>, from ten seconds on as on a clock.</summary>
    public static string Taken(TimeSpan duration) => duration.TotalSeconds < 10
        ? Math.Max(duration.TotalSeconds, 0).ToString("0.0", CultureInfo.InvariantCulture) + " s"
        : AsClock(duration);

    /// <summary>Returns a duration as on a clock: <c>0:07</c>, <c>12:30</c>, <c>1:02:03</c>.</summary>
    public static string AsClock(TimeSpan duration)
        => duration.ToString(duration.TotalHours >= 1 ? @"h\:mm\:ss" : @"m\:ss", CultureInfo.InvariantCulture) is var text
            && duration.TotalDays >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)duration.TotalDays}d {text}")
            : text;
}
