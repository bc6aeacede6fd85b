using System.Globalization;
using Metaflow.Cli.Parsing;
using Metaflow.Client;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Logs;

namespace Metaflow.Cli.Commands;

/// <summary>Prints what tasks wrote.</summary>
internal sealed class LogsCommand : FlowCommand
{
    private const string Stdout = "stdout";
    private const string Stderr = "stderr";
    private const string Both = "both";
    private const string Timestamps = "timestamps";
    private const string Attempt = "attempt";

    /// <inheritdoc/>
    public override CommandSpecification Specify(IFlowApplication application) => new()
    {
        Name = "logs",
        Summary = "Print the logs of a task, or of all tasks of a step.",
        Details = "INPUT is 'run/step' or 'run/step/task'.",
        IgnoredWord = "show",
        Arguments = ["INPUT"],
        RequiredArguments = 1,
        Options =
        [
            new() { Name = Stdout, Description = "Print only the standard output." },
            new() { Name = Stderr, Description = "Print only the standard error." },
            new() { Name = Both, Description = "Print both.", Default = Both },
            new() { Name = Timestamps, Opposite = "no-timestamps", Description = "Print the local time before each line.", Default = "no-timestamps" },
            new() { Name = Attempt, ValueName = "integer", Description = "Print the logs of this attempt, from 0. By default the latest." },
        ],
        Examples = ["logs 1795299563529680/start", "logs 1795299563529680/start/1 --stderr --attempt 0"],
    };

    /// <inheritdoc/>
    public override void CheckInput(CommandContext context)
    {
        TaskInput.Of(context);
        context.Line.Integer(Attempt, 0, minimum: 0);
    }

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(CommandContext context)
    {
        foreach (var found in TaskInput.Of(context).FindTasks(context.Application))
        {
            var task = context.Line.Text(Attempt) is null ? found : found.Attempt(context.Line.Integer(Attempt, 0, minimum: 0));
            context.Say($"Dumping logs of run_id={task.Path.RunId} step={task.Path.Step} task_id={task.Id}");
            foreach (var stream in Streams(context.Line))
            {
                context.Say(stream == TaskOutput.Stdout ? Stdout : Stderr);
                Write(context, task.LogLines(stream));
            }
        }

        return Task.FromResult(ExitCodes.Success);
    }

    private static IEnumerable<TaskOutput> Streams(ParsedCommandLine line)
    {
        var both = line.Flag(Both) || line.Flag(Stdout) == line.Flag(Stderr);
        if (both || line.Flag(Stdout))
        {
            yield return TaskOutput.Stdout;
        }

        if (both || line.Flag(Stderr))
        {
            yield return TaskOutput.Stderr;
        }
    }

    private static void Write(CommandContext context, IEnumerable<LogLine> lines)
    {
        foreach (var line in lines)
        {
            var prefix = line.At is { } at && context.Line.Flag(Timestamps)
                ? TimeZoneInfo.ConvertTime(at, context.Streams.Time.LocalTimeZone).ToString("yyyy-MM-dd HH:mm:ss.fff ", CultureInfo.InvariantCulture)
                : "";
            context.Streams.Out.Write(prefix + line.Text + "\n");
        }
    }
}
