using System.Runtime.CompilerServices;
using Metaflow.Artifacts;
using Metaflow.Metadata;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Client;

/// <summary>Reads flows, runs, steps, tasks and artifacts, whether C# or Python wrote them.</summary>
/// <remarks>A handle reads a value on first use and caches it. A new handle sees later changes. The datastore may have been moved: the
/// client's root takes precedence over the roots in records. A client of several datastores lists the runs of all of them. Each member
/// that reads has an asynchronous counterpart, for example <c>GetRunAsync</c> for <c>Run</c>, which blocks no thread while a remote store
/// answers. Thread-safe.</remarks>
public sealed class MetaflowClient
{
    private readonly IReadOnlyList<ClientContext> _contexts;

    /// <summary>Initializes a client.</summary>
    /// <param name="settings">The settings, with the datastore and the namespace.</param>
    public MetaflowClient(MetaflowSettings settings)
        : this([ClientContext.Of(settings)], settings.Namespace)
    {
    }

    /// <summary>Initializes a client of several datastores. It lists the runs of all of them, and each run reads its data from its
    /// own.</summary>
    /// <param name="settings">The settings, with a datastore, the namespace, and all that stores need.</param>
    /// <param name="others">More datastores. Of a run that several have, that of the first one counts.</param>
    public MetaflowClient(MetaflowSettings settings, params IReadOnlyList<StoreAddress> others)
        : this([ClientContext.Of(settings), .. others.Select(address => ClientContext.Of(settings, address))], settings.Namespace)
    {
    }

    /// <summary>Initializes a client of a local datastore, in the namespace of this process's user.</summary>
    /// <param name="folder">The folder <c>.metaflow</c>, or the folder that contains it.</param>
    public MetaflowClient(string folder)
        : this(ProcessSettings(folder))
    {
    }

    /// <summary>Initializes a client of several datastores, in the namespace of this process's user. It lists the runs of all of them,
    /// and each run reads its data from its own.</summary>
    /// <param name="datastore">The first datastore: a folder, or an address such as <c>s3://our-runs/metaflow</c>.</param>
    /// <param name="others">More datastores. Of a run that several have, that of the first one counts: name the nearest first.</param>
    /// <exception cref="Errors.ConfigurationException">MF2049: no plug-in of this process has a datastore's type.</exception>
    public MetaflowClient(string datastore, params IReadOnlyList<string> others)
        : this(ProcessSettings(datastore), others)
    {
    }

    /// <summary>Initializes a client of several datastores that are open already. It keeps no values on disk.</summary>
    /// <param name="stores">The datastores, with their records. Of a run that several have, that of the first one counts.</param>
    /// <param name="namespaceName">The namespace; <see langword="null"/> for all runs, the default.</param>
    public MetaflowClient(IReadOnlyList<RunStores> stores, string? namespaceName = null)
        : this([.. stores.Select(static store => new ClientContext(store))], namespaceName)
    {
        ArgumentOutOfRangeException.ThrowIfZero(stores.Count);
    }

    /// <summary>Initializes a client of given stores.</summary>
    /// <param name="metadata">The records of runs.</param>
    /// <param name="blobs">The datastore.</param>
    /// <param name="namespaceName">The namespace; <see langword="null"/> for all runs, the default.</param>
    public MetaflowClient(IMetadataProvider metadata, IBlobStore blobs, string? namespaceName = null)
        : this([new ClientContext(new RunStores(blobs, metadata))], namespaceName)
    {
    }

    private MetaflowClient(MetaflowSettings settings, IReadOnlyList<string> others)
        : this(settings, [.. others.Select(text => SettingsLoader.FindDatastore(settings, WorkingFolder, null, text))])
    {
    }

    internal MetaflowClient(IReadOnlyList<ClientContext> contexts, string? namespaceName)
    {
        _contexts = contexts;
        Namespace = namespaceName;
    }

    /// <summary>Gets the namespace, for example <c>user:ada</c>: the client sees only runs with this tag. <see langword="null"/> means
    /// all runs.</summary>
    public string? Namespace { get; }

    /// <summary>Gets the flows that have a run in the namespace, newest first.</summary>
    public IReadOnlyList<FlowHandle> Flows => Completion.Of(() => GetFlowsAsync());

    /// <summary>Returns a client of the same datastore in another namespace.</summary>
    /// <param name="name">The namespace, such as <c>user:ada</c>; <see langword="null"/> for all runs.</param>
    /// <returns>The client. It shares cached values with this one.</returns>
    public MetaflowClient WithNamespace(string? name)
    {
        ClientNamespace.Check(name);
        return new(_contexts, name);
    }

