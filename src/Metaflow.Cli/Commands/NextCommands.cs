using Metaflow.Commands;
using Metaflow.Running;

namespace Metaflow.Cli.Commands;

/// <summary>The commands that follow a run, as they can be pasted into a shell: started as this one was, with the options that find the
/// run's data.</summary>
/// <param name="context">The command that shows the run.</param>
/// <param name="runId">The run.</param>
internal sealed class NextCommands(FlowContext context, string runId)
{
    private static readonly string[] OfStores = [CommonOptions.Datastore, CommonOptions.DatastoreRoot, CommonOptions.Metadata];

    /// <summary>What a new run has to be told again.</summary>
    private static readonly string[] OfRuns =
        [CommonOptions.Namespace, FlowContext.WithOption, "max-workers", "max-num-splits", "max-log-size", "tag"];

    /// <summary>Returns the command that shows the results of a run.</summary>
    /// <param name="step">The step that has them, by its name on disk.</param>
    public string Results(string step) => Line(["dump", $"{runId}/{step}"], OfStores);

    /// <summary>Returns the command that shows the log of a task.</summary>
    /// <param name="step">The task's step.</param>
    /// <param name="taskId">The task's id.</param>
    public string Logs(string step, string taskId) => Line(["logs", $"{runId}/{step}/{taskId}"], OfStores);

    /// <summary>Returns the command that shows the logs of all tasks that failed.</summary>
    public string LogsOfFailed() => Line(["logs", runId, "--" + LogsCommand.Failed], OfStores);

    /// <summary>Returns the command that goes on with the run: under its own id where it was stopped, in a new run where it failed, since
    /// code is then likely to change.</summary>
    /// <param name="outcome">How the run ended.</param>
    /// <param name="wasInterrupted">Whether it was interrupted from outside.</param>
    public string Resume(RunOutcome outcome, bool wasInterrupted) => wasInterrupted || outcome.IsPartial
        ? Line(["resume", "--" + ContinuedRun.Continue, runId], OfStores)
        : Line(
            ["resume", "--origin-run-id", runId],
            [.. OfStores, .. OfRuns, .. context.Application.FlowOptions.Select(static option => option.Name)]);

    private string Line(IEnumerable<string> words, IEnumerable<string> options)
    {
        var given = from option in options
                    from value in context.Line.All(option)
                    from word in new[] { "--" + option, value }
                    select word;
        return $"{context.Application.Invocation} {string.Join(' ', words.Concat(given).Select(Quoted))}";
    }

    /// <summary>Quotes a word where a shell would read it as something else.</summary>
    private static string Quoted(string word)
    {
        if (word.Length > 0 && word.All(static letter => char.IsAsciiLetterOrDigit(letter) || "-_./:=,@%+".Contains(letter)))
        {
            return word;
        }

        return OperatingSystem.IsWindows()
            ? $"\"{word.Replace("\"", "\\\"", StringComparison.Ordinal)}\""
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }
}
