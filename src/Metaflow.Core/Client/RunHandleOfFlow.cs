using Metaflow.Artifacts;

namespace Metaflow.Client;

/// <summary>A run of a flow whose class is at hand: its data are typed.</summary>
/// <typeparam name="TFlow">The flow's class.</typeparam>
public sealed class RunHandle<TFlow>
    where TFlow : class, IArtifactHolder, new()
{
    private readonly Lazy<TFlow> _data;

    internal RunHandle(RunHandle untyped)
    {
        Untyped = untyped;
        _data = new Lazy<TFlow>(() => TaskHandle<TFlow>.View(Untyped.RequireEndTask()), LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>Gets the same run with untyped data; it has the steps, the tags and all else.</summary>
    public RunHandle Untyped { get; }

    /// <summary>Gets the id.</summary>
    public string Id => Untyped.Id;

    /// <summary>Gets the pathspec, <c>Flow/run</c>.</summary>
    public string Pathspec => Untyped.Pathspec;

    /// <summary>Gets a value indicating whether the run ended with success.</summary>
    public bool Successful => Untyped.Successful;

    /// <summary>Gets a value indicating whether the run reached its end.</summary>
    public bool Finished => Untyped.Finished;

    /// <summary>Gets the artifacts of the end task; each value is loaded on its first use.</summary>
    /// <exception cref="Errors.MetadataException">The run has no end task (MF5004).</exception>
    public TFlow Data => _data.Value;

    /// <summary>Returns the tasks of a step, newest first.</summary>
    /// <param name="step">The step's name on disk.</param>
    /// <returns>The tasks.</returns>
    /// <exception cref="Errors.MetadataException">There is no such step (MF5004).</exception>
    public IReadOnlyList<TaskHandle<TFlow>> Tasks(string step)
        => [.. Untyped.Step(step).Tasks.Select(static task => new TaskHandle<TFlow>(task))];
}
