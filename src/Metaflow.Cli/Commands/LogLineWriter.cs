using System.Globalization;
using Metaflow.Cli.Terminal;
using Metaflow.Logs;
using Metaflow.Naming;

namespace Metaflow.Cli.Commands;

/// <summary>A line of a task's log with where it comes from.</summary>
/// <param name="Task">The task.</param>
/// <param name="Attempt">The attempt's number.</param>
/// <param name="Stream">The stream.</param>
/// <param name="Line">The line.</param>
internal sealed record TaskLogLine(TaskPath Task, int Attempt, TaskOutput Stream, LogLine Line);

/// <summary>Prints lines of logs.</summary>
/// <param name="context">The command's context.</param>
/// <param name="showsTimes">Whether the local time stands before each line.</param>
/// <param name="showsTasks">Whether the task does.</param>
internal sealed class LogLineWriter(CommandContext context, bool showsTimes, bool showsTasks)
{
    private readonly StyledWriter _writer = new(context.Streams.Out, context.Streams.IsRich);
    private readonly bool _isJson = context.Line.Flag(JsonOutput.Option.Name);

    /// <summary>Prints a line.</summary>
    public void Write(TaskLogLine line)
    {
        if (_isJson)
        {
            JsonOutput.WriteLine(context, ToData(line));
            return;
        }

        var time = showsTimes && line.Line.At is { } at
            ? TimeZoneInfo.ConvertTime(at, context.Streams.Time.LocalTimeZone).ToString("yyyy-MM-dd HH:mm:ss.fff ", CultureInfo.InvariantCulture)
            : "";
        var prefix = showsTasks ? $"{time}[{line.Task.RunId}/{line.Task.Step}/{line.Task.TaskId}] " : time;
        if (context.Streams.IsRich)
        {
            _writer.WriteLine(new StyledText(prefix, prefix.Length == 0 ? TextStyle.Plain : TextStyle.Faint), line.Line.Text);
        }
        else
        {
            context.Streams.Out.Write(prefix + line.Line.Text + "\n");
        }
    }

    private static Dictionary<string, object?> ToData(TaskLogLine line) => new()
    {
        ["time"] = JsonOutput.Time(line.Line.At),
        ["run"] = line.Task.RunId,
        ["step"] = line.Task.Step,
        ["task"] = line.Task.TaskId,
        ["attempt"] = line.Attempt,
        ["stream"] = LogOptions.NameOf(line.Stream),
        ["text"] = line.Line.Text,
    };
}
