using Metaflow.Artifacts;

namespace Metaflow.Client;

/// <summary>A task of a flow whose class is at hand: its data are typed.</summary>
/// <typeparam name="TFlow">The flow's class.</typeparam>
public sealed class TaskHandle<TFlow>
    where TFlow : class, IArtifactHolder, new()
{
    private readonly Lazy<TFlow> _data;

    internal TaskHandle(TaskHandle untyped)
    {
        Untyped = untyped;
        _data = new Lazy<TFlow>(() => View(Untyped), LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>Gets the same task with untyped data; it has the logs, the metadata and all else.</summary>
    public TaskHandle Untyped { get; }

    /// <summary>Gets the pathspec, <c>Flow/run/step/task</c>.</summary>
    public string Pathspec => Untyped.Pathspec;

    /// <summary>Gets the artifacts; each value is loaded on its first use.</summary>
    public TFlow Data => _data.Value;

    internal static TFlow View(TaskHandle task)
    {
        var flow = new TFlow();
        var cells = new List<ArtifactCell>();
        flow.CollectCells(cells);
        cells.ForEach(cell => cell.Source = task.Source);
        return flow;
    }
}