    /// <inheritdoc cref="Flows"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The flows.</returns>
    public async IAsyncEnumerable<FlowHandle> GetFlowsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var flow in await AllFlowsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (Namespace is null || (await flow.RunsAsync(cancellationToken).ConfigureAwait(false)).Any())
            {
                yield return flow;
            }
        }
    }

    /// <summary>Returns a flow.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The flow.</returns>
    /// <exception cref="Errors.MetadataException">The flow does not exist (MF5004), the name is invalid (MF5003), or all its runs are
    /// outside the namespace (MF5005).</exception>
    public FlowHandle Flow(string name) => Completion.Of(() => GetFlowAsync(name));

    /// <inheritdoc cref="Flow(string)"/>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<FlowHandle> GetFlowAsync(string name, CancellationToken cancellationToken = default)
    {
        _ = Parts(name, 1, "Flow");
        var flow = await FindAsync(name, cancellationToken).ConfigureAwait(false);
        ClientNamespace.Require(name, await flow.AllRunsAsync(cancellationToken).ConfigureAwait(false), Namespace);
        return flow;
    }

    /// <summary>Returns a flow whose runs have typed data.</summary>
    /// <typeparam name="TFlow">The flow's class.</typeparam>
    /// <returns>The flow.</returns>
    /// <exception cref="Errors.MetadataException">The flow does not exist (MF5004), or all its runs are outside the namespace
    /// (MF5005).</exception>
    public FlowHandle<TFlow> Flow<TFlow>()
        where TFlow : class, IArtifactHolder, new()
        => Completion.Of(() => GetFlowAsync<TFlow>());

    /// <inheritdoc cref="Flow{TFlow}()"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<FlowHandle<TFlow>> GetFlowAsync<TFlow>(CancellationToken cancellationToken = default)
        where TFlow : class, IArtifactHolder, new()
        => new(await GetFlowAsync(new TFlow().FlowName, cancellationToken).ConfigureAwait(false));

    /// <summary>Returns a run.</summary>
    /// <param name="pathspec">Its pathspec, <c>Flow/run</c>.</param>
    /// <returns>The run.</returns>
    /// <exception cref="Errors.MetadataException">It does not exist (MF5004), it is outside the namespace (MF5005), or the pathspec has
    /// another form (MF5003).</exception>
    public RunHandle Run(string pathspec) => Completion.Of(() => GetRunAsync(pathspec));

    /// <inheritdoc cref="Run(string)"/>
    /// <param name="pathspec">Its pathspec, <c>Flow/run</c>.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<RunHandle> GetRunAsync(string pathspec, CancellationToken cancellationToken = default)
        => await RunAsync(Parts(pathspec, 2, "Flow/run"), cancellationToken).ConfigureAwait(false);

    /// <summary>Returns a step of a run.</summary>
    /// <param name="pathspec">Its pathspec, <c>Flow/run/step</c>.</param>
    /// <returns>The step.</returns>
    /// <exception cref="Errors.MetadataException">It does not exist (MF5004), it is outside the namespace (MF5005), or the pathspec has
    /// another form (MF5003).</exception>
    public StepHandle Step(string pathspec) => Completion.Of(() => GetStepAsync(pathspec));

    /// <inheritdoc cref="Step(string)"/>
    /// <param name="pathspec">Its pathspec, <c>Flow/run/step</c>.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<StepHandle> GetStepAsync(string pathspec, CancellationToken cancellationToken = default)
    {
        var parts = Parts(pathspec, 3, "Flow/run/step");
        var run = await RunAsync(parts, cancellationToken).ConfigureAwait(false);
        return await run.GetStepAsync(parts[2], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Returns a task.</summary>
    /// <param name="pathspec">Its pathspec, <c>Flow/run/step/task</c>.</param>
    /// <param name="attempt">The attempt, or <see langword="null"/> for the newest.</param>
    /// <returns>The task.</returns>
    /// <exception cref="Errors.MetadataException">It does not exist (MF5004), it is outside the namespace (MF5005), the pathspec has
    /// another form (MF5003), or the task has no such attempt (MF5010).</exception>
    public TaskHandle Task(string pathspec, int? attempt = null) => Completion.Of(() => GetTaskAsync(pathspec, attempt));

    /// <inheritdoc cref="Task(string, int?)"/>
    /// <param name="pathspec">Its pathspec, <c>Flow/run/step/task</c>.</param>
    /// <param name="attempt">The attempt, or <see langword="null"/> for the newest.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<TaskHandle> GetTaskAsync(string pathspec, int? attempt = null, CancellationToken cancellationToken = default)
        => await TaskAsync(Parts(pathspec, 4, "Flow/run/step/task"), attempt, cancellationToken).ConfigureAwait(false);

    /// <summary>Returns an artifact of a task.</summary>
    /// <param name="pathspec">Its pathspec, <c>Flow/run/step/task/name</c>.</param>
    /// <param name="attempt">The attempt, or <see langword="null"/> for the newest that is complete.</param>
    /// <returns>The artifact.</returns>
    /// <exception cref="Errors.MetadataException">It does not exist (MF5004), it is outside the namespace (MF5005), the pathspec has
    /// another form (MF5003), or the task has no such attempt (MF5010).</exception>
    public ArtifactHandle Artifact(string pathspec, int? attempt = null) => Completion.Of(() => GetArtifactAsync(pathspec, attempt));

    /// <inheritdoc cref="Artifact(string, int?)"/>
    /// <param name="pathspec">Its pathspec, <c>Flow/run/step/task/name</c>.</param>
    /// <param name="attempt">The attempt, or <see langword="null"/> for the newest that is complete.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<ArtifactHandle> GetArtifactAsync(string pathspec, int? attempt = null, CancellationToken cancellationToken = default)
    {
        var parts = Parts(pathspec, 5, "Flow/run/step/task/artifact");
        var task = await TaskAsync(parts, attempt, cancellationToken).ConfigureAwait(false);
        return await task.GetArtifactAsync(parts[4], cancellationToken).ConfigureAwait(false);
    }

    private static string WorkingFolder => GivenTexts.FindWorkingFolder() ?? Path.GetPathRoot(AppContext.BaseDirectory)!;

    private static MetaflowSettings ProcessSettings(string datastore)
        => SettingsLoader.Load(SettingsLoader.ProcessEnvironment(), WorkingFolder, datastore);

    private static string[] Parts(string pathspec, int count, string form)
    {
        var parts = pathspec.Split('/');
        return parts.Length == count && parts.All(static part => part.Length > 0 && part is not ("." or ".."))
            ? parts
            : throw ClientErrors.Malformed(pathspec, form);
    }

    private async Task<RunHandle> RunAsync(string[] parts, CancellationToken cancellationToken)
    {
        var flow = await FindAsync(parts[0], cancellationToken).ConfigureAwait(false);
        return await flow.GetRunAsync(parts[1], cancellationToken).ConfigureAwait(false);
    }

    private async Task<TaskHandle> TaskAsync(string[] parts, int? attempt, CancellationToken cancellationToken)
    {
        var run = await RunAsync(parts, cancellationToken).ConfigureAwait(false);
        var task = await run.GetTaskAsync(parts[2], parts[3], cancellationToken).ConfigureAwait(false);
        return attempt is { } number ? await task.GetAttemptAsync(number, cancellationToken).ConfigureAwait(false) : task;
    }

    private async Task<IReadOnlyList<FlowHandle>> AllFlowsAsync(CancellationToken cancellationToken)
    {
        var flows = await OfEachAsync(context => context.Metadata.ListFlowsAsync(cancellationToken)).ConfigureAwait(false);
        var merged = flows.SelectMany(static found => found.Value.Select(flow => (found.Context, Flow: flow)))
            .GroupBy(static found => found.Flow.Flow, StringComparer.Ordinal)
            .Select(found => Handle([.. found.Select(static one => (one.Context, one.Flow))]));
        return MetadataFiles.NewestFirst(merged, static flow => flow.CreatedAt, static flow => flow.Name);
    }

    private async Task<FlowHandle> FindAsync(string name, CancellationToken cancellationToken)
    {
        var flows = await OfEachAsync(context => context.Metadata.FindFlowAsync(name, cancellationToken)).ConfigureAwait(false);
        return flows.Where(static found => found.Value is not null).Select(static found => (found.Context, found.Value!)).ToList()
            is { Count: > 0 } found
            ? Handle(found)
            : throw ClientErrors.NoFlow(
                name, string.Join("', '", _contexts.Select(static context => context.Root)),
                _contexts.Any(static context => context.IsThere),
                [.. (await AllFlowsAsync(cancellationToken).ConfigureAwait(false)).Select(static flow => flow.Name)]);
    }

    // A flow is as old as its oldest record: a copy may be younger.
    private FlowHandle Handle(IReadOnlyList<(ClientContext Context, FlowRecord Flow)> found) => new(
        [.. found.Select(static one => one.Context)],
        found.Select(static one => one.Flow).MinBy(static flow => flow.CreatedAt)!,
        Namespace);

    private async Task<(ClientContext Context, T Value)[]> OfEachAsync<T>(Func<ClientContext, ValueTask<T>> read)
        => await System.Threading.Tasks.Task.WhenAll(_contexts.Select(
            async context => (context, await read(context).ConfigureAwait(false)))).ConfigureAwait(false);
}
