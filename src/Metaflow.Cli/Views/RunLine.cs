using System.Globalization;

namespace Metaflow.Cli.Views;

/// <summary>How a line of a run shall look where colours are possible.</summary>
internal enum RunLineStyle
{
    Plain,
    Workflow,
    Success,
    Failure,
}

/// <summary>One line of a run's console log.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Task">The task's part of the prefix with its trailing blank; empty for the run's own messages.</param>
/// <param name="Text">The text, never altered.</param>
/// <param name="Style">How it shall look.</param>
internal sealed record RunLine(DateTimeOffset At, string Task, string Text, RunLineStyle Style)
{
    /// <summary>Returns the prefix: local time and task.</summary>
    public string Prefix(TimeZoneInfo zone)
        => TimeZoneInfo.ConvertTime(At, zone).ToString("yyyy-MM-dd HH:mm:ss.fff ", CultureInfo.InvariantCulture) + Task;
}
