using System.Runtime.CompilerServices;
using Metaflow.Artifacts;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <summary>A run of a flow whose class is known, so its data is typed.</summary>
/// <typeparam name="TFlow">The flow's class.</typeparam>
public sealed class RunHandle<TFlow>
    where TFlow : class, IArtifactHolder, new()
{
    private readonly Kept<TFlow> _data;
    private readonly Kept<TFlow> _loaded;

    internal RunHandle(RunHandle untyped)
    {
        Untyped = untyped;
        _data = new Kept<TFlow>(ViewAsync);
        _loaded = new Kept<TFlow>(
            async token => await FlowView.LoadAsync(await ViewAsync(token).ConfigureAwait(false), token).ConfigureAwait(false));
    }

    /// <summary>Gets the same run with untyped data; it has the steps, the tags and everything else.</summary>
    public RunHandle Untyped { get; }

    /// <summary>Gets the id.</summary>
    public string Id => Untyped.Id;

    /// <summary>Gets the pathspec, <c>Flow/run</c>.</summary>
    public string Pathspec => Untyped.Pathspec;

    /// <summary>Gets a value indicating whether the run succeeded.</summary>
    public bool Successful => Completion.Of(() => GetSuccessfulAsync());

    /// <summary>Gets a value indicating whether the run reached its end.</summary>
    public bool Finished => Completion.Of(() => GetFinishedAsync());

    /// <summary>Gets the artifacts of the end task; each value is loaded on first use.</summary>
    /// <exception cref="Errors.MetadataException">The run has no end task (MF5004).</exception>
    public TFlow Data => _data.Value;

    /// <summary>Returns the tasks of a step, newest first.</summary>
    /// <param name="step">The step's name on disk.</param>
    /// <returns>The tasks.</returns>
    /// <exception cref="Errors.MetadataException">There is no such step (MF5004).</exception>
    public IReadOnlyList<TaskHandle<TFlow>> Tasks(string step)
        => Completion.Of(() => GetTasksAsync(step));

    /// <inheritdoc cref="Successful"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Whether it did.</returns>
    public Task<bool> GetSuccessfulAsync(CancellationToken cancellationToken = default) => Untyped.GetSuccessfulAsync(cancellationToken);

    /// <inheritdoc cref="Finished"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Whether it did.</returns>
    public Task<bool> GetFinishedAsync(CancellationToken cancellationToken = default) => Untyped.GetFinishedAsync(cancellationToken);

    /// <summary>Loads all artifacts of the end task, several at the same time. After that, no property of the returned object waits for
    /// the store.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The artifacts. For a few of many artifacts, or for large ones, use <see cref="RunHandle.GetDataAsync"/> of
    /// <see cref="Untyped"/>.</returns>
    /// <exception cref="Errors.MetadataException">The run has no end task (MF5004).</exception>
    /// <exception cref="Errors.StorageException">A blob is missing or corrupt (MF4002, MF4005), or a value does not fit its
    /// type.</exception>
    public async Task<TFlow> LoadDataAsync(CancellationToken cancellationToken = default)
        => await _loaded.GetAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="Tasks"/>
    /// <param name="step">The step's name on disk.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async IAsyncEnumerable<TaskHandle<TFlow>> GetTasksAsync(
        string step, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var found = await Untyped.GetStepAsync(step, cancellationToken).ConfigureAwait(false);
        await foreach (var task in found.GetTasksAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return new TaskHandle<TFlow>(task);
        }
    }

    private async ValueTask<TFlow> ViewAsync(CancellationToken cancellationToken)
    {
        var task = await Untyped.RequireEndTaskAsync(cancellationToken).ConfigureAwait(false);
        return await FlowView.OfAsync<TFlow>(task, cancellationToken).ConfigureAwait(false);
    }
}
