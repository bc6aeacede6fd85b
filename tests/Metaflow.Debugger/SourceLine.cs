using System.Globalization;

namespace Metaflow.Debugger;

/// <summary>A line of a source file, which is named without its folder.</summary>
internal sealed record SourceLine(string File, int Line)
{
    /// <summary>Reads <c>FILE:LINE</c>.</summary>
    /// <returns>The line, or <see langword="null" /> where the text is something else.</returns>
    public static SourceLine? Parse(string text)
        => text.Split(':') is [{ Length: > 0 } file, var number] && int.TryParse(number, CultureInfo.InvariantCulture, out var line)
            ? new SourceLine(file, line)
            : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}");
}
