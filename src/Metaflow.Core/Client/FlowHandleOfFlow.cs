using Metaflow.Artifacts;

namespace Metaflow.Client;

/// <summary>A flow whose class is at hand: the data of its runs are typed.</summary>
/// <typeparam name="TFlow">The flow's class.</typeparam>
public sealed class FlowHandle<TFlow>
    where TFlow : class, IArtifactHolder, new()
{
    internal FlowHandle(FlowHandle untyped) => Untyped = untyped;

    /// <summary>Gets the same flow with untyped data.</summary>
    public FlowHandle Untyped { get; }

    /// <summary>Gets the name.</summary>
    public string Name => Untyped.Name;

    /// <summary>Gets the newest run, or <see langword="null"/> when there is none in the namespace.</summary>
    public RunHandle<TFlow>? LatestRun => Untyped.LatestRun is { } run ? new(run) : null;

    /// <summary>Gets the newest run that ended with success, or <see langword="null"/> when there is none in the namespace.</summary>
    public RunHandle<TFlow>? LatestSuccessfulRun => Untyped.LatestSuccessfulRun is { } run ? new(run) : null;

    /// <summary>Returns the runs in the namespace, newest first.</summary>
    /// <param name="tags">Tags that each must have; none for all runs.</param>
    /// <returns>The runs.</returns>
    public IReadOnlyList<RunHandle<TFlow>> Runs(params IReadOnlyCollection<string> tags)
        => [.. Untyped.Runs(tags).Select(static run => new RunHandle<TFlow>(run))];

    /// <summary>Returns a run.</summary>
    /// <param name="runId">Its id.</param>
    /// <returns>The run.</returns>
    /// <exception cref="Errors.MetadataException">There is none (MF5004), or it is outside the namespace (MF5005).</exception>
    public RunHandle<TFlow> Run(string runId) => new(Untyped.Run(runId));
}
