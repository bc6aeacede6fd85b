using System.Globalization;
using Metaflow.Cli.Parsing;
using Metaflow.Client;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Running;

namespace Metaflow.Cli.Commands;

/// <summary>Replaces logs by a note, for text that should never have been kept.</summary>
internal sealed class LogsScrubCommand : Command<FlowContext>
{
    private const string Latest = "latest";
    private const string IncludeNotDone = "include-not-done";

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Replace the logs of tasks with a note that they were removed.",
        Details =
            $"INPUT is 'run', {TaskArgument.Forms}. This cannot be undone. Tasks that have not ended are left out, because they may "
                + "still write.",
        Arguments = ["INPUT"],
        RequiredArguments = 1,
        Options =
        [
            .. LogOptions.All("Scrub"),
            new() { Name = Latest, Opposite = "all", Description = "Scrub the latest attempt only, or all attempts.", Default = Latest },
            new() { Name = IncludeNotDone, Description = "Also scrub tasks that have not ended, such as those that were killed." },
        ],
        Examples = ["logs scrub 1795299563529680/start/1", "logs scrub 1795299563529680/train --all --stderr"],
    };

    /// <inheritdoc/>
    public override void CheckInput(FlowContext context)
    {
        TaskArgument.Of(context, takesRun: true);
        if (LogOptions.AttemptOf(context.Line) is not null && IsAll(context.Line))
        {
            throw UsageErrors.Conflict("Option '--attempt' cannot be used together with '--all'.", "Give one of them.");
        }
    }

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(FlowContext context)
    {
        var left = new List<string>();
        var scrubbed = 0;
        foreach (var task in TaskArgument.Of(context, takesRun: true).FindTasks(context).SelectMany(task => Attempts(context.Line, task)))
        {
            if (!context.Line.Flag(IncludeNotDone) && !task.CompletedAttempts.Contains(task.CurrentAttempt))
            {
                left.Add(task.Pathspec);
                continue;
            }

            foreach (var stream in LogOptions.Streams(context.Line))
            {
                task.ScrubLog(stream);
            }

            scrubbed++;
            context.Say(string.Create(
                CultureInfo.InvariantCulture, $"Logs have been scrubbed for {task.Pathspec} - attempt {task.CurrentAttempt}"));
        }

        return left.Count == 0 ? Task.FromResult(ExitCodes.Success) : throw NotDone(left, scrubbed);
    }

    private static bool IsAll(ParsedCommandLine line) => line.Text(Latest) == bool.FalseString;

    private static IEnumerable<TaskHandle> Attempts(ParsedCommandLine line, TaskHandle task)
        => (IsAll(line), LogOptions.AttemptOf(line)) switch
        {
            (true, _) => task.Attempts.Select(task.Attempt),
            (_, { } attempt) => [task.Attempt(attempt)],
            _ => [task],
        };

    private static ConfigurationException NotDone(List<string> left, int scrubbed) => new(
        ErrorCodes.TaskNotDone,
        $"The logs of {string.Join(", ", left.Select(static task => $"'{task}'"))} were not scrubbed.",
        $"{(left.Count == 1 ? "The task has" : "The tasks have")} not ended: what {(left.Count == 1 ? "it writes" : "they write")} "
            + "later would be kept."
            + (scrubbed == 0 ? "" : " All others were scrubbed."),
        $"Wait until the end; if the tasks were killed, add '--{IncludeNotDone}'.");
}
