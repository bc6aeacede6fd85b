using System.Collections.Concurrent;
using Metaflow.Artifacts;
using Metaflow.Code;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Scheduling;
using Metaflow.Tasks;

namespace Metaflow.Reuse;

/// <summary>Takes results from earlier runs for tasks whose code and whatever their steps read are unchanged.</summary>
internal sealed class CacheSource(RunContext context, ICurrentCode code, TaskCloner cloner) : IReuseSource
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

        var inputs = new ReadyInputs(context, run, _opened, task);
        var runs = await _runs.ListAsync(run).ConfigureAwait(false);
        string? damaged = null;
        foreach (var earlierRun in runs)
        {
            if (await FindAsync(earlierRun, inputs, task, identity).ConfigureAwait(false) is { } earlier)
            {
                if (await cloner.FirstDamageAsync(earlier.Task.Artifacts.Records.Values).ConfigureAwait(false) is { } damage)
                {
                    damaged ??= $"its result in run {earlierRun.RunId} cannot be read: {damage.Message} [{damage.Code}]";
                    continue;
                }

                var result = TaskResults.Decode(earlier.Task.Artifacts, earlier.Lineage);
                await CloneAsync(
                    (run, task), inputs, earlier.Task, earlier.Lineage! with { Code = identity }, result).ConfigureAwait(false);
                return new ReuseOutcome(
                    earlier.Task.Artifacts.Task, result, $"its code and all that it read are as in run {earlierRun.RunId}");
            }
        }

        return Refused(damaged ?? await NearestAsync(runs, inputs, task, identity).ConfigureAwait(false));
    }

    private static ReuseOutcome Refused(string reason) => new(null, null, reason);

    /// <summary>Finds a task of a run that did what the ready one would do: the one at the same place, or else any that saw the
    /// same.</summary>
    private async Task<CacheCandidate?> FindAsync(CacheRun run, ReadyInputs inputs, ScheduledTask task, string identity)
    {
        if (await run.FindAsync(task.Key).ConfigureAwait(false) is { } same
            && (await new CacheMatch(inputs, run.RunId).DifferencesAsync(same, identity).ConfigureAwait(false)).Count == 0 && Fits(same))
        {
            return same;
        }

        var candidates = await run.OfStepAsync(task.Step).ConfigureAwait(false);
        return (await candidates.FindAsync(inputs).ConfigureAwait(false))
            .FirstOrDefault(candidate => candidate.Code == identity && Fits(candidate));
    }

    private bool Fits(CacheCandidate candidate)
    {
        var result = TaskResults.Decode(candidate.Task.Artifacts);
        return !(result.NumSplits > context.Request.MaxNumSplits)
            && TransitionFit.Fit(context.Definition.Graph, candidate.Task.Artifacts.Task.Step, result);
    }

    /// <summary>Says what is missing to the task that comes nearest: of its item or at its place, with the fewest differences; of equals,
    /// the newest.</summary>
    private static async Task<string> NearestAsync(IReadOnlyList<CacheRun> runs, ReadyInputs inputs, ScheduledTask task, string identity)
    {
        IReadOnlyList<string>? nearest = null;
        var item = await inputs.ItemAsync().ConfigureAwait(false);
        foreach (var run in runs)
        {
            var near = new List<CacheCandidate>();
            if (item is not null)
            {
                near.AddRange((await run.OfStepAsync(task.Step).ConfigureAwait(false)).OfItem(item));
            }

            if (await run.FindAsync(task.Key).ConfigureAwait(false) is { } same)
            {
                near.Add(same);
            }

            foreach (var candidate in near)
            {
                var differences = await new CacheMatch(inputs, run.RunId).DifferencesAsync(candidate, identity).ConfigureAwait(false);
                differences = differences.Count > 0 ? differences : [$"it moved on to other steps in run {run.RunId}"];
                nearest = nearest is null || differences.Count < nearest.Count ? differences : nearest;
            }
        }

        return nearest is null ? "no earlier run has a result of it" : string.Join("; ", nearest);
    }

    /// <summary>Only what the earlier task wrote comes from it: what it passed on may have changed, and comes from this task's own
    /// input.</summary>
    private async Task CloneAsync(
        (RunRecord Run, ScheduledTask Task) ready, ReadyInputs inputs, EarlierTask earlier, TaskLineage lineage, TaskResult result)
    {
        var (run, task) = ready;
        var records = new Dictionary<string, ArtifactRecord>(StringComparer.Ordinal);
        foreach (var record in (await inputs.BaseAsync().ConfigureAwait(false)).Records.Values
            .Where(static record => TaskInputs.IsInherited(record.Name)))
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
            IsCached = true,
            Lineage = lineage,
            Code = lineage.Code,
        };
        await cloner.CloneAsync(run, new TaskPath(run.Flow, run.RunId, task.Step, task.TaskId), clone).ConfigureAwait(false);
    }

    /// <summary>Returns true if an artifact of an earlier task is its own. What a gang starts with is handed down to later tasks too, and
    /// is then not theirs.</summary>
    private static bool IsOwn(string name, TaskLineage lineage, TaskResult result)
        => !TaskInputs.IsInherited(name) || lineage.Written.Contains(name)
            || (result.GangSize is not null && name is (InternalArtifacts.UnboundedForeach or InternalArtifacts.ParallelIterator));
}
