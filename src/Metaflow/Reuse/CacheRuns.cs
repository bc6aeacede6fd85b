using System.Collections.Concurrent;
using Metaflow.Code;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Scheduling;
using Metaflow.Tasks;

namespace Metaflow.Reuse;

/// <summary>The runs whose tasks may be taken again: the newest of the namespace, each read as far as it is asked for.</summary>
internal sealed class CacheRuns(RunContext context)
{
    private readonly Lock _lock = new();
    private Task<IReadOnlyList<CacheRun>>? _runs;

    /// <summary>Lists the runs.</summary>
    /// <param name="current">The run that asks, which is not among them.</param>
    /// <returns>The runs, newest first.</returns>
    public Task<IReadOnlyList<CacheRun>> ListAsync(RunRecord current)
    {
        lock (_lock)
        {
            return _runs ??= ReadAsync(current);
        }
    }

    private async Task<IReadOnlyList<CacheRun>> ReadAsync(RunRecord current)
    {
        var space = context.Settings.Namespace;
        var runs = await context.Metadata.ListRunsAsync(current.Flow, default).ConfigureAwait(false);
        return
        [
            .. runs.Where(run => run.Problem is null && run.RunId != current.RunId
                && (space is null || run.SystemTags.Contains(space) || run.Tags.Contains(space)))
                .Take(context.Request.CacheRuns)
                .Select(run => new CacheRun(context, run.RunId)),
        ];
    }
}

/// <summary>A run whose tasks may be taken again.</summary>
internal sealed class CacheRun(RunContext context, string runId)
{
    private readonly Lazy<Task<IReadOnlyDictionary<string, string>>> _code = new(() => ReadCodeAsync(context, runId));
    private readonly ConcurrentDictionary<string, Lazy<Task<CacheCandidates>>> _candidates = new(StringComparer.Ordinal);
    private readonly EarlierRun _tasks = new(context.Datastore, runId);

    /// <summary>Gets the run's id.</summary>
    public string RunId => runId;

    /// <summary>Finds the task at the same place.</summary>
    /// <param name="key">The place.</param>
    /// <returns>The task, or <see langword="null"/> when none of this key ever ended.</returns>
    public async Task<CacheCandidate?> FindAsync(TaskKey key)
        => await _tasks.FindAsync(key).ConfigureAwait(false) is { } task ? await ReadAsync(task).ConfigureAwait(false) : null;

    /// <summary>Returns all tasks of a step.</summary>
    /// <param name="step">The step's name on disk.</param>
    /// <returns>The tasks.</returns>
    public Task<CacheCandidates> OfStepAsync(string step)
        => _candidates.GetOrAdd(step, name => new Lazy<Task<CacheCandidates>>(async () =>
            await CacheCandidates.ReadAsync(await _tasks.OfStepAsync(name).ConfigureAwait(false), ReadAsync).ConfigureAwait(false))).Value;

    private async Task<CacheCandidate> ReadAsync(EarlierTask task)
    {
        var path = task.Artifacts.Task;
        var note = await context.Datastore.ReadNoteAsync(path, task.Artifacts.Attempt, TaskLineage.Note, default).ConfigureAwait(false);
        var lineage = note is { } text ? TaskLineage.FromJson(text) : null;
        return new CacheCandidate(task, lineage, lineage?.Code ?? (await _code.Value.ConfigureAwait(false)).GetValueOrDefault(path.Step));
    }

    private static Task<IReadOnlyDictionary<string, string>> ReadCodeAsync(RunContext context, string runId)
        => RecordedCode.ReadAsync(context.Metadata, new TaskPath(context.Definition.FlowName, runId, TaskPath.ParametersStep, "0"));
}
