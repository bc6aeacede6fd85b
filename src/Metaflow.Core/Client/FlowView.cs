using Metaflow.Artifacts;

namespace Metaflow.Client;

/// <summary>Shows the artifacts of a task as an object of the flow's class.</summary>
internal static class FlowView
{
    /// <summary>Makes an object whose values are loaded on their first use.</summary>
    /// <typeparam name="TFlow">The flow's class.</typeparam>
    /// <param name="task">The task.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The object.</returns>
    public static async ValueTask<TFlow> OfAsync<TFlow>(TaskHandle task, CancellationToken cancellationToken)
        where TFlow : class, IArtifactHolder, new()
        => Of<TFlow>(await task.SourceAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>Makes an object whose values are loaded on their first use.</summary>
    /// <typeparam name="TFlow">The flow's class.</typeparam>
    /// <param name="source">Where the values come from.</param>
    /// <returns>The object.</returns>
    public static TFlow Of<TFlow>(IArtifactSource source)
        where TFlow : class, IArtifactHolder, new()
    {
        var flow = new TFlow();
        foreach (var cell in CellsOf(flow))
        {
            cell.Source = source;
        }

        return flow;
    }

    /// <summary>Loads all values of an object, some at the same time.</summary>
    /// <typeparam name="TFlow">The flow's class.</typeparam>
    /// <param name="flow">What <see cref="OfAsync"/> returned.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The object.</returns>
    public static async ValueTask<TFlow> LoadAsync<TFlow>(TFlow flow, CancellationToken cancellationToken)
        where TFlow : class, IArtifactHolder
    {
        // A store in a folder reads before it returns, and to decode large values takes a while: the caller need not wait for that.
        var loading = Task.Run(
            () => CellsOf(flow).ReadEachAsync(
                static async (cell, token) => await cell.LoadAsync(token).ConfigureAwait(false), cancellationToken),
            cancellationToken);
        await loading.WaitAsync(cancellationToken).ConfigureAwait(false);
        return flow;
    }

    private static List<ArtifactCell> CellsOf(IArtifactHolder flow)
    {
        var cells = new List<ArtifactCell>();
        flow.CollectCells(cells);
        return cells;
    }
}
