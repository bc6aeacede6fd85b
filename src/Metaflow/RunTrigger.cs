using Metaflow.Client;

namespace Metaflow;

/// <summary>What started a run: the runs of other flows that <c>--trigger</c> names.</summary>
public sealed class RunTrigger
{
    private readonly Func<MetaflowClient> _client;

    internal RunTrigger(IReadOnlyList<string> pathspecs, Func<MetaflowClient> client)
    {
        Pathspecs = pathspecs;
        _client = client;
    }

    /// <summary>Gets the pathspecs of the runs, <c>Flow/run</c>; at least one.</summary>
    public IReadOnlyList<string> Pathspecs { get; }

    /// <summary>Gets the first run.</summary>
    /// <exception cref="Errors.MetadataException">It no longer exists (MF5004).</exception>
    public RunHandle Run => Runs[0];

    /// <summary>Gets the runs, with their data.</summary>
    /// <exception cref="Errors.MetadataException">One of them no longer exists (MF5004).</exception>
    public IReadOnlyList<RunHandle> Runs
    {
        get
        {
            var client = _client().WithNamespace(null);
            return [.. Pathspecs.Select(client.Run)];
        }
    }
}
