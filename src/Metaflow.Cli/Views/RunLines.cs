using System.Globalization;
using Metaflow.Cli.Terminal;
using Metaflow.Naming;
using Metaflow.Running;

namespace Metaflow.Cli.Views;

/// <summary>Says in lines what happened in a run, in the words of the reference.</summary>
internal static class RunLines
{
    /// <summary>Returns the lines of an event.</summary>
    public static IEnumerable<RunLine> Of(RunEvent runEvent) => runEvent switch
    {
        RunEvent.Message message => [Workflow(message, message.Text)],
        RunEvent.PackageProgress progress when PackageLine.Last(progress) is { } text => [Workflow(progress, text)],
        RunEvent.RunStarting starting => [Workflow(starting, $"Workflow starting (run-id {starting.RunId}):")],
        RunEvent.ResumePlanned planned => PlanText.Lines(planned.Plan).Select(line => Workflow(planned, line)),
        RunEvent.TaskCloned cloned => [Clone(
            cloned,
            cloned.Task,
            $"Cloning previously run task {cloned.Origin.WithoutFlow}{(cloned.Reason is null ? "" : $": {cloned.Reason}.")}")],
        RunEvent.TaskNotReused refused => [Clone(refused, refused.Task, $"Must run: {refused.Reason}.")],
        RunEvent.TaskStarting starting => [Task(starting, starting.Task, starting.Handle, StartText(starting), TextStyle.Plain)],
        RunEvent.TaskOutput output =>
        [
            Task(output, output.Task, output.Handle, "", output.IsError ? TextStyle.Failure : TextStyle.Plain) with { Text = output.Text },
        ],
        RunEvent.ForeachYields yields => [Task(
            yields, yields.Task, yields.Handle, string.Create(CultureInfo.InvariantCulture, $"Foreach yields {yields.Count} child steps."),
            TextStyle.Plain)],
        RunEvent.TaskSucceeded succeeded => [Task(
            succeeded, succeeded.Task, succeeded.Handle, "Task finished successfully.", TextStyle.Success)],
        RunEvent.TaskFailed failed => Failure(failed),
        RunEvent.RunStopping stopping => Stopping(stopping),
        RunEvent.TasksKilled killed => [Bad(killed, Killing(killed))],
        RunEvent.RunEnded { Succeeded: true } => [new RunLine(runEvent.At, "", "Done!", TextStyle.Success)],
        RunEvent.RunEnded { IsPartial: true } =>
            [new RunLine(runEvent.At, "", "Stopped as requested: all requested tasks have run.", TextStyle.Success)],
        RunEvent.RunEnded => [Workflow(runEvent, "Flushing logs...")],
        _ => [],
    };

    private static string StartText(RunEvent.TaskStarting starting) => starting switch
    {
        { IsFallback: true } => "Task fallback is starting to handle the failure.",
        { Attempt: > 0 } => "Task is starting (retry).",
        _ => "Task is starting.",
    };

    private static IEnumerable<RunLine> Failure(RunEvent.TaskFailed failed)
    {
        if (!string.IsNullOrEmpty(failed.Reason))
        {
            yield return Line(failed.Reason);
        }

        yield return Line("Task failed.");
        if (failed.RetryForbidden)
        {
            yield return Line("This failed task will not be retried.");
        }
        else if (failed.RetryIn is { } wait && wait > TimeSpan.Zero)
        {
            yield return Line($"This task will be retried in {Durations.InWords(wait)}.");
        }

        RunLine Line(string text) => Task(failed, failed.Task, failed.Handle, text, TextStyle.Failure);
    }

    private static string Killing(RunEvent.TasksKilled killed)
    {
        var seconds = killed.Grace?.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
        var when = seconds is null ? "at once, as asked" : $"after having waited for {seconds} seconds";
        return string.Create(
            CultureInfo.InvariantCulture, $"Killing {killed.Remaining} remaining tasks {when} -- some tasks may not exit cleanly");
    }

    private static IEnumerable<RunLine> Stopping(RunEvent.RunStopping stopping)
    {
        yield return Bad(stopping, stopping switch
        {
            { ByCtrlC: true } => "Workflow interrupted. Please avoid pressing Ctrl+C again to let the workflow clean up process finish.",
            { WasInterrupted: true } => "Workflow interrupted.",
            _ => "Workflow failed.",
        });
        if (stopping.WasInterrupted)
        {
            yield return Bad(stopping, string.Create(CultureInfo.InvariantCulture, $"Terminating {stopping.Active} active tasks..."));
        }
        else if (stopping.Active > 0)
        {
            var tasks = stopping.Active == 1 ? "task" : "tasks";
            yield return Bad(
                stopping, string.Create(CultureInfo.InvariantCulture, $"Waiting for {stopping.Active} active {tasks} to finish..."));
        }
    }

    private static RunLine Workflow(RunEvent runEvent, string text) => new(runEvent.At, "", VisibleText.Line(text), TextStyle.Strong);

    private static RunLine Bad(RunEvent runEvent, string text) => new(runEvent.At, "", VisibleText.Line(text), TextStyle.Failure);

    private static RunLine Clone(RunEvent runEvent, TaskPath task, string text)
        => new(runEvent.At, $"[{task.WithoutFlow}] ", VisibleText.Line(text), TextStyle.Plain);

    private static RunLine Task(RunEvent runEvent, TaskPath task, LaunchHandle? handle, string text, TextStyle style)
        => new(runEvent.At, $"[{task.WithoutFlow}{Place(handle)}] ", VisibleText.Line(text), style);

    private static string Place(LaunchHandle? handle) => handle switch
    {
        null => "",
        { ProcessId: { } id } => string.Create(CultureInfo.InvariantCulture, $" (pid {id})"),
        _ => $" ({VisibleText.Line($"{handle.Launcher} {handle.Id}")})",
    };
}
