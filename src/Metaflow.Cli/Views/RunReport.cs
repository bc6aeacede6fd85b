using System.Globalization;
using Metaflow.Cli.Terminal;
using Metaflow.Naming;

namespace Metaflow.Cli.Views;

/// <summary>Sums up a run for a terminal: how long, how many tasks, what failed, and what to do next.</summary>
/// <param name="end">How the run ended.</param>
/// <param name="signs">The signs of the terminal.</param>
/// <param name="hasFolded">Returns whether the last lines of a task were not shown, because an earlier task printed the same.</param>
internal sealed class RunReport(RunEnd end, TerminalSigns signs, Func<TaskPath, bool> hasFolded)
{
    private const int MostOthers = 3;

    private readonly RunTally _tally = end.Tally;

    /// <summary>Returns what became of the run, with the last lines of the task that failed first.</summary>
    public IEnumerable<StyledText[]> Result()
    {
        yield return [Headline()];
        if (_tally.Failed is not [var first, ..] || end.WasInterrupted)
        {
            yield break;
        }

        if (first.LastLines.Count > 0 && (hasFolded(first.Task) || !_tally.IsStillOnScreen(first)))
        {
            yield return [new($"  {Label(first)} printed last:", TextStyle.Strong)];
            foreach (var line in first.LastLines)
            {
                yield return [new($"  {signs.Column} ", TextStyle.Faint), TaskText.Of(line)];
            }
        }

        if (_tally.Failed.Count > 1)
        {
            var others = string.Join(", ", _tally.Failed.Skip(1).Take(MostOthers).Select(Label));
            var more = _tally.Failed.Count - 1 > MostOthers ? ", " + signs.Ellipsis : "";
            yield return [new($"  {others}{more} failed too.", TextStyle.Failure)];
        }
    }

    /// <summary>Returns the commands that follow, each on a line of its own, so that it can be copied.</summary>
    public IEnumerable<StyledText[]> Commands()
    {
        if (end.IsQuiet)
        {
            yield break;
        }

        if (end is { ResultsCommand: { } results })
        {
            yield return [new("  Results  ", TextStyle.Faint), results];
            yield return [new("  kept in  ", TextStyle.Faint), end.Datastore];
        }

        if (end is { LogsCommand: { } logs })
        {
            yield return [new("  Its log  ", TextStyle.Faint), logs];
        }

        if (end is { AllLogsCommand: { } allLogs })
        {
            yield return [new("  All logs ", TextStyle.Faint), allLogs];
        }

        if (end is { ResumeCommand: { } resume })
        {
            yield return [new("  Go on    ", TextStyle.Faint), resume];
        }
    }

    private StyledText Headline()
    {
        var took = Durations.Taken(_tally.Duration);
        var counts = Counts();
        if (end.Outcome.Succeeded)
        {
            return new($"{signs.Success} Done in {took}: {counts}.", TextStyle.Success);
        }

        if (end.WasInterrupted)
        {
            return new($"{signs.Stop} Stopped after {took}: {counts}.", TextStyle.Warning);
        }

        return end.Outcome.IsPartial
            ? new($"{signs.Stop} Stopped as requested after {took}: {counts}.", TextStyle.Success)
            : new($"{signs.Failure} Failed after {took}: {counts}.", TextStyle.Failure);
    }

    private string Counts()
    {
        var done = _tally.Ran > 0 || _tally.Cloned == 0
            ? StepLine.HowMany(_tally.Ran) + (_tally.Cloned > 0 || !end.Outcome.Succeeded ? " done" : "")
            : _tally.Failed.Count + _tally.Stopped == 0 ? "no task ran" : "no task done";
        var more = StepLine.Join(
            (_tally.Cloned, "cloned"), (_tally.Retried, "retried"), (_tally.Caught, "caught"), (_tally.Failed.Count, "failed"),
            (_tally.Stopped, "stopped"));
        return string.Create(CultureInfo.InvariantCulture, $"{done}{(more.Length > 0 ? ", " : "")}{more}");
    }

    private string Label(FailedTask task) => TaskLabel.Of(task.Task.Step, task.Failure.Place, signs);
}
