using System.Globalization;
using System.Text;

namespace Metaflow.Logs;

/// <summary>The form of a stored line: <c>[MFLOG|0|2026-11-21T22:08:59.350163Z|runtime|id]text</c>.</summary>
internal static class MflogLine
{
    // A line that its sender wants stored begins with this; Python Metaflow drops the first two characters when it stores one.
    private const string PersistMark = "[!";
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    private static ReadOnlySpan<byte> Start => "[MFLOG|0|"u8;

    /// <summary>Returns what stands before the text of a line.</summary>
    /// <param name="at">When the line was emitted.</param>
    /// <param name="source">Who stores it.</param>
    /// <returns>The bytes.</returns>
    public static byte[] Header(DateTimeOffset at, string source)
        => Encoding.ASCII.GetBytes(
            $"[MFLOG|0|{at.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)}|{source}|{Guid.NewGuid():D}]");

    /// <summary>Returns a stored line with its end.</summary>
    /// <param name="line">The line; one without a time is stored as it is.</param>
    /// <returns>The bytes.</returns>
    public static byte[] Format(LogLine line)
        => [.. line.At is { } at ? Header(at, line.Source) : [], .. Encoding.UTF8.GetBytes(line.Text), (byte)'\n'];

    /// <summary>Reads a stored line.</summary>
    /// <param name="line">The bytes without the line's end.</param>
    /// <returns>The line; what is not of the form is text with no time and no source. Bytes that are not UTF-8 become U+FFFD.</returns>
    public static LogLine Parse(ReadOnlySpan<byte> line)
    {
        var rest = line.StartsWith("[![MFLOG|"u8) ? line[PersistMark.Length..] : line;
        if (rest.StartsWith(Start)
            && TryField(ref rest, Start.Length, (byte)'|', out var time)
            && TryField(ref rest, 0, (byte)'|', out var source)
            && TryField(ref rest, 0, (byte)']', out _)
            && TryTime(time, out var at))
        {
            return new LogLine(at, Encoding.UTF8.GetString(source), Encoding.UTF8.GetString(rest));
        }

        return new LogLine(null, string.Empty, Encoding.UTF8.GetString(line));
    }

    private static bool TryField(ref ReadOnlySpan<byte> rest, int start, byte end, out ReadOnlySpan<byte> field)
    {
        var length = rest[start..].IndexOf(end);
        field = length < 0 ? [] : rest.Slice(start, length);
        rest = length < 0 ? rest : rest[(start + length + 1)..];
        return length >= 0;
    }

    // Python Metaflow writes six digits of a second; others may write fewer or none.
    private static bool TryTime(ReadOnlySpan<byte> text, out DateTimeOffset at)
    {
        at = default;
        return text.EndsWith("Z"u8) && text.Length <= 40 && DateTimeOffset.TryParse(
            Encoding.ASCII.GetString(text), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out at);
    }
}
