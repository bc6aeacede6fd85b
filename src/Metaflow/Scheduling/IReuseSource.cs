using Metaflow.Artifacts;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Running;
using Metaflow.Tasks;

namespace Metaflow.Scheduling;

/// <summary>Lets tasks of earlier runs stand in for ready ones.</summary>
internal interface IReuseSource
{
    /// <summary>Gets for which tasks an earlier one is looked for.</summary>
    ReuseRule Rule { get; }

    /// <summary>Looks for a task that can stand in for a ready one, and clones it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="task">The ready task; the first of a gang stands for the whole of it.</param>
    /// <returns>What was found; a clone is durable.</returns>
    Task<ReuseOutcome> ReuseAsync(RunRecord run, ScheduledTask task);
}

/// <summary>Whether an earlier task stands in for a ready one.</summary>
/// <param name="Origin">The earlier task, or <see langword="null"/> when the task has to run.</param>
/// <param name="Result">What the earlier task decided, or <see langword="null"/>.</param>
/// <param name="Reason">Why, as it follows "because".</param>
internal sealed record ReuseOutcome(TaskPath? Origin, TaskResult? Result, string Reason)
{
    /// <summary>Gets the earlier tasks that stand in for the others of the task's gang, in order.</summary>
    public IReadOnlyList<TaskPath> OtherOrigins { get; init; } = [];
}

/// <summary>What a run takes from earlier ones.</summary>
/// <param name="Tasks">Lets tasks of earlier runs stand in.</param>
internal sealed record ReusePlan(IReuseSource Tasks)
{
    /// <summary>Gets the values of parameters that are taken from the resumed run, by name on disk.</summary>
    public IReadOnlyDictionary<string, ArtifactRecord> Parameters { get; init; } = new Dictionary<string, ArtifactRecord>();

    /// <summary>Gets the values of all other parameters, by name on disk; <see langword="null"/> when they were not looked for.</summary>
    public IReadOnlyDictionary<string, object?>? Values { get; init; }

    /// <summary>Gets the task that holds the parameters of the resumed run, or <see langword="null"/>.</summary>
    public TaskPath? ParametersOrigin { get; init; }

    /// <summary>Gets what is cloned and what runs again, or <see langword="null"/> when nobody knows before.</summary>
    public ResumePlan? Plan { get; init; }
}
