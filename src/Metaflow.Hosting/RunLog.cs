using Metaflow.Naming;
using Metaflow.Running;
using Microsoft.Extensions.Logging;

namespace Metaflow.Hosting;

/// <summary>Writes what happens in a run to the host's log and telemetry, and passes it on.</summary>
/// <param name="log">The log.</param>
/// <param name="logsOutput">Whether lines that tasks print are logged.</param>
/// <param name="telemetry">The telemetry of the run; <see langword="null"/> if there is no run.</param>
/// <param name="next">Receives the events, too; <see langword="null"/> for nobody.</param>
internal sealed partial class RunLog(ILogger log, bool logsOutput, RunTelemetry? telemetry, IProgress<RunEvent>? next)
    : IProgress<RunEvent>
{
    private const string OwnOutput = "Its own output says why.";

    /// <inheritdoc/>
    public void Report(RunEvent value)
    {
        Write(value);
        telemetry?.Report(value);
        next?.Report(value);
    }

    private void Write(RunEvent value)
    {
        switch (value)
        {
            case RunEvent.Message message:
                var text = VisibleText.Lines(message.Text);
                SaidMessage(text);
                break;
            case RunEvent.RunStarting starting:
                RunStarting(starting.RunId);
                break;
            case RunEvent.TaskStarting starting:
                TaskStarting(starting.Task, starting.Attempt);
                break;
            case RunEvent.TaskOutput output when logsOutput:
                TaskPrinted(output.Task, output.Text);
                break;
            case RunEvent.TaskSucceeded succeeded:
                TaskSucceeded(succeeded.Task);
                break;
            case RunEvent.TaskFailed { RetryIn: { } wait } failed:
                TaskIsRetried(failed.Task, failed.Attempt, ReasonOf(failed), wait);
                break;
            case RunEvent.TaskFailed failed:
                TaskFailed(failed.Task, failed.Attempt, ReasonOf(failed));
                break;
            case RunEvent.RunStopping stopping:
                RunStopping(stopping.WasInterrupted, stopping.Active);
                break;
            case RunEvent.RunEnded ended:
                RunEnded(ended.Succeeded);
                break;
        }
    }

    // An exception's message may hold what a reader's terminal would obey.
    private static string ReasonOf(RunEvent.TaskFailed failed) => VisibleText.Lines(failed.Reason ?? OwnOutput);

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "{Message}")]
    private partial void SaidMessage(string message);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "Run {RunId} starts.")]
    private partial void RunStarting(string runId);

    [LoggerMessage(EventId = 3, Level = LogLevel.Debug, Message = "Task {Task} starts attempt {Attempt}.")]
    private partial void TaskStarting(TaskPath task, int attempt);

    [LoggerMessage(EventId = 4, Level = LogLevel.Information, Message = "{Task}: {Line}")]
    private partial void TaskPrinted(TaskPath task, string line);

    [LoggerMessage(EventId = 5, Level = LogLevel.Debug, Message = "Task {Task} finished.")]
    private partial void TaskSucceeded(TaskPath task);

    [LoggerMessage(
        EventId = 6, Level = LogLevel.Warning, Message = "Task {Task} failed in attempt {Attempt} and is tried again in {Wait}. {Reason}")]
    private partial void TaskIsRetried(TaskPath task, int attempt, string reason, TimeSpan wait);

    [LoggerMessage(EventId = 7, Level = LogLevel.Error, Message = "Task {Task} failed in attempt {Attempt}. {Reason}")]
    private partial void TaskFailed(TaskPath task, int attempt, string reason);

    [LoggerMessage(
        EventId = 8, Level = LogLevel.Warning, Message = "The run stops (asked to: {WasInterrupted}); {Active} tasks still run.")]
    private partial void RunStopping(bool wasInterrupted, int active);

    [LoggerMessage(EventId = 9, Level = LogLevel.Information, Message = "The run ended; it succeeded: {Succeeded}.")]
    private partial void RunEnded(bool succeeded);
}
