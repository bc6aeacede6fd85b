using System.Globalization;
using Metaflow.Cli.Terminal;
using Metaflow.Client;
using Metaflow.Commands;
using Metaflow.Logs;
using Metaflow.Naming;

namespace Metaflow.Cli.Commands;

/// <summary>A line of a task's log with where it comes from.</summary>
/// <param name="Task">The task.</param>
/// <param name="Title">What readers call the task: <c>train[3] north</c>, or <c>start/1</c> outside of a foreach.</param>
/// <param name="Attempt">The attempt's number.</param>
/// <param name="Stream">The stream.</param>
/// <param name="Line">The line.</param>
internal sealed record TaskLogLine(TaskPath Task, string Title, int Attempt, LogKind Stream, LogLine Line)
{
    /// <summary>Returns what readers call a task, in a foreach as the view of the run does.</summary>
    public static string TitleOf(TaskHandle task) => task.ForeachIndices.Count == 0 ? $"{task.Path.Step}/{task.Path.TaskId}"
        : task.ForeachItem is { Length: > 0 } item ? $"{ForeachPlace.Of(task)} {item}"
        : ForeachPlace.Of(task);
}

/// <summary>Prints lines of logs.</summary>
/// <param name="context">The command's context.</param>
/// <param name="showsTimes">Whether the local time stands before each line.</param>
/// <param name="showsTasks">Whether the task does.</param>
internal sealed class LogLineWriter(FlowContext context, bool showsTimes, bool showsTasks)
{
    private readonly TextWriter _output = VisibleWriter.Verbatim(context.Streams.Out);
    private readonly char _stroke = DrawnLines.Of(context.Streams).Vertical;
    private RichConsole? _console;
    private readonly bool _isJson = JsonOutput.IsWanted(context);

    /// <summary>Prints a line.</summary>
    public void Write(TaskLogLine line)
    {
        if (_isJson)
        {
            JsonOutput.WriteLine(context, ToData(line));
            return;
        }

        var time = showsTimes && line.Line.At is { } at
            ? TimeZoneInfo.ConvertTime(at, context.Streams.Time.LocalTimeZone).ToString(
                "yyyy-MM-dd HH:mm:ss.fff ", CultureInfo.InvariantCulture)
            : "";
        var prefix = showsTasks ? $"{time}{line.Title} {_stroke} " : time;
        // What a task wrote is shown as it is; where it comes from is a name in the store.
        prefix = VisibleText.Line(prefix);
        if (context.Streams.IsRich && prefix.Length > 0)
        {
            _console ??= new RichConsole(_output);
            _console.Write([new StyledText(prefix, TextStyle.Faint), line.Line.Text]);
            _output.WriteLine();
        }
        else
        {
            _output.Write(prefix + line.Line.Text + "\n");
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
