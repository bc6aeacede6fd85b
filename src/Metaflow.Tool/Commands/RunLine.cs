using System.Globalization;
using Metaflow.Client;
using Metaflow.Metadata;

namespace Metaflow.Tool.Commands;

/// <summary>What lists say of a run.</summary>
internal static class RunLine
{
    /// <summary>Returns the state of a run. A run of the reference records none: it has succeeded, or nobody knows.</summary>
    public static string StateOf(RunHandle run) => (run.Status?.State ?? (run.Successful ? RunState.Succeeded : RunState.Unknown)).ToString().ToLowerInvariant();

    /// <summary>Returns a time in the zone of the terminal.</summary>
    public static string Local(ToolContext context, DateTimeOffset? at)
        => at is { } time ? TimeZoneInfo.ConvertTime(time, context.Streams.Time.LocalTimeZone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : "";
}
