using System.Globalization;
using Metaflow.Client;
using Metaflow.Commands;
using Metaflow.Errors;

namespace Metaflow.Cli.Commands;

/// <summary>What <c>dump</c> and <c>logs</c> look at: a step of a run, or one task of it.</summary>
/// <param name="RunId">The run's id.</param>
/// <param name="Step">The step's name on disk.</param>
/// <param name="TaskId">The task's id; <see langword="null"/> for all tasks of the step.</param>
internal sealed record TaskInput(string RunId, string Step, string? TaskId)
{
    /// <summary>Reads the first argument of a command.</summary>
    public static TaskInput Of(CommandContext context) => FromText(context.Application.Definition.FlowName, context.Line.Arguments[0]);

    /// <summary>Finds the tasks, in the order in which they were started, whatever their namespace: who knows the id may look.</summary>
    /// <exception cref="MetadataException">There is no such run, step or task (MF5004).</exception>
    public IReadOnlyList<TaskHandle> FindTasks(IFlowApplication application)
    {
        var client = new MetaflowClient(application.Settings).WithNamespace(null);
        var step = $"{application.Definition.FlowName}/{RunId}/{Step}";
        return TaskId is null
            ? [.. client.Step(step).Tasks.OrderBy(static task => Number(task.Id)).ThenBy(static task => task.Id, StringComparer.Ordinal)]
            : [client.Task($"{step}/{TaskId}")];
    }

    /// <summary>Reads <c>run/step</c> or <c>run/step/task</c>, also with the flow's name before it.</summary>
    /// <exception cref="ConfigurationException">MF2030: the text is of another form.</exception>
    public static TaskInput FromText(string flow, string text)
    {
        var prefix = flow + "/";
        var path = text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text;
        return path.TrimEnd('/').Split('/') switch
        {
            [{ Length: > 0 } run, { Length: > 0 } step] => new TaskInput(run, step, null),
            [{ Length: > 0 } run, { Length: > 0 } step, { Length: > 0 } task] => new TaskInput(run, step, task),
            _ => throw new ConfigurationException(
                ErrorCodes.InvalidPathspec,
                $"Invalid value for 'INPUT': '{text}' names no step or task.",
                "A step is written 'run/step', a task 'run/step/task'.",
                "Give the run's id, which the first line of a run shows, and the step's name.")
            { ExitCode = ExitCodes.Usage },
        };
    }

    private static long Number(string taskId)
        => long.TryParse(taskId, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : long.MaxValue;
}
