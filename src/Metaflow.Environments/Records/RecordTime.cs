using System.Globalization;

namespace Metaflow.Environments.Records;

/// <summary>Times as the extension writes them: what the clock of the machine shows, to the microsecond, without a zone.</summary>
/// <remarks>A time with a zone would make the extension fail: Python does not compare the two kinds.</remarks>
internal static class RecordTime
{
    private const string Seconds = "yyyy-MM-dd'T'HH:mm:ss";

    /// <summary>Returns the text of a time.</summary>
    /// <param name="time">The time.</param>
    /// <returns>The text, such as <c>2024-05-01T12:34:56.123456</c>.</returns>
    public static string ToText(DateTimeOffset time)
    {
        // What was read without a zone is written as it was, also in the hour that a change of the clock leaves out.
        var isLocal = time.Offset == TimeZoneInfo.Local.GetUtcOffset(time.DateTime);
        var clock = isLocal ? time.DateTime : time.LocalDateTime;
        var hasFraction = clock.Ticks % TimeSpan.TicksPerSecond >= TimeSpan.TicksPerMicrosecond;
        return clock.ToString(hasFraction ? Seconds + ".ffffff" : Seconds, CultureInfo.InvariantCulture);
    }

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text; without a zone it is local time.</param>
    /// <returns>The time.</returns>
    /// <exception cref="FormatException">It is not a time.</exception>
    public static DateTimeOffset Of(string text)
        => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var time)
            ? time
            : throw new FormatException($"'{text}' is not a time");
}
