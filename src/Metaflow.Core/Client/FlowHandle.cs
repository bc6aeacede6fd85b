using System.Runtime.CompilerServices;
using Metaflow.Metadata;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <summary>A flow and its runs in the client's namespace. A handle caches what it read. A new handle sees later changes.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class FlowHandle
{
    private readonly IReadOnlyList<ClientContext> _contexts;
    private readonly string? _namespace;
    private readonly Kept<IReadOnlyList<RunHandle>> _allRuns;

    internal FlowHandle(IReadOnlyList<ClientContext> contexts, FlowRecord record, string? namespaceName)
    {
        _contexts = contexts;
        _namespace = namespaceName;
        Name = record.Flow;
        CreatedAt = record.CreatedAt;
        _allRuns = new Kept<IReadOnlyList<RunHandle>>(ListRunsAsync);
    }

    /// <summary>Gets the name.</summary>
    public string Name { get; }

    /// <summary>Gets the pathspec, which is the name.</summary>
    public string Pathspec => Name;

    /// <summary>Gets when the flow was registered.</summary>
    public DateTimeOffset CreatedAt { get; }

    /// <summary>Gets the newest run, or <see langword="null"/> if there is none in the namespace.</summary>
    public RunHandle? LatestRun => Completion.Of(() => GetLatestRunAsync());

    /// <summary>Gets the newest successful run, or <see langword="null"/> if there is none in the namespace.</summary>
    public RunHandle? LatestSuccessfulRun => Completion.Of(() => GetLatestSuccessfulRunAsync());

    internal IReadOnlyList<RunHandle> AllRuns => _allRuns.Value;

    /// <inheritdoc cref="LatestRun"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The run.</returns>
    public async Task<RunHandle?> GetLatestRunAsync(CancellationToken cancellationToken = default)
        => (await RunsAsync(cancellationToken).ConfigureAwait(false)).FirstOrDefault(static run => !run.IsUnreadable);

    /// <inheritdoc cref="LatestSuccessfulRun"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The run.</returns>
    public async Task<RunHandle?> GetLatestSuccessfulRunAsync(CancellationToken cancellationToken = default)
    {
        foreach (var run in await RunsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!run.IsUnreadable && await run.GetSuccessfulAsync(cancellationToken).ConfigureAwait(false))
            {
                return run;
            }
        }

        return null;
    }

    /// <summary>Returns the runs in the namespace, newest first. A run whose record is damaged is in every namespace, because its tags are
    /// not known; its state is <see cref="RunState.Unknown"/>.</summary>
    /// <param name="tags">Tags that each run must have, user tags or system tags. No tags mean all runs.</param>
    /// <returns>The runs.</returns>
    public IReadOnlyList<RunHandle> Runs(params IReadOnlyCollection<string> tags) => Completion.Of(() => GetRunsAsync(tags));

    /// <summary>Returns the runs in the namespace, newest first. A run whose record is damaged is in every namespace, because its tags are
    /// not known; its state is <see cref="RunState.Unknown"/>.</summary>
    /// <param name="tags">Tags that each run must have, user tags or system tags; <see langword="null"/>, the default, means all
    /// runs.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The runs.</returns>
    public async IAsyncEnumerable<RunHandle> GetRunsAsync(
        IReadOnlyCollection<string>? tags = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var run in await RunsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (tags is null || tags.All(run.Tags.Contains))
            {
                yield return run;
            }
        }
    }

    /// <summary>Reads the summaries of the newest runs in the namespace: state, duration, tasks.</summary>
    /// <param name="limit">The maximum number of runs.</param>
    /// <returns>The summaries, newest first.</returns>
    public IReadOnlyList<RunSummary> Summaries(int limit) => Completion.Of(() => GetSummariesAsync(limit));

    /// <inheritdoc cref="Summaries"/>
    /// <param name="limit">The maximum number of runs.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<IReadOnlyList<RunSummary>> GetSummariesAsync(int limit, CancellationToken cancellationToken = default)
    {
        var runs = await RunsAsync(cancellationToken).ConfigureAwait(false);
        return await runs.Take(limit).ReadEachAsync(RunSummary.OfAsync, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Returns a run.</summary>
    /// <param name="runId">Its id.</param>
    /// <returns>The run.</returns>
    /// <exception cref="Errors.MetadataException">The run does not exist (MF5004), or it is outside the namespace (MF5005).</exception>
    public RunHandle Run(string runId) => Completion.Of(() => GetRunAsync(runId));

    /// <inheritdoc cref="Run"/>
    /// <param name="runId">Its id.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<RunHandle> GetRunAsync(string runId, CancellationToken cancellationToken = default)
    {
        // In order, and not at the same time: what is near need not wait for what is far.
        foreach (var context in _contexts)
        {
            if (await RunHandle.FindAsync(context, Name, runId, cancellationToken).ConfigureAwait(false) is { } run)
            {
                ClientNamespace.Require(run.Pathspec, [run], _namespace);
                return run;
            }
        }

        var known = await AllRunsAsync(cancellationToken).ConfigureAwait(false);
        throw ClientErrors.NotFound("run", $"{Name}/{runId}", runId, known.Select(static run => run.Id));
    }

    /// <summary>Returns the runs of all namespaces, newest first.</summary>
    internal ValueTask<IReadOnlyList<RunHandle>> AllRunsAsync(CancellationToken cancellationToken) => _allRuns.GetAsync(cancellationToken);

    /// <summary>Returns the runs in the namespace, newest first, and the runs whose records are damaged.</summary>
    internal async Task<IEnumerable<RunHandle>> RunsAsync(CancellationToken cancellationToken)
        => (await AllRunsAsync(cancellationToken).ConfigureAwait(false)).Where(run => ClientNamespace.MayHold(run, _namespace));

    private async ValueTask<IReadOnlyList<RunHandle>> ListRunsAsync(CancellationToken cancellationToken)
    {
        if (_contexts is [var only])
        {
            var runs = await only.Metadata.ListRunsAsync(Name, cancellationToken).ConfigureAwait(false);
            return [.. runs.Select(run => new RunHandle(only, run))];
        }

        var lists = await Task.WhenAll(_contexts.Select(
            context => context.Metadata.ListRunsAsync(Name, cancellationToken).AsTask())).ConfigureAwait(false);

        // A copy has the same id and the same beginning; two runs that were given one id differ.
        var merged = _contexts.Zip(lists).SelectMany(static list => list.Second.Select(run => (Context: list.First, Run: run)))
            .DistinctBy(static found => (found.Run.RunId, found.Run.Problem is null ? found.Run.CreatedAt : default))
            .Select(static found => new RunHandle(found.Context, found.Run));
        return MetadataFiles.NewestFirst(merged, static run => run.CreatedAt, static run => run.Id);
    }
}
