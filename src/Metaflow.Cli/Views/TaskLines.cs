using System.Globalization;
using Metaflow.Cli.Terminal;
using Metaflow.Naming;
using Metaflow.Running;

namespace Metaflow.Cli.Views;

/// <summary>Says what happened in a run in short lines, for a terminal that shows the numbers of tasks elsewhere.</summary>
/// <param name="signs">The signs of the terminal.</param>
/// <param name="width">Returns the columns of the terminal.</param>
internal sealed class TaskLines(TerminalSigns signs, Func<int> width)
{
    private const int WidestLabel = 20;

    private readonly FailureReports _reports = new();
    private readonly HashSet<TaskPath> _folded = [];
    private int _labelWidth;
    private bool _wasInterrupted;

    /// <summary>Returns the lines of an event; most have none.</summary>
    /// <param name="runEvent">The event.</param>
    public IEnumerable<StyledText[]> Of(RunEvent runEvent) => _reports.Release(runEvent).Select(Output).Concat(LinesOf(runEvent));

    /// <summary>Returns whether the last lines of a failed task were not shown, because an earlier task printed the same.</summary>
    /// <param name="task">The task.</param>
    public bool HasFolded(TaskPath task) => _folded.Contains(task);

    private IEnumerable<StyledText[]> LinesOf(RunEvent runEvent) => runEvent switch
    {
        RunEvent.TaskOutput output => _reports.Holds(output) ? [] : [Output(output)],
        RunEvent.Message message => [[VisibleText.Line(message.Text)]],
        RunEvent.PackageProgress progress when PackageLine.Last(progress) is { } text => [[text]],
        RunEvent.RunStarting starting => [[new($"Run {VisibleText.Line(starting.RunId)}", TextStyle.Strong)]],
        RunEvent.ResumePlanned planned => PlanText.Lines(planned.Plan).Select(static line => new StyledText[] { VisibleText.Line(line) }),
        RunEvent.TaskCloned { Reason: { } reason } cloned =>
            [Told(cloned, $"is a clone of {cloned.Origin.WithoutFlow}: {reason}.", "", TextStyle.Faint)],
        RunEvent.TaskNotReused refused => [Told(refused, $"has to run: {refused.Reason}.", "", TextStyle.Faint)],
        RunEvent.TaskStarting { IsFallback: true } starting =>
            [Told(starting, "kept failing; its fallback starts for [Catch].", signs.Warning, TextStyle.Warning)],
        RunEvent.TaskSucceeded { IsCaught: true } caught =>
            [Told(caught, "failed; [Catch] handled it.", signs.Warning, TextStyle.Warning)],
        RunEvent.TaskFailed failed => Failure(failed),
        RunEvent.RunStopping stopping => Stopping(stopping),
        RunEvent.TasksKilled killed =>
            [[new($"{signs.Stop} Killing {StepLine.HowMany(killed.Remaining)}.", TextStyle.Failure)]],
        _ => [],
    };

    private string Reason(RunEvent.TaskFailed failed, FailureReport report)
    {
        if (!string.IsNullOrEmpty(failed.Reason))
        {
            return $": {failed.Reason}";
        }

        if (report.Equal is not { } equal)
        {
            return ".";
        }

        var other = equal.Task == failed.Task ? "before" : TaskLabel.Of(equal.Task.Step, equal.Place, signs);
        return report.Message is { } message ? $" like {other}: {message}" : $": the same as {other}.";
    }

    private StyledText[] Output(RunEvent.TaskOutput output)
    {
        // On a narrow terminal the label leaves half of the line to what the task prints.
        var most = width() / 2;
        var label = TaskLabel.Of(output.Task.Step, output.Place, signs, most);
        _labelWidth = Math.Min(most, Math.Max(_labelWidth, Math.Min(WidestLabel, TextWidth.Of(label))));
        var padding = new string(' ', Math.Max(0, _labelWidth - TextWidth.Of(label)));
        return
        [
            new($"{label}{padding} {signs.Column} ", TextStyle.Faint),
            new(TaskText.Of(output.Text), output.IsError ? TextStyle.Failure : TextStyle.Plain),
        ];
    }

    private IEnumerable<StyledText[]> Failure(RunEvent.TaskFailed failed)
    {
        var report = _reports.Take(failed);
        if (report.Equal is not null)
        {
            _folded.Add(failed.Task);
        }

        foreach (var line in report.Lines)
        {
            yield return Output(line);
        }

        if (_wasInterrupted)
        {
            // That all of them are ended was told once.
            yield break;
        }

        if (failed.RetryIn is not { } wait)
        {
            var attempts = failed.Attempt == 0
                ? ""
                : string.Create(CultureInfo.InvariantCulture, $" after {failed.Attempt + 1} attempts");
            yield return Told(failed, $"failed{attempts}{Reason(failed, report)}", signs.Failure, TextStyle.Failure);
            yield break;
        }

        var when = wait > TimeSpan.Zero ? $" in {Durations.InWords(wait)}" : "";
        yield return Told(failed, $"failed; retrying{when}{Reason(failed, report)}", signs.Retry, TextStyle.Warning);
    }

    private IEnumerable<StyledText[]> Stopping(RunEvent.RunStopping stopping)
    {
        _wasInterrupted |= stopping.WasInterrupted;
        if (stopping.WasInterrupted)
        {
            var again = stopping.ByCtrlC ? " Press Ctrl-C again to kill the running tasks." : "";
            yield return [new($"{signs.Stop} Stopping {StepLine.HowMany(stopping.Active)}.{again}", TextStyle.Warning)];
        }
        else if (stopping.Active > 0)
        {
            var verb = stopping.Active == 1 ? "runs" : "run";
            yield return [new($"The run fails; {StepLine.HowMany(stopping.Active)} still {verb}.", TextStyle.Failure)];
        }
    }

    private StyledText[] Told(RunEvent.OfTask runEvent, string what, string sign, TextStyle style)
    {
        var label = TaskLabel.Of(runEvent.Task.Step, runEvent.Place, signs);
        return [new($"{(sign.Length > 0 ? sign + " " : "")}{label} {VisibleText.Line(what)}", style)];
    }
}
