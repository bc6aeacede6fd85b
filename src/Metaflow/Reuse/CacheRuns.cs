using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Scheduling;

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
            .. runs.Where(run => run.RunId != current.RunId && (space is null || run.SystemTags.Contains(space) || run.Tags.Contains(space)))
                .Take(context.Request.CacheRuns)
                .Select(run => new CacheRun(context, run.RunId)),
        ];
    }
}

/// <summary>A run whose tasks may be taken again.</summary>
internal sealed class CacheRun(RunContext context, string runId)
{
    private readonly Lazy<Task<IReadOnlyDictionary<string, string>>> _code = new(() => ReadCodeAsync(context, runId));

    /// <summary>Gets the run's id.</summary>
    public string RunId => runId;

    /// <summary>Gets the run's tasks.</summary>
    public EarlierRun Tasks { get; } = new(context.Datastore, runId);

    /// <summary>Returns the code that the run's own tasks of a step ran.</summary>
    /// <param name="step">The step's name on disk.</param>
    /// <returns>Its identity, or <see langword="null"/> when it is not known.</returns>
    public async Task<string?> CodeOfAsync(string step) => (await _code.Value.ConfigureAwait(false)).GetValueOrDefault(step);

    private static Task<IReadOnlyDictionary<string, string>> ReadCodeAsync(RunContext context, string runId)
        => CodeIdentities.ReadAsync(context.Metadata, new TaskPath(context.Definition.FlowName, runId, TaskPath.ParametersStep, "0"));
}
