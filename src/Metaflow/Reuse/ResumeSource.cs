using Metaflow.Artifacts;
using Metaflow.Launching;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Scheduling;
using Metaflow.Serialization;
using Metaflow.Tasks;

namespace Metaflow.Reuse;

/// <summary>Clones what a resumed run has done, as the plan of the resume decided.</summary>
/// <param name="decisions">What the plan decided.</param>
/// <param name="datastore">Where both runs are.</param>
/// <param name="cloner">Clones a task.</param>
internal sealed class ResumeSource(IReadOnlyDictionary<TaskKey, ResumeDecision> decisions, FlowDatastore datastore, TaskCloner cloner)
    : IReuseSource
{
    private readonly Lock _lock = new();
    private Task<IReadOnlyList<ArtifactRecord>>? _ofRun;

    /// <inheritdoc/>
    public ReuseRule Rule => ReuseRule.AfterClones;

    /// <inheritdoc/>
    public async Task<ReuseOutcome> ReuseAsync(RunRecord run, ScheduledTask task)
    {
        var decision = decisions.GetValueOrDefault(task.Key);
        if (decision is not { Task: { } earlier, Result: { } result })
        {
            return new ReuseOutcome(null, null, decision?.Reason ?? "the plan of the resume does not contain it");
        }

        var path = new TaskPath(run.Flow, run.RunId, task.Step, task.TaskId);
        if (task.Gang is not null)
        {
            return await CloneGangAsync(run, path, decision).ConfigureAwait(false);
        }

        await CloneAsync(run, path, decision).ConfigureAwait(false);
        return new ReuseOutcome(earlier.Artifacts.Task, result, decision.Reason);
    }

    /// <summary>The first task, which names the others, comes last: where it is, all of them are.</summary>
    private async Task<ReuseOutcome> CloneGangAsync(RunRecord run, TaskPath first, ResumeDecision decision)
    {
        foreach (var member in decision.Others.Prepend(decision))
        {
            await cloner.RequireReadableAsync(member.Task!.Artifacts.Records.Values).ConfigureAwait(false);
        }

        var ids = Enumerable.Range(0, decision.Others.Count + 1).Select(index => GangMember.IdOf(first.TaskId, index)).ToList();
        for (var index = 1; index < ids.Count; index++)
        {
            await CloneAsync(run, first with { TaskId = ids[index] }, decision.Others[index - 1], ids).ConfigureAwait(false);
        }

        await CloneAsync(run, first, decision, ids).ConfigureAwait(false);
        return new ReuseOutcome(decision.Task!.Artifacts.Task, decision.Result, decision.Reason)
        {
            OtherOrigins = [.. decision.Others.Select(static other => other.Task!.Artifacts.Task)],
        };
    }

    private async Task CloneAsync(RunRecord run, TaskPath path, ResumeDecision decision, List<string>? gang = null)
    {
        var earlier = decision.Task!;
        var records = new Dictionary<string, ArtifactRecord>(earlier.Artifacts.Records, StringComparer.Ordinal);
        foreach (var record in await OfRunAsync(run).ConfigureAwait(false))
        {
            records[record.Name] = record;
        }

        // The first of a gang names its tasks, which have other ids now.
        var values = new List<KeyValuePair<string, SerializedArtifact>>();
        if (gang is not null && records.Remove(InternalArtifacts.ControlMapperTasks))
        {
            List<string> mappers = [.. gang.Select(id => $"{run.RunId}/{path.Step}/{id}")];
            values.Add(new(InternalArtifacts.ControlMapperTasks, ArtifactSerializer.SerializePlain(mappers)));
        }

        var clone = new TaskClone(earlier.Artifacts, records.Values, earlier.Frames)
        {
            Values = values,
            GangSize = gang?.Count,
            Lineage = decision.Lineage,
            Code = decision.Code,
        };
        await cloner.CloneAsync(run, path, clone).ConfigureAwait(false);
    }

    /// <summary>The parameters, constants and graph of the new run: they hold for its clones too.</summary>
    private Task<IReadOnlyList<ArtifactRecord>> OfRunAsync(RunRecord run)
    {
        lock (_lock)
        {
            return _ofRun ??= ReadOfRunAsync(run);
        }
    }

    private async Task<IReadOnlyList<ArtifactRecord>> ReadOfRunAsync(RunRecord run)
    {
        var task = new TaskPath(run.Flow, run.RunId, TaskPath.ParametersStep, "0");
        var parameters = await datastore.OpenTaskAsync(task, null, default).ConfigureAwait(false);
        return [.. parameters.Records.Values.Where(static record => TaskInputs.IsInherited(record.Name))];
    }
}
