using System.Diagnostics;
using Metaflow.Naming;
using Metaflow.Running;

namespace Metaflow.Hosting;

/// <summary>The activities and measurements of one run.</summary>
internal sealed class RunTelemetry(string flow) : IDisposable
{
    private readonly Activity? _run = MetaflowTelemetry.Source.StartActivity("run " + flow);
    private readonly Dictionary<TaskPath, (Activity? Activity, DateTimeOffset Started)> _tasks = [];

    /// <summary>Takes an event of the run; one at a time.</summary>
    /// <param name="value">The event.</param>
    public void Report(RunEvent value)
    {
        switch (value)
        {
            case RunEvent.RunStarting starting:
                _run?.SetTag("metaflow.run_id", starting.RunId);
                break;
            case RunEvent.TaskStarting starting:
                var activity = MetaflowTelemetry.Source.StartActivity(
                    "task " + starting.Task.Step, ActivityKind.Internal, _run?.Context ?? default, startTime: starting.At);
                activity?.SetTag("metaflow.task", starting.Task.ToString()).SetTag("metaflow.attempt", starting.Attempt);
                _tasks[starting.Task] = (activity, starting.At);
                break;
            case RunEvent.TaskSucceeded succeeded:
                End(succeeded.Task, succeeded.At, "succeeded", ActivityStatusCode.Ok, null);
                break;
            case RunEvent.TaskFailed failed:
                End(failed.Task, failed.At, failed.RetryIn is null ? "failed" : "retried", ActivityStatusCode.Error, failed.Reason);
                break;
        }
    }

    /// <summary>Takes how the run ended.</summary>
    /// <param name="succeeded">Whether successfully.</param>
    /// <param name="wasCancelled">Whether it was cancelled.</param>
    public void End(bool succeeded, bool wasCancelled)
    {
        _run?.SetStatus(succeeded ? ActivityStatusCode.Ok : ActivityStatusCode.Error);
        MetaflowTelemetry.Runs.Add(1, new("flow", flow), new("outcome", succeeded ? "succeeded" : wasCancelled ? "cancelled" : "failed"));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (activity, _) in _tasks.Values)
        {
            activity?.Dispose();
        }

        _run?.Dispose();
    }

    private void End(TaskPath task, DateTimeOffset at, string outcome, ActivityStatusCode status, string? reason)
    {
        if (!_tasks.Remove(task, out var begun))
        {
            return;
        }

        TagList tags = [new("flow", flow), new("step", task.Step), new("outcome", outcome)];
        MetaflowTelemetry.Tasks.Add(1, tags);
        MetaflowTelemetry.Duration.Record((at - begun.Started).TotalSeconds, tags);
        begun.Activity?.SetStatus(status, reason).SetEndTime(at.UtcDateTime);
        begun.Activity?.Dispose();
    }
}
