using System.Globalization;
using System.Text.Json;
using Metaflow.Naming;
using Metaflow.Running;

namespace Metaflow.Cli.Views;

/// <summary>Writes events of runs as JSON. The page <c>docs/run-view.md</c> lists every field; a test compares.</summary>
internal static class RunEventJson
{
    /// <summary>Writes the members of an event.</summary>
    /// <param name="json">Receives them.</param>
    /// <param name="runEvent">The event.</param>
    public static void Write(Utf8JsonWriter json, RunEvent runEvent)
    {
        json.WriteString("event", NameOf(runEvent));
        WriteTime(json, runEvent.At);
        switch (runEvent)
        {
            case RunEvent.OfTask ofTask:
                WriteTask(json, ofTask.Task, ofTask.Place);
                WriteOfTask(json, ofTask);
                break;
            case RunEvent.Message message:
                json.WriteString("text", message.Text);
                break;
            case RunEvent.PackageProgress progress:
                json.WriteString("phase", PhaseOf(progress.Phase));
                json.WriteNumber("packages", progress.Packages);
                json.WriteNumber("all_packages", progress.AllPackages);
                json.WriteNumber("bytes", progress.Bytes);
                json.WriteNumber("all_bytes", progress.AllBytes);
                json.WriteBoolean("over", progress.IsOver);
                break;
            case RunEvent.RunStarting starting:
                json.WriteString("run_id", starting.RunId);
                break;
            case RunEvent.ResumePlanned planned:
                WritePlan(json, planned.Plan);
                break;
            case RunEvent.Progress progress:
                WriteCounts(json, progress.Counts);
                break;
            case RunEvent.RunStopping stopping:
                json.WriteBoolean("interrupted", stopping.WasInterrupted);
                json.WriteNumber("active", stopping.Active);
                break;
            case RunEvent.TasksKilled killed:
                json.WriteNumber("remaining", killed.Remaining);
                WriteNumber(json, "grace_seconds", killed.Grace?.TotalSeconds);
                break;
            case RunEvent.RunEnded ended:
                json.WriteBoolean("succeeded", ended.Succeeded);
                json.WriteBoolean("partial", ended.IsPartial);
                break;
        }
    }

    /// <summary>Writes the members of the last object, which sums up the run.</summary>
    /// <param name="json">Receives them.</param>
    /// <param name="end">How the run ended.</param>
    /// <param name="at">When that is written.</param>
    public static void Write(Utf8JsonWriter json, RunEnd end, DateTimeOffset at)
    {
        var (outcome, tally) = (end.Outcome, end.Tally);
        json.WriteString("event", "run_result");
        WriteTime(json, at);
        json.WriteString("run_id", outcome.RunId);
        json.WriteBoolean("succeeded", outcome.Succeeded);
        json.WriteBoolean("partial", outcome.IsPartial);
        json.WriteBoolean("interrupted", end.WasInterrupted);
        json.WriteNumber("exit_code", outcome.ExitCode);
        json.WriteNumber("seconds", Math.Round(tally.Duration.TotalSeconds, 3));
        json.WriteNumber("ran", tally.Ran);
        json.WriteNumber("cloned", tally.Cloned);
        json.WriteNumber("retried", tally.Retried);
        json.WriteNumber("caught", tally.Caught);
        json.WriteNumber("failed", tally.Failed.Count);
        json.WriteNumber("stopped", tally.Stopped);
        json.WriteString("datastore", end.Datastore);
        json.WriteString("results_command", end.ResultsCommand);
        json.WriteString("logs_command", end.LogsCommand);
        json.WriteString("all_logs_command", end.AllLogsCommand);
        json.WriteString("resume_command", end.ResumeCommand);
        json.WriteString("error_code", outcome.Error?.Code);
        json.WriteString("error", end.Error?.Message);
    }

