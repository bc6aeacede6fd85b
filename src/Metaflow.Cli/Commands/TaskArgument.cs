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
/// <param name="Place">The place in foreaches, in the place of an id; <see langword="null"/> for all tasks of the step.</param>
internal sealed record TaskArgument(string RunId, string? Step, string? TaskId, ForeachPlace? Place = null)
{
    /// <summary>What help says of the argument, without a full stop.</summary>
    public const string Forms =
        "'run/step', 'run/step[3]' or 'run/step[\"north\"]' for a task of a foreach, or 'run/step/task'. 'latest' is the newest run, "
            + "'latest-failed' the newest that failed";

    private const int MostPlaces = 10;

    /// <summary>Gets a value indicating whether one task alone is meant.</summary>
    public bool IsOneTask => TaskId is not null || Place is not null;

    /// <summary>Reads the first argument of a command.</summary>
    /// <param name="context">The command's context.</param>
    /// <param name="takesRun">Whether a run alone is enough.</param>
    /// <exception cref="ConfigurationException">MF2030: the text is of another form.</exception>
    public static TaskArgument Of(FlowContext context, bool takesRun = false)
        => Of(context, context.Line.Arguments[0], takesRun);

    /// <summary>Reads what a user typed. The steps of the flow may also be called as their methods are.</summary>
    /// <param name="context">The command's context.</param>
    /// <param name="text">What was typed.</param>
    /// <param name="takesRun">Whether a run alone is enough.</param>
    /// <exception cref="ConfigurationException">MF2030: the text is of another form.</exception>
    public static TaskArgument Of(FlowContext context, string text, bool takesRun)
    {
        var definition = context.Application.Definition;
        var input = FromText(definition.FlowName, text, takesRun);
        return input.Step is { } step && KnownSteps.Find(definition, step) is { } known ? input with { Step = known.Name } : input;
    }

    /// <summary>Returns the pathspec of the task that a place in a foreach means; any other text as it is.</summary>
    /// <param name="context">The command's context.</param>
    /// <param name="text">What was typed; without a run the newest one is meant.</param>
    /// <exception cref="ConfigurationException">MF2030: the text is of another form, or means several tasks.</exception>
    /// <exception cref="MetadataException">There is no such run, step or task (MF5004).</exception>
    public static string ToTask(FlowContext context, string text)
    {
        if (!text.Contains('[', StringComparison.Ordinal))
        {
            return text;
        }

        var hasRun = text.AsSpan(0, text.IndexOf('[', StringComparison.Ordinal)).Contains('/');
        return Of(context, hasRun ? text : $"{RunChoice.Latest}/{text}", takesRun: false).FindTasks(context) is [var task]
            ? $"{task.Path.RunId}/{task.Path.Step}/{task.Id}"
            : throw new ConfigurationException(
                ErrorCodes.InvalidPathspec,
                $"Invalid value for 'INPUT': '{text}' means several tasks.",
                "The step is in nested foreaches, and the text has only the index of an outer one.",
                "Give the indices of all foreaches, as in 'train[3,0]'.")
            { ExitCode = ExitCodes.Usage };
    }

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

        var tasks = InOrder(Step is null ? run.Tasks : run.Step(Step).Tasks);
        if (Place is null)
        {
            return tasks;
        }

        return Place.Among(tasks) is { Count: > 0 } found ? found : throw NoSuchPlace(run, tasks);
    }

    /// <summary>Returns tasks in the order in which they were started.</summary>
    public static IReadOnlyList<TaskHandle> InOrder(IEnumerable<TaskHandle> tasks)
        => [.. tasks.OrderBy(static task => Number(task.Id)).ThenBy(static task => task.Id, StringComparer.Ordinal)];

    // Also with the flow's name before it.
    private static TaskArgument FromText(string flow, string text, bool takesRun)
    {
        var path = RunChoice.WithoutFlow(flow, text);
        var bracket = path.IndexOf('[', StringComparison.Ordinal);
        var place = bracket < 0 ? null : ForeachPlace.Read(path[bracket..]);
        return (place is null ? path.TrimEnd('/') : path[..bracket]).Split('/') switch
        {
            [{ Length: > 0 } run] when takesRun && bracket < 0 => new TaskArgument(run, null, null),
            [{ Length: > 0 } run, { Length: > 0 } step] when place is not null || bracket < 0 =>
                new TaskArgument(run, step, null, place),
            [{ Length: > 0 } run, { Length: > 0 } step, { Length: > 0 } task] when bracket < 0 => new TaskArgument(run, step, task),
            _ => throw new ConfigurationException(
                ErrorCodes.InvalidPathspec,
                $"Invalid value for 'INPUT': '{text}' names no {(takesRun ? "run, " : "")}step or task.",
                $"{(takesRun ? "A run is written 'run', a" : "A")} step is written 'run/step', a task 'run/step/task' or 'run/step[3]'.",
                "Give the run's id, which 'runs' lists, or 'latest', and the step's name.")
            { ExitCode = ExitCodes.Usage },
        };
    }

    private MetadataException NoSuchPlace(RunHandle run, IReadOnlyList<TaskHandle> tasks)
    {
        var places = tasks.Where(static task => task.ForeachIndices.Count > 0).Take(MostPlaces + 1).Select(ForeachPlace.TitleOf).ToList();
        var pathspec = $"{run.Pathspec}/{Step}";
        return new MetadataException(
            ErrorCodes.ObjectNotFound,
            $"There is no task '{pathspec}[{Place!.Text}]'.",
            places.Count == 0
                ? $"The step '{Step}' is in no foreach; its tasks are {string.Join(", ", tasks.Select(static task => task.Id))}."
                : $"The tasks are {string.Join(", ", places.Take(MostPlaces))}{(places.Count > MostPlaces ? ", …" : ".")}",
            "Give the index of an item, counted from 0, or the item in quotes.")
        { Pathspec = pathspec };
    }

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
