using Metaflow.Artifacts;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Scheduling;
using Metaflow.Tasks;

namespace Metaflow.Reuse;

/// <summary>Clones what a resumed run has done.</summary>
internal sealed class ResumeReuse(ResumeRules rules, TaskCloner cloner, IReadOnlyDictionary<string, string> codeOfOrigin) : ITaskReuse
{
    private readonly Lock _lock = new();
    private Task<IReadOnlyList<ArtifactRecord>>? _ofRun;

    /// <inheritdoc/>
    public ReuseRule Rule => ReuseRule.AfterClones;

    /// <inheritdoc/>
    public async Task<ReuseOutcome> ReuseAsync(RunRecord run, ScheduledTask task)
    {
        var decision = await rules.DecideAsync(task).ConfigureAwait(false);
        if (decision is not { Task: { } earlier, Result: { } result })
        {
            return new ReuseOutcome(null, null, decision.Reason);
        }

        var lineage = await rules.LineageOfAsync(earlier).ConfigureAwait(false);
        var records = new Dictionary<string, ArtifactRecord>(earlier.Artifacts.Records, StringComparer.Ordinal);
        foreach (var record in await OfRunAsync(run).ConfigureAwait(false))
        {
            records[record.Name] = record;
        }

        var clone = new TaskClone(earlier.Artifacts, records.Values, earlier.Frames)
        {
            Lineage = lineage,
            Code = lineage?.Code ?? codeOfOrigin.GetValueOrDefault(task.Step),
        };
        await cloner.CloneAsync(run, new TaskPath(run.Flow, run.RunId, task.Step, task.TaskId), clone).ConfigureAwait(false);
        return new ReuseOutcome(earlier.Artifacts.Task, result, decision.Reason);
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
        var parameters = await rules.Datastore.OpenTaskAsync(task, null, default).ConfigureAwait(false);
        return [.. parameters.Records.Values.Where(static record => TaskInputs.IsInherited(record.Name))];
    }
}