    private static string NameOf(RunEvent runEvent) => runEvent switch
    {
        RunEvent.Message => "message",
        RunEvent.PackageProgress => "packages",
        RunEvent.RunStarting => "run_started",
        RunEvent.ResumePlanned => "resume_planned",
        RunEvent.TaskCloned => "task_cloned",
        RunEvent.TaskNotReused => "task_not_reused",
        RunEvent.TaskStarting => "task_started",
        RunEvent.TaskOutput => "task_output",
        RunEvent.TaskProgress => "task_progress",
        RunEvent.ForeachYields => "foreach_yields",
        RunEvent.TaskSucceeded => "task_succeeded",
        RunEvent.TaskFailed => "task_failed",
        RunEvent.Progress => "counts",
        RunEvent.RunStopping => "run_stopping",
        RunEvent.TasksKilled => "tasks_killed",
        RunEvent.RunEnded => "run_ended",
        _ => throw new ArgumentOutOfRangeException(nameof(runEvent), runEvent, "The view does not know this event."),
    };

    private static string PhaseOf(PackagePhase phase) => phase switch
    {
        PackagePhase.Finding => "finding",
        PackagePhase.Storing => "storing",
        PackagePhase.Comparing => "comparing",
        _ => "unpacking",
    };

    private static void WriteOfTask(Utf8JsonWriter json, RunEvent.OfTask runEvent)
    {
        switch (runEvent)
        {
            case RunEvent.TaskCloned cloned:
                json.WriteString("origin", cloned.Origin.ToString());
                json.WriteString("reason", cloned.Reason);
                break;
            case RunEvent.TaskNotReused refused:
                json.WriteString("reason", refused.Reason);
                break;
            case RunEvent.TaskStarting starting:
                json.WriteNumber("attempt", starting.Attempt);
                json.WriteBoolean("fallback", starting.IsFallback);
                json.WriteString("handle", starting.Handle?.ToString());
                break;
            case RunEvent.TaskOutput output:
                json.WriteString("stream", output.IsError ? "stderr" : "stdout");
                json.WriteString("text", output.Text);
                break;
            case RunEvent.TaskProgress progress:
                WriteNumber(json, "fraction", progress.Fraction);
                json.WriteString("text", progress.Text);
                break;
            case RunEvent.ForeachYields yields:
                json.WriteNumber("count", yields.Count);
                break;
            case RunEvent.TaskSucceeded succeeded:
                json.WriteBoolean("caught", succeeded.IsCaught);
                break;
            case RunEvent.TaskFailed failed:
                json.WriteNumber("attempt", failed.Attempt);
                json.WriteString("reason", failed.Reason);
                WriteNumber(json, "retry_in_seconds", failed.RetryIn?.TotalSeconds);
                json.WriteBoolean("retry_forbidden", failed.RetryForbidden);
                break;
        }
    }

    private static void WriteTask(Utf8JsonWriter json, TaskPath task, TaskPlace? place)
    {
        json.WriteString("task", task.ToString());
        json.WriteString("step", task.Step);
        json.WriteString("task_id", task.TaskId);
        json.WriteStartArray("indices");
        foreach (var index in place?.Indices ?? [])
        {
            json.WriteNumberValue(index);
        }

        json.WriteEndArray();
        json.WriteString("item", place?.Item);
    }

    private static void WriteCounts(Utf8JsonWriter json, IReadOnlyList<StepCount> counts)
    {
        json.WriteStartArray("steps");
        foreach (var count in counts)
        {
            json.WriteStartObject();
            json.WriteString("step", count.Step);
            json.WriteNumber("running", count.Running);
            json.WriteNumber("queued", count.Queued);
            json.WriteNumber("retrying", count.Retrying);
            json.WriteNumber("done", count.Done);
            json.WriteNumber("cloned", count.Cloned);
            json.WriteNumber("caught", count.Caught);
            json.WriteNumber("failed", count.Failed);
            json.WriteNumber("total", count.Total);
            json.WriteBoolean("total_exact", count.IsTotalExact);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WritePlan(Utf8JsonWriter json, ResumePlan plan)
    {
        json.WriteString("origin", $"{plan.FlowName}/{plan.OriginRunId}");
        json.WriteStartArray("steps");
        foreach (var step in plan.Steps)
        {
            json.WriteStartObject();
            json.WriteString("step", step.Step);
            json.WriteNumber("cloned", step.Cloned);
            json.WriteNumber("to_run", step.Reruns.Sum(static rerun => rerun.Tasks.Count));
            json.WriteBoolean("follows_reruns", step.FollowsReruns);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteTime(Utf8JsonWriter json, DateTimeOffset at)
        => json.WriteString("at", at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));

    private static void WriteNumber(Utf8JsonWriter json, string name, double? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
