using System.Globalization;
using Metaflow.Cli.Parsing;
using Metaflow.Client;
using Metaflow.Commands;
using Metaflow.Definition;
using Metaflow.Errors;

namespace Metaflow.Cli.Commands;

/// <summary>What a command looks at: a run, a step of it, or one task.</summary>
/// <param name="RunId">The run's id.</param>
/// <param name="Step">The step's name on disk; <see langword="null"/> for all steps.</param>
/// <param name="TaskId">The task's id; <see langword="null"/> for all tasks of the step.</param>
internal sealed record TaskArgument(string RunId, string? Step, string? TaskId)
{
    /// <summary>Reads the first argument of a command.</summary>
    /// <param name="context">The command's context.</param>
    /// <param name="takesRun">Whether a run alone is enough.</param>
    /// <exception cref="ConfigurationException">MF2030: the text is of another form.</exception>
    public static TaskArgument Of(FlowContext context, bool takesRun = false)
        => FromText(context.Application.Definition.FlowName, context.Line.Arguments[0], takesRun);

    /// <summary>Finds the tasks, in the order in which they were started, whatever their namespace: who knows the id may look.</summary>
    /// <exception cref="MetadataException">There is no such run, step or task (MF5004).</exception>
    public IReadOnlyList<TaskHandle> FindTasks(FlowContext context) => TasksOf(FindRun(context));

    /// <summary>Finds the run.</summary>
    /// <exception cref="MetadataException">There is no such run (MF5004).</exception>
    public RunHandle FindRun(FlowContext context) => RunChoice.Find(context, RunId, null);

    /// <summary>Finds the tasks of a run that are meant, in the order in which they were started.</summary>
    /// <exception cref="MetadataException">There is no such step or task (MF5004).</exception>
    public IReadOnlyList<TaskHandle> TasksOf(RunHandle run)
    {
        if (Step is not null && TaskId is not null)
        {
            return [run.Task(Step, TaskId)];
        }

        return InOrder(Step is null ? run.Tasks : run.Step(Step).Tasks);
    }

    /// <summary>Returns tasks in the order in which they were started.</summary>
    public static IReadOnlyList<TaskHandle> InOrder(IEnumerable<TaskHandle> tasks)
        => [.. tasks.OrderBy(static task => Number(task.Id)).ThenBy(static task => task.Id, StringComparer.Ordinal)];

    /// <summary>Reads <c>run/step</c> or <c>run/step/task</c>, also with the flow's name before it.</summary>
    /// <exception cref="ConfigurationException">MF2030: the text is of another form.</exception>
    public static TaskArgument FromText(string flow, string text, bool takesRun = false)
        => RunChoice.WithoutFlow(flow, text).TrimEnd('/').Split('/') switch
        {
            [{ Length: > 0 } run] when takesRun => new TaskArgument(run, null, null),
            [{ Length: > 0 } run, { Length: > 0 } step] => new TaskArgument(run, step, null),
            [{ Length: > 0 } run, { Length: > 0 } step, { Length: > 0 } task] => new TaskArgument(run, step, task),
            _ => throw new ConfigurationException(
                ErrorCodes.InvalidPathspec,
                $"Invalid value for 'INPUT': '{text}' names no {(takesRun ? "run, " : "")}step or task.",
                $"{(takesRun ? "A run is written 'run', a" : "A")} step is written 'run/step', a task 'run/step/task'.",
                "Give the run's id, which the first line of a run shows, and the step's name.")
            { ExitCode = ExitCodes.Usage },
        };

    /// <summary>Refuses names of artifacts that none of the tasks has and the flow does not declare: a misspelt one would look like an
    /// artifact that is not there.</summary>
    /// <param name="definition">The flow; a task need not have all that it declares.</param>
    /// <param name="names">The names; empty for all artifacts.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="includesPrivate">Whether the framework's own artifacts were asked for.</param>
    /// <exception cref="ConfigurationException">MF2004: no task has an artifact of a name.</exception>
    public static void CheckNames(
        FlowDefinition definition, IReadOnlyCollection<string> names, IReadOnlyCollection<TaskHandle> tasks, bool includesPrivate)
    {
        if (names.Count == 0 || tasks.Count == 0)
        {
            return;
        }

        var known = tasks.SelectMany(task => includesPrivate ? task.AllArtifacts : task.Artifacts)
            .Select(static artifact => artifact.Name).ToHashSet(StringComparer.Ordinal);
        var declared = definition.Artifacts.Select(static artifact => artifact.Name)
            .Concat(definition.Parameters.Select(static parameter => parameter.Name)).ToList();
        if (names.FirstOrDefault(name => !known.Contains(name) && !declared.Contains(name)) is { } unknown)
        {
            throw UsageErrors.InvalidValue(
                "include",
                $"no task has an artifact '{unknown}'.",
                unknown[0] == '_' && !includesPrivate
                    ? "Add '--private' for the framework's own."
                    : $"They have {string.Join(", ", known.Order(StringComparer.Ordinal).Select(static name => $"'{name}'"))}.");
        }
    }

    private static long Number(string taskId)
        => long.TryParse(taskId, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : long.MaxValue;
}
