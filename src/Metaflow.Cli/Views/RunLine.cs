using System.Globalization;
using Metaflow.Cli.Terminal;
using Metaflow.Naming;

namespace Metaflow.Cli.Views;

/// <summary>One line of a run's console log.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Task">The task's part of the prefix with its trailing blank; empty for the run's own messages.</param>
/// <param name="Text">The text; the output of a task as it is, the framework's messages on one line.</param>
/// <param name="Style">How it looks.</param>
internal sealed record RunLine(DateTimeOffset At, string Task, string Text, TextStyle Style)
{
    /// <summary>Returns the prefix: local time and task.</summary>
    public string Prefix(TimeZoneInfo zone)
        => TimeZoneInfo.ConvertTime(At, zone).ToString("yyyy-MM-dd HH:mm:ss.fff ", CultureInfo.InvariantCulture) + VisibleText.Line(Task);
}
