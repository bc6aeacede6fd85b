using Metaflow.Cli.Parsing;
using Metaflow.Client;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Running;

namespace Metaflow.Cli.Commands;

/// <summary>Prints what tasks wrote, or write.</summary>
internal sealed class LogsCommand : Command<FlowContext>
{
    /// <summary>The option that leaves out the tasks that did not fail.</summary>
    public const string Failed = "failed";

    private const string Timestamps = "timestamps";
    private const string Follow = "follow";

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Print the logs of a task, of a step or of a run.",
        Details =
            $"INPUT is 'run', {TaskArgument.Forms}. The lines of a whole run come in the order of their times.",
        IgnoredWord = "show",
        Arguments = ["INPUT"],
        RequiredArguments = 1,
        Options =
        [
            .. LogOptions.All("Print"),
            new()
            {
                Name = Timestamps,
                Opposite = "no-timestamps",
                Description = "Print the local time before each line.",
                Default = "no-timestamps",
            },
            new() { Name = Failed, Description = "Print only the logs of tasks that failed." },
            new() { Name = Follow, Description = "Print new lines as they come, until the tasks have ended." },
            new() { Name = JsonOutput.Option.Name, Description = "Print a JSON object for each line, for programs." },
        ],
        Examples =
        [
            "logs 1795299563529680/start", "logs 1795299563529680/start/1 --stderr --attempt 0", "logs latest/train[3]",
            "logs latest --follow", "logs latest-failed --failed",
        ],
    };

    /// <inheritdoc/>
    public override void CheckInput(FlowContext context)
    {
        TaskArgument.Of(context, takesRun: true);
        LogOptions.AttemptOf(context.Line);
        if (context.Line.Flag(Failed) && context.Line.Flag(Follow))
        {
            throw UsageErrors.Conflict(
                "Option '--failed' cannot be used together with '--follow': a task that is followed has not failed yet.",
                "Leave one of them out.");
        }
    }

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(FlowContext context)
    {
        var input = TaskArgument.Of(context, takesRun: true);
        var follows = context.Line.Flag(Follow);
        var isJson = JsonOutput.IsWanted(context);
        var writer = new LogLineWriter(
            context, context.Line.Flag(Timestamps), showsTasks: input.Step is null || (follows && !input.IsOneTask));
        if (follows)
        {
            await new LogFollower(context, input, writer).FollowAsync(context.Interruption.Token).ConfigureAwait(false);
        }
        else if (input.Step is null || isJson)
        {
            Write(
                writer,
                [.. FindTasks(context, input).SelectMany(task => LinesOf(context, task))
                    .OrderBy(static line => line.Line.At ?? DateTimeOffset.MaxValue)]);
        }
        else
        {
            WriteSections(context, writer, FindTasks(context, input));
        }

        return ExitCodes.Success;
    }

    private static IReadOnlyList<TaskHandle> FindTasks(FlowContext context, TaskArgument input)
    {
        var tasks = input.FindTasks(context);
        if (!context.Line.Flag(Failed))
        {
            return tasks;
        }

        IReadOnlyList<TaskHandle> failed = [.. tasks.Where(static task => task.HasFailed)];
        if (failed.Count == 0)
        {
            context.Say("None of the tasks failed.");
        }

        return failed;
    }

    private static void WriteSections(FlowContext context, LogLineWriter writer, IReadOnlyList<TaskHandle> tasks)
    {
        foreach (var task in tasks)
        {
            var sections = LinesOf(context, task).ToLookup(static line => line.Stream);
            context.Say($"Logs of {task.Pathspec}{(task.ForeachIndices.Count > 0 ? $", {ForeachPlace.TitleOf(task)}" : "")}:");
            foreach (var stream in LogOptions.Streams(context.Line))
            {
                context.Say(LogOptions.NameOf(stream));
                Write(writer, sections[stream]);
            }
        }
    }

    private static IEnumerable<TaskLogLine> LinesOf(FlowContext context, TaskHandle found)
    {
        var task = LogOptions.AttemptOf(context.Line) is { } attempt ? found.Attempt(attempt) : found;
        var title = TaskLogLine.TitleOf(found);
        return LogOptions.Streams(context.Line).SelectMany(
            stream => task.LogLines(stream).Select(line => new TaskLogLine(task.Path, title, task.CurrentAttempt, stream, line)));
    }

    private static void Write(LogLineWriter writer, IEnumerable<TaskLogLine> lines)
    {
        foreach (var line in lines)
        {
            writer.Write(line);
        }
    }
}
