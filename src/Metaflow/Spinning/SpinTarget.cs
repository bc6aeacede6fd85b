using System.Globalization;
using Metaflow.Artifacts;
using Metaflow.Client;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Joins;
using Metaflow.Naming;
using Metaflow.Running;

namespace Metaflow.Spinning;

/// <summary>The earlier task whose inputs a spin takes.</summary>
/// <param name="Task">The task.</param>
/// <param name="Inputs">The tasks that it got its inputs from, in the order of the split for a join.</param>
/// <param name="Join">What it joins.</param>
internal sealed record SpinTarget(TaskHandle Task, IReadOnlyList<TaskPath> Inputs, JoinKind Join)
{
    private const int MostRunsSearched = 20;

    /// <summary>Gets the task's index in the foreach that its input yields, or <see langword="null"/>.</summary>
    public int? SplitIndex { get; private init; }

    /// <summary>Gets the task that holds the item of a step deeper in a foreach that takes it; <see langword="null"/> for any
    /// other.</summary>
    public TaskPath? Split { get; private init; }

    /// <summary>Gets a value indicating whether the step has more tasks than this one, of which none was asked for.</summary>
    public bool IsOneOfSeveral { get; private init; }

    /// <summary>Finds the task.</summary>
    /// <param name="client">Sees the runs of all namespaces.</param>
    /// <param name="definition">The flow.</param>
    /// <param name="pathspec">The task, the step or the step of the newest run.</param>
    /// <returns>The task.</returns>
    /// <exception cref="ConfigurationException">The pathspec has another form (MF2030), or the step cannot be run on its own
    /// (MF2133).</exception>
    /// <exception cref="MetadataException">There is no such run, step or task (MF5004).</exception>
    public static SpinTarget Find(MetaflowClient client, FlowDefinition definition, string pathspec)
    {
        var (runId, node, taskId) = SpinPathspec.Read(definition, pathspec);
        var handle = client.Flow(definition.FlowName);
        var run = ChosenRun.Of(handle, runId ?? RunWords.Latest);
        if (Tasks(run, node.Name) is not { Count: > 0 } tasks)
        {
            throw NotTaken(handle, run, node.Name);
        }

        var task = taskId is null ? tasks[0].Step.Task! : run.Task(node.Name, taskId);
        var (inputs, kind) = InputsOf(task, definition.Graph, node);
        var followsSplit = kind == JoinKind.None && inputs.Count > 0 && Depth(task) > Depth(inputs[0]);
        return new SpinTarget(task, [.. inputs.Select(static input => input.Path)], kind)
        {
            SplitIndex = followsSplit ? task.Index : null,
            Split = node.ItemType is not null && !followsSplit ? SplitOf(task) : null,
            IsOneOfSeveral = taskId is null && tasks.Count > 1,
        };
    }

    private static (IReadOnlyList<TaskHandle> Inputs, JoinKind Kind) InputsOf(TaskHandle task, FlowGraph graph, StepNode node)
    {
        if (node.Name == graph.StartStep?.Name)
        {
            return ([], JoinKind.None);
        }

        var parents = task.ParentTasks;
        if (parents.Count == 0 || node.Decorators.Any(static decorator => decorator.Name == "parallel"))
        {
            throw new ConfigurationException(
                ErrorCodes.SpinNotPossible,
                $"The task '{task.Pathspec}' cannot be run again on its own.",
                parents.Count == 0
                    ? "Its inputs do not exist: it follows a foreach without items, or records were removed."
                    : "It is part of a gang, whose tasks run together.",
                "Run the flow, or resume an earlier run from this step.")
            { Pathspec = task.Pathspec };
        }

        if (!node.TakesInputs)
        {
            // Each round of a loop is among the parents: the one before this task is its input.
            return ([parents.LastOrDefault(parent => Number(parent) < Number(task)) ?? parents[^1]], JoinKind.None);
        }

        var order = graph.Steps.Select(static step => step.Name).ToList();
        var sorted = parents.OrderBy(parent => order.IndexOf(parent.Step.Name))
            .ThenBy(static parent => parent.Index ?? 0).ThenBy(Number).ToList();
        return (sorted, Depth(parents[0]) > Depth(task) ? JoinKind.Foreach : JoinKind.Branch);
    }

    /// <summary>Goes back to the task before the innermost foreach: the first that is in one foreach less.</summary>
    private static TaskPath? SplitOf(TaskHandle task)
    {
        var depth = Depth(task);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Queue<TaskHandle>([task]);
        while (pending.TryDequeue(out var current))
        {
            foreach (var parent in current.ParentTasks.Where(parent => seen.Add(parent.Pathspec)))
            {
                if (Depth(parent) < depth)
                {
                    return parent.Path;
                }

                pending.Enqueue(parent);
            }
        }

        return null;
    }

    private static int Depth(TaskHandle task)
        => task.Data.Contains(InternalArtifacts.ForeachStack) && task.Data[InternalArtifacts.ForeachStack] is IReadOnlyList<object?> frames
            ? frames.Count
            : 0;

    private static long Number(TaskHandle task)
        => long.TryParse(task.Id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : long.MaxValue;

    private static IReadOnlyList<TaskHandle> Tasks(RunHandle run, string step)
        => run.Steps.FirstOrDefault(other => other.Name == step)?.Tasks ?? [];

    private static MetadataException NotTaken(FlowHandle flow, RunHandle run, string step)
    {
        var other = flow.Runs().Take(MostRunsSearched).FirstOrDefault(earlier => Tasks(earlier, step).Count > 0);
        return new(
            ErrorCodes.ObjectNotFound,
            $"The run '{run.Pathspec}' has no task of the step '{step}'.",
            "It did not reach the step: it took another path, or ended before.",
            other is null
                ? "Run the flow so that it reaches the step. A spin needs the inputs of such a task."
                : $"Name a run that reached the step, for example '{other.Id}/{step}'.")
        { Pathspec = $"{run.Pathspec}/{step}" };
    }
}
