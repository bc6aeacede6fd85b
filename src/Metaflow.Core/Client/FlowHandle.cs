using System.Runtime.CompilerServices;
using Metaflow.Metadata;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <summary>A flow and its runs in the client's namespace. A handle caches what it read. A new handle sees later changes.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class FlowHandle
{
    private readonly ClientContext _context;
    private readonly string? _namespace;
    private readonly Kept<IReadOnlyList<RunHandle>> _allRuns;

    internal FlowHandle(ClientContext context, FlowRecord record, string? namespaceName)
    {
        _context = context;
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
        if (await RunHandle.FindAsync(_context, Name, runId, cancellationToken).ConfigureAwait(false) is { } run)
        {
            ClientNamespace.Require(run.Pathspec, [run], _namespace);
            return run;
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
        var runs = await _context.Metadata.ListRunsAsync(Name, cancellationToken).ConfigureAwait(false);
        return [.. runs.Select(run => new RunHandle(_context, run))];
    }
}
