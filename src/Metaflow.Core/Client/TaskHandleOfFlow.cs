using Metaflow.Artifacts;

namespace Metaflow.Client;

/// <summary>A task of a flow whose class is known, so its data is typed.</summary>
/// <typeparam name="TFlow">The flow's class.</typeparam>
public sealed class TaskHandle<TFlow>
    where TFlow : class, IArtifactHolder, new()
{
    private readonly Kept<TFlow> _data;
    private readonly Kept<TFlow> _loaded;

    internal TaskHandle(TaskHandle untyped)
    {
        Untyped = untyped;
        _data = new Kept<TFlow>(token => FlowView.OfAsync<TFlow>(Untyped, token));
        _loaded = new Kept<TFlow>(LoadAsync);
    }

    /// <summary>Gets the same task with untyped data; it has the logs, the metadata and everything else.</summary>
    public TaskHandle Untyped { get; }

    /// <summary>Gets the pathspec, <c>Flow/run/step/task</c>.</summary>
    public string Pathspec => Untyped.Pathspec;

    /// <summary>Gets the artifacts; each value is loaded on first use.</summary>
    public TFlow Data => _data.Value;

    /// <summary>Loads all artifacts, several at the same time. After that, no property of the returned object waits for the
    /// store.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The artifacts. For a few of many artifacts, or for large ones, use <see cref="TaskHandle.GetDataAsync"/> of
    /// <see cref="Untyped"/>.</returns>
    /// <exception cref="Errors.StorageException">A blob is missing or corrupt (MF4002, MF4005), or a value does not fit its
    /// type.</exception>
    public async Task<TFlow> LoadDataAsync(CancellationToken cancellationToken = default)
        => await _loaded.GetAsync(cancellationToken).ConfigureAwait(false);

    private async ValueTask<TFlow> LoadAsync(CancellationToken cancellationToken)
        => await FlowView.LoadAsync(
            await FlowView.OfAsync<TFlow>(Untyped, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
}
