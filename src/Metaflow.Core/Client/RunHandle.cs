using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <summary>A run of a flow. A handle caches what it read. A new handle sees later changes.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed partial class RunHandle : IRunScope
{
    private const string DefaultStartStep = "start";
    private const string DefaultEndStep = "end";

    private readonly Kept<IReadOnlyList<StepHandle>> _steps;
    private readonly ConcurrentDictionary<string, StepHandle> _known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Kept<StepHandle?>> _found = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Kept<RunGraph>> _graphs = new(StringComparer.Ordinal);
    private RunRecord _record;

    internal RunHandle(ClientContext context, RunRecord record)
    {
        Context = context;
        _record = record;
        _steps = new Kept<IReadOnlyList<StepHandle>>(ListStepsAsync);
    }

    /// <summary>Gets the id.</summary>
    public string Id => _record.RunId;

    /// <summary>Gets the flow's name.</summary>
    public string FlowName => _record.Flow;

    /// <inheritdoc/>
    string IRunScope.RunId => Id;

    /// <inheritdoc/>
    StoreAddress? IRunScope.Datastore => Completion.Of(() => FindDataAsync(CancellationToken.None));

    /// <inheritdoc/>
    bool IRunScope.IsOfClient => true;

    /// <summary>Gets the pathspec, <c>Flow/run</c>.</summary>
    public string Pathspec => $"{FlowName}/{Id}";

    /// <summary>Gets when the run was registered.</summary>
    public DateTimeOffset CreatedAt => _record.CreatedAt;

    /// <summary>Gets the name of the user who started the run.</summary>
    public string UserName => _record.UserName;

    /// <summary>Gets the datastore that the run is read from.</summary>
    public StoreAddress Datastore => Context.Address;

    /// <summary>Gets all tags.</summary>
    public IReadOnlyList<string> Tags => [.. _record.Tags.Union(_record.SystemTags, StringComparer.Ordinal)];

    /// <summary>Gets the tags that users set.</summary>
    public IReadOnlyList<string> UserTags => _record.Tags;

    /// <summary>Gets the tags that the framework set.</summary>
    public IReadOnlyList<string> SystemTags => _record.SystemTags;

    /// <summary>Gets the steps that have tasks, newest first.</summary>
    public IReadOnlyList<StepHandle> Steps => Completion.Of(() => GetStepsAsync());

    /// <summary>Gets the tasks of all steps, newest step first.</summary>
    public IReadOnlyList<TaskHandle> Tasks => Completion.Of(() => GetTasksAsync());

    /// <summary>Gets the task of the start step, or <see langword="null"/> if there is none yet.</summary>
    public TaskHandle? StartTask => Completion.Of(() => GetStartTaskAsync());

    /// <summary>Gets the task of the end step, or <see langword="null"/> if there is none yet.</summary>
    public TaskHandle? EndTask => Completion.Of(() => GetEndTaskAsync());

    /// <summary>Gets a value indicating whether the run succeeded.</summary>
    public bool Successful => Completion.Of(() => GetSuccessfulAsync());

    /// <summary>Gets a value indicating whether the run reached its end. A failed run never does.</summary>
    public bool Finished => Completion.Of(() => GetFinishedAsync());

    /// <summary>Gets when the run's end step ended, successfully or not; <see langword="null"/> if it has not ended, for example in a run
    /// that failed before.</summary>
    public DateTimeOffset? FinishedAt => Completion.Of(() => GetFinishedAtAsync());

    /// <summary>Gets the values of the end task's artifacts.</summary>
    /// <exception cref="Errors.MetadataException">The run has no end task (MF5004).</exception>
    public TaskData Data => Completion.Of(() => GetDataAsync());

    /// <summary>Gets the values of the parameters by name, as plain data.</summary>
    /// <exception cref="Errors.StorageException">A blob is missing or corrupt (MF4002, MF4005).</exception>
    public IReadOnlyDictionary<string, object?> Parameters => Completion.Of(() => GetParametersAsync());

    /// <summary>Gets the pathspec of the run that this one resumed, or <see langword="null"/>. A run that only reused cached results
    /// resumed no run.</summary>
    public string? OriginPathspec => Completion.Of(() => GetOriginPathspecAsync());

    /// <summary>Gets the task whose step started the run; <see langword="null"/> if no step started it, or if that task no longer
    /// exists.</summary>
    public TaskHandle? ParentTask => Completion.Of(() => GetParentTaskAsync());

    internal ClientContext Context { get; }

    /// <summary>Returns a step.</summary>
    /// <param name="name">The name on disk.</param>
    /// <returns>The step.</returns>
    /// <exception cref="Errors.MetadataException">It does not exist (MF5004).</exception>
    public StepHandle Step(string name) => Completion.Of(() => GetStepAsync(name));

    /// <summary>Returns a task.</summary>
    /// <param name="step">The step's name on disk.</param>
    /// <param name="taskId">The task's id.</param>
    /// <returns>The task.</returns>
    /// <exception cref="Errors.MetadataException">It does not exist (MF5004).</exception>
    public TaskHandle Task(string step, string taskId) => Completion.Of(() => GetTaskAsync(step, taskId));

    /// <inheritdoc cref="Steps"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The steps.</returns>
    public async IAsyncEnumerable<StepHandle> GetStepsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var step in await AllStepsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!step.Name.StartsWith('_'))
            {
                yield return step;
            }
        }
    }

    /// <inheritdoc cref="Tasks"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The tasks.</returns>
    public async IAsyncEnumerable<TaskHandle> GetTasksAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var step in GetStepsAsync(cancellationToken).ConfigureAwait(false))
        {
            await foreach (var task in step.GetTasksAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return task;
            }
        }
    }

    /// <inheritdoc cref="StartTask"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The task.</returns>
    public async Task<TaskHandle?> GetStartTaskAsync(CancellationToken cancellationToken = default)
    {
        var name = await EndpointNameAsync(
            "start_step", static graph => graph.StartStep, DefaultStartStep, cancellationToken).ConfigureAwait(false);
        return await FindTaskAsync(name, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc cref="EndTask"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The task.</returns>
    public async Task<TaskHandle?> GetEndTaskAsync(CancellationToken cancellationToken = default)
        => await FindTaskAsync(await EndStepNameAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="Successful"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Whether it did.</returns>
    public async Task<bool> GetSuccessfulAsync(CancellationToken cancellationToken = default)
        => await GetEndTaskAsync(cancellationToken).ConfigureAwait(false) is { } task
            && await task.GetSuccessfulAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="Finished"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Whether it did.</returns>
    public async Task<bool> GetFinishedAsync(CancellationToken cancellationToken = default)
        => await GetEndTaskAsync(cancellationToken).ConfigureAwait(false) is { } task
            && await task.GetFinishedAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="FinishedAt"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The time.</returns>
    public async Task<DateTimeOffset?> GetFinishedAtAsync(CancellationToken cancellationToken = default)
        => await GetEndTaskAsync(cancellationToken).ConfigureAwait(false) is { } task
            ? await task.GetFinishedAtAsync(cancellationToken).ConfigureAwait(false)
            : null;

    /// <inheritdoc cref="Data"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The values.</returns>
    public async Task<TaskData> GetDataAsync(CancellationToken cancellationToken = default)
    {
        var task = await RequireEndTaskAsync(cancellationToken).ConfigureAwait(false);
        return await task.GetDataAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc cref="Parameters"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The values.</returns>
    public async Task<IReadOnlyDictionary<string, object?>> GetParametersAsync(CancellationToken cancellationToken = default)
    {
        if (await GetParametersTaskAsync(cancellationToken).ConfigureAwait(false) is not { } task)
        {
            return new Dictionary<string, object?>();
        }

        var data = await task.GetDataAsync(cancellationToken).ConfigureAwait(false);
        var graph = await task.GraphAsync(cancellationToken).ConfigureAwait(false);
        var names = graph.Parameters.Where(data.Contains).ToList();
        var values = await names.ReadEachAsync(data.GetAsync, cancellationToken).ConfigureAwait(false);
        return names.Zip(values).ToDictionary(
            static parameter => parameter.First, static parameter => parameter.Second, StringComparer.Ordinal);
    }

    /// <inheritdoc cref="OriginPathspec"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The pathspec.</returns>
    public async Task<string?> GetOriginPathspecAsync(CancellationToken cancellationToken = default)
    {
        // Python Metaflow says it of the tasks that a resume cloned. In C# runs, such tasks may come from a cache too: there the
        // parameters tell.
        var isOurs = SystemTags.Any(static tag => tag.StartsWith("dotnet_version:", StringComparison.Ordinal));
        if (isOurs)
        {
            return await GetParametersTaskAsync(cancellationToken).ConfigureAwait(false) is { } parameters
                ? await OriginInAsync(parameters, cancellationToken).ConfigureAwait(false)
                : null;
        }

        await foreach (var task in GetTasksAsync(cancellationToken).ConfigureAwait(false))
        {
            if (await OriginInAsync(task, cancellationToken).ConfigureAwait(false) is { } origin)
            {
                return origin;
            }
        }

        return null;
    }

    /// <inheritdoc cref="ParentTask"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The task.</returns>
    public async Task<TaskHandle?> GetParentTaskAsync(CancellationToken cancellationToken = default)
    {
        if (await ParameterFieldAsync(InternalFields.ParentTask, cancellationToken).ConfigureAwait(false) is not { } parent
            || parent.Split('/') is not [var flow, var runId, var stepName, var taskId])
        {
            return null;
        }

        var run = await FindAsync(Context, flow, runId, cancellationToken).ConfigureAwait(false);
        var step = run is null ? null : await run.FindStepAsync(stepName, cancellationToken).ConfigureAwait(false);
        return step is null ? null : await step.FindAsync(taskId, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc cref="Step"/>
    /// <param name="name">The name on disk.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<StepHandle> GetStepAsync(string name, CancellationToken cancellationToken = default)
    {
        if (await FindStepAsync(name, cancellationToken).ConfigureAwait(false) is { } step)
        {
            return step;
        }

        var known = await AllStepsAsync(cancellationToken).ConfigureAwait(false);
        var names = known.Select(static step => step.Name).Where(static name => !name.StartsWith('_'));
        throw ClientErrors.NotFound("step", $"{Pathspec}/{name}", name, names);
    }

    /// <inheritdoc cref="Task"/>
    /// <param name="step">The step's name on disk.</param>
    /// <param name="taskId">The task's id.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<TaskHandle> GetTaskAsync(string step, string taskId, CancellationToken cancellationToken = default)
    {
        var found = await GetStepAsync(step, cancellationToken).ConfigureAwait(false);
        if (await found.FindAsync(taskId, cancellationToken).ConfigureAwait(false) is { } task)
        {
            return task;
        }

        var known = await found.AllTasksAsync(cancellationToken).ConfigureAwait(false);
        throw ClientErrors.NotFound("task", $"{found.Pathspec}/{taskId}", taskId, known.Select(static task => task.Id));
    }

    internal async Task<TaskHandle> RequireEndTaskAsync(CancellationToken cancellationToken)
        => await GetEndTaskAsync(cancellationToken).ConfigureAwait(false)
            ?? throw ClientErrors.NoEnd(Pathspec, await EndStepNameAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>Returns a graph that is read once for all tasks that share it.</summary>
    /// <param name="key">The key of its blob.</param>
    /// <param name="graphInfo">Loads it.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The graph.</returns>
    internal ValueTask<RunGraph> GraphOfAsync(
        string key, Func<CancellationToken, Task<object?>> graphInfo, CancellationToken cancellationToken)
    {
        var graph = _graphs.GetOrAdd(key, static (_, graphInfo) => new Kept<RunGraph>(token => ReadAsync(graphInfo, token)), graphInfo);
        return graph.GetAsync(cancellationToken);

        static async ValueTask<RunGraph> ReadAsync(Func<CancellationToken, Task<object?>> graphInfo, CancellationToken token)
            => RunGraph.FromPlain(await graphInfo(token).ConfigureAwait(false));
    }

    /// <summary>Finds a run, of any namespace.</summary>
    internal static async Task<RunHandle?> FindAsync(ClientContext context, string flow, string runId, CancellationToken cancellationToken)
        => await context.Metadata.FindRunAsync(flow, runId, cancellationToken).ConfigureAwait(false) is { } record
            ? new RunHandle(context, record)
            : null;

    /// <summary>Returns all steps that have tasks, the framework's own too, newest first.</summary>
    internal ValueTask<IReadOnlyList<StepHandle>> AllStepsAsync(CancellationToken cancellationToken) => _steps.GetAsync(cancellationToken);

    /// <summary>Returns the task that holds the parameters, or <see langword="null"/> when there is none yet.</summary>
    internal async Task<TaskHandle?> GetParametersTaskAsync(CancellationToken cancellationToken)
        => await FindTaskAsync(TaskPath.ParametersStep, cancellationToken).ConfigureAwait(false);

    private async Task<string?> ParameterFieldAsync(string field, CancellationToken cancellationToken)
        => await GetParametersTaskAsync(cancellationToken).ConfigureAwait(false) is { } task
            ? await task.FieldAsync(field, cancellationToken).ConfigureAwait(false)
            : null;

    private Task<string> EndStepNameAsync(CancellationToken cancellationToken)
        => EndpointNameAsync("end_step", static graph => graph.EndStep, DefaultEndStep, cancellationToken);

    // A clone of the parameters lacks the metadata, but has the graph; old runs have neither.
    private async Task<string> EndpointNameAsync(
        string field, Func<RunGraph, string?> fromGraph, string otherwise, CancellationToken cancellationToken)
    {
        if (await GetParametersTaskAsync(cancellationToken).ConfigureAwait(false) is not { } task)
        {
            return otherwise;
        }

        return await task.FieldAsync(field, cancellationToken).ConfigureAwait(false)
            ?? fromGraph(await task.GraphAsync(cancellationToken).ConfigureAwait(false))
            ?? otherwise;
    }

    private async Task<string?> OriginInAsync(TaskHandle task, CancellationToken cancellationToken)
    {
        var data = await task.GetMetadataAsync(cancellationToken).ConfigureAwait(false);
        var origin = data.FirstOrDefault(static datum => datum.Field == "origin-run-id" && datum.Text is not ("None" or ""));
        return origin is null ? null : $"{FlowName}/{origin.Text}";
    }

    /// <summary>Finds the datastore that has the data of the run: that of the client, or, if only the records are there, the one that they
    /// name.</summary>
    private async ValueTask<StoreAddress> FindDataAsync(CancellationToken cancellationToken)
    {
        var task = await GetStartTaskAsync(cancellationToken).ConfigureAwait(false)
            ?? await GetParametersTaskAsync(cancellationToken).ConfigureAwait(false);
        return task is null ? Context.Address : await task.FindDataAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<TaskHandle?> FindTaskAsync(string step, CancellationToken cancellationToken)
        => await FindStepAsync(step, cancellationToken).ConfigureAwait(false) is { } found
            ? await found.GetTaskAsync(cancellationToken).ConfigureAwait(false)
            : null;

    // Steps that are not asked for are not read: a damaged record of one must not hide the others.
    internal ValueTask<StepHandle?> FindStepAsync(string name, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(name, out var known))
        {
            return ValueTask.FromResult<StepHandle?>(known);
        }

        return _steps.IsKept
            ? ValueTask.FromResult<StepHandle?>(null)
            : _found.GetOrAdd(name, NewStep).GetAsync(cancellationToken);
    }

    private Kept<StepHandle?> NewStep(string name) => new(token => ReadStepAsync(name, token), static step => step is not null);

    private async ValueTask<StepHandle?> ReadStepAsync(string name, CancellationToken cancellationToken)
        => await Context.Metadata.FindStepAsync(FlowName, Id, name, cancellationToken).ConfigureAwait(false) is { } record
            ? Keep(record)
            : null;

    private StepHandle Keep(StepRecord record) => _known.GetOrAdd(record.Step, _ => new StepHandle(this, record));

    private async ValueTask<IReadOnlyList<StepHandle>> ListStepsAsync(CancellationToken cancellationToken)
        => [.. (await Context.Metadata.ListStepsAsync(FlowName, Id, cancellationToken).ConfigureAwait(false)).Select(Keep)];
}
