using Metaflow.Naming;
using Metaflow.Running;

namespace Metaflow.Programs;

/// <summary>Writes what happens in a run that a step started as the step's own output, and records the run with the task.</summary>
/// <param name="flow">The name of the flow.</param>
/// <param name="next">Is told too; may be <see langword="null"/>.</param>
/// <param name="record">Records the run's pathspec.</param>
internal sealed class ChildFlowOutput(string flow, IProgress<RunEvent>? next, Func<string, Task> record) : IProgress<RunEvent>
{
    private string _pathspec = "";

    /// <summary>Gets the task that ends when the run is recorded.</summary>
    public Task Recorded { get; private set; } = Task.CompletedTask;

    /// <inheritdoc/>
    public void Report(RunEvent value)
    {
        switch (value)
        {
            case RunEvent.RunStarting starting:
                _pathspec = $"{flow}/{starting.RunId}";
                Recorded = record(_pathspec);
                Console.Out.WriteLine($"[{_pathspec}] Run is starting.");
                break;
            case RunEvent.TaskOutput output:
                (output.IsError ? Console.Error : Console.Out).WriteLine(Line(output.Task, output.Text));
                break;
            case RunEvent.TaskStarting begun:
                Console.Out.WriteLine(Line(begun.Task, begun.Attempt > 0 ? "Task is starting (retry)." : "Task is starting."));
                break;
            case RunEvent.TaskSucceeded succeeded:
                Console.Out.WriteLine(Line(succeeded.Task, "Task finished successfully."));
                break;
            case RunEvent.TaskFailed failed:
                Console.Out.WriteLine(Line(
                    failed.Task, failed.Reason is null ? "Task failed." : $"Task failed. {VisibleText.Line(failed.Reason)}"));
                break;
            case RunEvent.RunEnded ended:
                Console.Out.WriteLine($"[{_pathspec}] Run {(ended.Succeeded ? "finished successfully" : "failed")}.");
                break;
        }

        next?.Report(value);
    }

    private static string Line(TaskPath task, string text) => $"[{task}] {text}";
}
