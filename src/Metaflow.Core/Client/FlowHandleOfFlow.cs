using System.Runtime.CompilerServices;
using Metaflow.Artifacts;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <summary>A flow whose class is known, so the data of its runs is typed.</summary>
/// <typeparam name="TFlow">The flow's class.</typeparam>
public sealed class FlowHandle<TFlow>
    where TFlow : class, IArtifactHolder, new()
{
    internal FlowHandle(FlowHandle untyped) => Untyped = untyped;

    /// <summary>Gets the same flow with untyped data.</summary>
    public FlowHandle Untyped { get; }

    /// <summary>Gets the name.</summary>
    public string Name => Untyped.Name;

    /// <summary>Gets the newest run, or <see langword="null"/> if there is none in the namespace.</summary>
    public RunHandle<TFlow>? LatestRun => Completion.Of(() => GetLatestRunAsync());

    /// <summary>Gets the newest successful run, or <see langword="null"/> if there is none in the namespace.</summary>
    public RunHandle<TFlow>? LatestSuccessfulRun => Completion.Of(() => GetLatestSuccessfulRunAsync());

    /// <inheritdoc cref="LatestRun"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The run.</returns>
    public async Task<RunHandle<TFlow>?> GetLatestRunAsync(CancellationToken cancellationToken = default)
        => await Untyped.GetLatestRunAsync(cancellationToken).ConfigureAwait(false) is { } run ? new(run) : null;

    /// <inheritdoc cref="LatestSuccessfulRun"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The run.</returns>
    public async Task<RunHandle<TFlow>?> GetLatestSuccessfulRunAsync(CancellationToken cancellationToken = default)
        => await Untyped.GetLatestSuccessfulRunAsync(cancellationToken).ConfigureAwait(false) is { } run ? new(run) : null;

    /// <summary>Returns the runs in the namespace, newest first.</summary>
    /// <param name="tags">Tags that each run must have. No tags mean all runs.</param>
    /// <returns>The runs.</returns>
    public IReadOnlyList<RunHandle<TFlow>> Runs(params IReadOnlyCollection<string> tags) => Completion.Of(() => GetRunsAsync(tags));

    /// <summary>Returns the runs in the namespace, newest first.</summary>
    /// <param name="tags">Tags that each run must have; <see langword="null"/>, the default, means all runs.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The runs.</returns>
    public async IAsyncEnumerable<RunHandle<TFlow>> GetRunsAsync(
        IReadOnlyCollection<string>? tags = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var run in Untyped.GetRunsAsync(tags, cancellationToken).ConfigureAwait(false))
        {
            yield return new RunHandle<TFlow>(run);
        }
    }

    /// <summary>Reads the runs in the namespace as a table, to filter and to rank by LINQ; the newest first.</summary>
    /// <param name="tags">Tags that each must have; none for all runs.</param>
    /// <returns>The rows. Of a client without a namespace they are the runs of all users.</returns>
    public IReadOnlyList<RunRow<TFlow>> Table(params IReadOnlyCollection<string> tags) => Completion.Of(() => GetTableAsync(tags));

    /// <summary>Reads the runs in the namespace as a table, to filter and to rank; the newest first.</summary>
    /// <param name="tags">Tags that each must have; <see langword="null"/>, the default, for all runs.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <returns>The rows. Of a client without a namespace they are the runs of all users.</returns>
    public async IAsyncEnumerable<RunRow<TFlow>> GetTableAsync(
        IReadOnlyCollection<string>? tags = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var runs = new List<RunHandle>();
        await foreach (var run in Untyped.GetRunsAsync(tags, cancellationToken).ConfigureAwait(false))
        {
            runs.Add(run);
        }

        foreach (var row in await RunRow<TFlow>.OfAsync(runs, cancellationToken).ConfigureAwait(false))
        {
            yield return row;
        }
    }

    /// <summary>Returns a run.</summary>
    /// <param name="runId">Its id.</param>
    /// <returns>The run.</returns>
    /// <exception cref="Errors.MetadataException">The run does not exist (MF5004), or it is outside the namespace (MF5005).</exception>
    public RunHandle<TFlow> Run(string runId) => Completion.Of(() => GetRunAsync(runId));

    /// <inheritdoc cref="Run"/>
    /// <param name="runId">Its id.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<RunHandle<TFlow>> GetRunAsync(string runId, CancellationToken cancellationToken = default)
        => new(await Untyped.GetRunAsync(runId, cancellationToken).ConfigureAwait(false));
}
