using Metaflow.Metadata;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <summary>A flow and its runs in the client's namespace. What was read is kept: a new handle sees what has changed.</summary>
/// <remarks>Safe for several threads.</remarks>
public sealed class FlowHandle
{
    private readonly ClientContext _context;
    private readonly string? _namespace;
    private readonly Lazy<IReadOnlyList<RunHandle>> _allRuns;

    internal FlowHandle(ClientContext context, FlowRecord record, string? namespaceName)
    {
        _context = context;
        _namespace = namespaceName;
        Name = record.Flow;
        CreatedAt = record.CreatedAt;
        _allRuns = new Lazy<IReadOnlyList<RunHandle>>(ListRuns, LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>Gets the name.</summary>
    public string Name { get; }

    /// <summary>Gets the pathspec, which is the name.</summary>
    public string Pathspec => Name;

    /// <summary>Gets when the flow was registered.</summary>
    public DateTimeOffset CreatedAt { get; }

    /// <summary>Gets the newest run, or <see langword="null"/> when there is none in the namespace.</summary>
    public RunHandle? LatestRun => Runs().FirstOrDefault(static run => !run.IsUnreadable);

    /// <summary>Gets the newest run that ended with success, or <see langword="null"/> when there is none in the namespace.</summary>
    public RunHandle? LatestSuccessfulRun => Runs().FirstOrDefault(static run => !run.IsUnreadable && run.Successful);

    internal IReadOnlyList<RunHandle> AllRuns => _allRuns.Value;

    /// <summary>Returns the runs in the namespace, newest first.</summary>
    /// <param name="tags">Tags that each must have, users' or the framework's; none for all runs.</param>
    /// <returns>The runs.</returns>
    public IReadOnlyList<RunHandle> Runs(params IReadOnlyCollection<string> tags)
        => [.. AllRuns.Where(run => ClientNamespace.Holds(run, _namespace) && tags.All(run.Tags.Contains))];

    /// <summary>Reads what lists of runs say of the newest ones in the namespace: state, duration, tasks.</summary>
    /// <param name="limit">How many runs at most.</param>
    /// <returns>The summaries, newest first.</returns>
    public IReadOnlyList<RunSummary> Summaries(int limit)
        => [.. AllRuns.Where(run => ClientNamespace.Holds(run, _namespace)).Take(limit).Select(RunSummary.Of)];

    /// <summary>Returns a run.</summary>
    /// <param name="runId">Its id.</param>
    /// <returns>The run.</returns>
    /// <exception cref="Errors.MetadataException">There is none (MF5004), or it is outside the namespace (MF5005).</exception>
    public RunHandle Run(string runId)
    {
        var record = Completion.Of(_context.Metadata.FindRunAsync(Name, runId, CancellationToken.None))
            ?? throw ClientErrors.NotFound("run", $"{Name}/{runId}", runId, AllRuns.Select(static run => run.Id));
        var run = new RunHandle(_context, record);
        ClientNamespace.Require(run.Pathspec, [run], _namespace);
        return run;
    }

    private IReadOnlyList<RunHandle> ListRuns()
        => [.. Completion.Of(_context.Metadata.ListRunsAsync(Name, CancellationToken.None)).Select(run => new RunHandle(_context, run))];
}
