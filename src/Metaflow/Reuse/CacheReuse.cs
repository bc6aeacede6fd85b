using System.Collections.Concurrent;
using Metaflow.Artifacts;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Scheduling;
using Metaflow.Tasks;

namespace Metaflow.Reuse;

/// <summary>Takes results from earlier runs for tasks whose code and whatever their steps read are unchanged.</summary>
internal sealed class CacheReuse(RunContext context, ICodeIdentity code, TaskCloner cloner) : ITaskReuse
{
    private readonly CacheRuns _runs = new(context);
    private readonly ConcurrentDictionary<TaskPath, Lazy<Task<TaskArtifacts>>> _opened = new();

    /// <inheritdoc/>
    public ReuseRule Rule => ReuseRule.Always;

    /// <summary>Gets the steps that always run, by name on disk.</summary>
    public required IReadOnlySet<string> StepsToRun { get; init; }

    /// <inheritdoc/>
    public async Task<ReuseOutcome> ReuseAsync(RunRecord run, ScheduledTask task)
    {
        if (StepsToRun.Contains(task.Step))
        {
            return Refused("its step is marked [NoCache]");
        }

        if (code.Of(task.Step) is not { } identity)
        {
            return Refused("its code cannot be identified");
        }

        var inputs = new ReadyInputs(context.Datastore, run, _opened, task);
        string? reason = null;
        foreach (var earlierRun in await _runs.ListAsync(run).ConfigureAwait(false))
        {
            if (await earlierRun.Tasks.FindAsync(task.Key).ConfigureAwait(false) is not { } earlier)
            {
                continue;
            }

            var lineage = await LineageOfAsync(earlier).ConfigureAwait(false);
            var result = TaskResults.Decode(earlier.Artifacts);
            var difference = await new CacheMatch(inputs, task, earlierRun).DifferenceAsync(earlier, lineage, identity, TakesItem(task)).ConfigureAwait(false)
                ?? (Transitions.Fit(context.Definition.Graph, task.Step, result) ? null : $"it moved on to other steps in run {earlierRun.RunId}");
            if (difference is null)
            {
                await CloneAsync((run, task), inputs, earlier, lineage! with { Code = identity }, result).ConfigureAwait(false);
                return new ReuseOutcome(earlier.Artifacts.Task, result, $"its code and all that it read are as in run {earlierRun.RunId}");
            }

            // The newest run is what the user remembers.
            reason ??= difference;
        }

        return Refused(reason ?? "no earlier run has a result of it");
    }

    private static ReuseOutcome Refused(string reason) => new(null, null, reason);

    private bool TakesItem(ScheduledTask task) => context.Definition.Graph.Find(task.Step)?.ItemType is not null;

    private async Task<TaskLineage?> LineageOfAsync(EarlierTask task)
        => await context.Datastore.ReadNoteAsync(task.Artifacts.Task, task.Artifacts.Attempt, TaskLineage.Note, default).ConfigureAwait(false) is { } note
            ? TaskLineage.FromJson(note)
            : null;

    /// <summary>Only what the earlier task wrote comes from it: what it passed on may have changed, and comes from this task's own input.</summary>
    private async Task CloneAsync((RunRecord Run, ScheduledTask Task) ready, ReadyInputs inputs, EarlierTask earlier, TaskLineage lineage, TaskResult result)
    {
        var (run, task) = ready;
        var records = new Dictionary<string, ArtifactRecord>(StringComparer.Ordinal);
        foreach (var record in (await inputs.BaseAsync().ConfigureAwait(false)).Records.Values.Where(static record => TaskInputs.IsInherited(record.Name)))
        {
            records[record.Name] = record;
        }

        // What it removed is written and has no record.
        foreach (var name in lineage.Written)
        {
            records.Remove(name);
        }

        foreach (var record in earlier.Artifacts.Records.Values.Where(record => IsOwn(record.Name, lineage, result)))
        {
            records[record.Name] = record;
        }

        var clone = new TaskClone(earlier.Artifacts, records.Values, await inputs.FramesAsync().ConfigureAwait(false))
        {
            Values = await inputs.StacksAsync().ConfigureAwait(false),
            Lineage = lineage,
            Code = lineage.Code,
        };
        await cloner.CloneAsync(run, new TaskPath(run.Flow, run.RunId, task.Step, task.TaskId), clone).ConfigureAwait(false);
    }

    /// <summary>Says whether an artifact of an earlier task is its own. What a gang starts with is handed down to later tasks too, and is then not theirs.</summary>
    private static bool IsOwn(string name, TaskLineage lineage, TaskResult result)
        => !TaskInputs.IsInherited(name) || lineage.Written.Contains(name)
            || (result.GangSize is not null && name is (InternalArtifacts.UnboundedForeach or InternalArtifacts.ParallelIterator));
}
