using Metaflow.Artifacts;
using Metaflow.Metadata;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Client;

/// <summary>Reads flows, runs, steps, tasks and artifacts, whichever language wrote them.</summary>
/// <remarks>Values are read when they are asked for, and kept by the handle that was asked: a new handle sees what has changed.
/// The datastore may have been moved: what is below the client's root counts before what records say about roots. Safe for several
/// threads.</remarks>
public sealed class MetaflowClient
{
    private readonly ClientContext _context;

    /// <summary>Initializes a client.</summary>
    /// <param name="settings">Where the datastore is, and the namespace.</param>
    public MetaflowClient(MetaflowSettings settings)
        : this(ClientContext.Of(settings), settings.Namespace)
    {
    }

    /// <summary>Initializes a client of a local datastore, in the namespace of this process's user.</summary>
    /// <param name="folder">The folder <c>.metaflow</c>, or the one that holds it.</param>
    public MetaflowClient(string folder)
        : this(SettingsLoader.Load(SettingsLoader.ProcessEnvironment(), GivenTexts.FindWorkingFolder() ?? Path.GetPathRoot(AppContext.BaseDirectory)!, folder))
    {
    }

    /// <summary>Initializes a client of given stores.</summary>
    /// <param name="metadata">The records of runs.</param>
    /// <param name="blobs">The datastore.</param>
    /// <param name="namespaceName">The namespace; <see langword="null"/> for all runs, the default.</param>
    public MetaflowClient(IMetadataProvider metadata, IBlobStore blobs, string? namespaceName = null)
        : this(new ClientContext(new RunStores(blobs, metadata)), namespaceName)
    {
    }

    internal MetaflowClient(ClientContext context, string? namespaceName)
    {
        _context = context;
        Namespace = namespaceName;
    }

    /// <summary>Gets the namespace: a tag that runs must have to be seen, such as <c>user:ada</c>; <see langword="null"/> for all
    /// runs.</summary>
    public string? Namespace { get; }

    /// <summary>Gets the flows that have a run in the namespace, newest first.</summary>
    public IReadOnlyList<FlowHandle> Flows => [.. AllFlows().Where(flow => Namespace is null || flow.Runs().Count > 0)];

    /// <summary>Returns a client of the same datastore in another namespace.</summary>
    /// <param name="name">The namespace, such as <c>user:ada</c>; <see langword="null"/> for all runs.</param>
    /// <returns>The client; it shares what was read.</returns>
    public MetaflowClient WithNamespace(string? name)
    {
        ClientNamespace.Check(name);
        return new(_context, name);
    }

    /// <summary>Returns a flow.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The flow.</returns>
    /// <exception cref="Errors.MetadataException">There is none (MF5004), the name is no name (MF5003), or all its runs are outside the
    /// namespace (MF5005).</exception>
    public FlowHandle Flow(string name)
    {
        _ = Parts(name, 1, "Flow");
        var flow = Find(name);
        ClientNamespace.Require(name, flow.AllRuns, Namespace);
        return flow;
    }

    /// <summary>Returns a flow whose runs have typed data.</summary>
    /// <typeparam name="TFlow">The flow's class.</typeparam>
    /// <returns>The flow.</returns>
    /// <exception cref="Errors.MetadataException">There is none (MF5004), or all its runs are outside the namespace (MF5005).</exception>
    public FlowHandle<TFlow> Flow<TFlow>()
        where TFlow : class, IArtifactHolder, new()
        => new(Flow(new TFlow().FlowName));

    /// <summary>Returns a run.</summary>
    /// <param name="pathspec">Its pathspec, <c>Flow/run</c>.</param>
    /// <returns>The run.</returns>
    /// <exception cref="Errors.MetadataException">There is none (MF5004), it is outside the namespace (MF5005), or the pathspec has
    /// another form (MF5003).</exception>
    public RunHandle Run(string pathspec)
    {
        var parts = Parts(pathspec, 2, "Flow/run");
        return Find(parts[0]).Run(parts[1]);
    }

    /// <summary>Returns a step of a run.</summary>
    /// <param name="pathspec">Its pathspec, <c>Flow/run/step</c>.</param>
    /// <returns>The step.</returns>
    /// <exception cref="Errors.MetadataException">There is none (MF5004), it is outside the namespace (MF5005), or the pathspec has
    /// another form (MF5003).</exception>
    public StepHandle Step(string pathspec)
    {
        var parts = Parts(pathspec, 3, "Flow/run/step");
        return Find(parts[0]).Run(parts[1]).Step(parts[2]);
    }

    /// <summary>Returns a task.</summary>
    /// <param name="pathspec">Its pathspec, <c>Flow/run/step/task</c>.</param>
    /// <param name="attempt">The attempt, or <see langword="null"/> for the newest.</param>
    /// <returns>The task.</returns>
    /// <exception cref="Errors.MetadataException">There is none (MF5004), it is outside the namespace (MF5005), the pathspec has another
    /// form (MF5003), or the task has no such attempt (MF5010).</exception>
    public TaskHandle Task(string pathspec, int? attempt = null)
    {
        var parts = Parts(pathspec, 4, "Flow/run/step/task");
        return Task(parts, attempt);
    }

    /// <summary>Returns an artifact of a task.</summary>
    /// <param name="pathspec">Its pathspec, <c>Flow/run/step/task/name</c>.</param>
    /// <param name="attempt">The attempt, or <see langword="null"/> for the newest that is complete.</param>
    /// <returns>The artifact.</returns>
    /// <exception cref="Errors.MetadataException">There is none (MF5004), it is outside the namespace (MF5005), the pathspec has another
    /// form (MF5003), or the task has no such attempt (MF5010).</exception>
    public ArtifactHandle Artifact(string pathspec, int? attempt = null)
    {
        var parts = Parts(pathspec, 5, "Flow/run/step/task/artifact");
        return Task(parts, attempt).Artifact(parts[4]);
    }

    private static string[] Parts(string pathspec, int count, string form)
    {
        var parts = pathspec.Split('/');
        return parts.Length == count && parts.All(static part => part.Length > 0 && part is not ("." or ".."))
            ? parts
            : throw ClientErrors.Malformed(pathspec, form);
    }

    private TaskHandle Task(string[] parts, int? attempt)
    {
        var task = Find(parts[0]).Run(parts[1]).Task(parts[2], parts[3]);
        return attempt is { } number ? task.Attempt(number) : task;
    }

    private IEnumerable<FlowHandle> AllFlows()
        => Completion.Of(_context.Metadata.ListFlowsAsync(CancellationToken.None)).Select(flow => new FlowHandle(_context, flow, Namespace));

    private FlowHandle Find(string name)
        => Completion.Of(_context.Metadata.FindFlowAsync(name, CancellationToken.None)) is { } flow
            ? new FlowHandle(_context, flow, Namespace)
            : throw ClientErrors.NotFound("flow", name, name, AllFlows().Select(static flow => flow.Name));
}
