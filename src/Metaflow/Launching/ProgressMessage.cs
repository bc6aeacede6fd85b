using System.Globalization;
using System.Text;
using Metaflow.Naming;
using Metaflow.Platform;

namespace Metaflow.Launching;

/// <summary>A report of a task's progress, as it goes through a pipe: one line of text.</summary>
/// <param name="Task">The number that the launcher has given the task.</param>
/// <param name="Fraction">The part that is done; <see langword="null"/> when it is not known.</param>
/// <param name="Text">What the step says; <see langword="null"/> for nothing.</param>
internal sealed record ProgressMessage(int Task, double? Fraction, string? Text)
{
    /// <summary>The most characters of a text that are shown.</summary>
    public const int MaxText = 100;

    private const string Unknown = "-";

    /// <summary>Returns a text as it is shown: on one line, without control characters, and not too long.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The text; <see langword="null"/> when there is none.</returns>
    public static string? Shown(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var trimmed = text.Trim();
        var line = VisibleText.Line(trimmed.Length <= MaxText ? trimmed : VisibleText.Beginning(trimmed, MaxText - 1));
        return line.Length <= MaxText ? line : line[..MaxText];
    }

    /// <summary>Returns the line.</summary>
    /// <returns>The bytes, with the end of the line; not more than a pipe takes as a whole.</returns>
    public byte[] ToBytes()
    {
        var fraction = Fraction?.ToString("0.####", CultureInfo.InvariantCulture) ?? Unknown;
        var line = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Task} {fraction} {Text}\n"));
        return line.Length <= MessagePipe.MaxMessage ? line : (this with { Text = null }).ToBytes();
    }

    /// <summary>Reads a line.</summary>
    /// <param name="line">The bytes, without the end of the line.</param>
    /// <returns>The report; <see langword="null"/> when it is none.</returns>
    public static ProgressMessage? TryParse(ReadOnlySpan<byte> line)
    {
        var parts = Encoding.UTF8.GetString(line).Split(' ', 3);
        if (parts.Length != 3 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var task))
        {
            return null;
        }

        var isKnown = double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var fraction);
        return new ProgressMessage(task, isKnown && fraction is >= 0 and <= 1 ? fraction : null, Shown(parts[2]));
    }
}
