using System.Collections.Concurrent;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <summary>A run of a flow. What was read is kept: a new handle sees what has changed.</summary>
/// <remarks>Safe for several threads.</remarks>
public sealed partial class RunHandle
{
    private const string DefaultStartStep = "start";
    private const string DefaultEndStep = "end";

    private readonly Lazy<IReadOnlyList<StepHandle>> _steps;
    private readonly ConcurrentDictionary<string, StepHandle> _found = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, RunGraph> _graphs = new(StringComparer.Ordinal);
    private RunRecord _record;

    internal RunHandle(ClientContext context, RunRecord record)
    {
        Context = context;
        _record = record;
        _steps = new Lazy<IReadOnlyList<StepHandle>>(ListSteps, LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>Gets the id.</summary>
    public string Id => _record.RunId;

    /// <summary>Gets the flow's name.</summary>
    public string FlowName => _record.Flow;

    /// <summary>Gets the pathspec, <c>Flow/run</c>.</summary>
    public string Pathspec => $"{FlowName}/{Id}";

    /// <summary>Gets when the run was registered.</summary>
    public DateTimeOffset CreatedAt => _record.CreatedAt;

    /// <summary>Gets who started the run.</summary>
    public string UserName => _record.UserName;

    /// <summary>Gets all tags.</summary>
    public IReadOnlyList<string> Tags => [.. _record.Tags.Union(_record.SystemTags, StringComparer.Ordinal)];

    /// <summary>Gets the tags that users set.</summary>
    public IReadOnlyList<string> UserTags => _record.Tags;

    /// <summary>Gets the tags that the framework set.</summary>
    public IReadOnlyList<string> SystemTags => _record.SystemTags;

    /// <summary>Gets the steps that have tasks, newest first.</summary>
    public IReadOnlyList<StepHandle> Steps => [.. AllSteps.Where(static step => !step.Name.StartsWith('_'))];

    /// <summary>Gets the tasks of all steps, newest step first.</summary>
    public IReadOnlyList<TaskHandle> Tasks => [.. Steps.SelectMany(static step => step.Tasks)];

    /// <summary>Gets the task of the start step, or <see langword="null"/> when there is none yet.</summary>
    public TaskHandle? StartTask => Find(EndpointName("start_step", static graph => graph.StartStep, DefaultStartStep))?.Task;

    /// <summary>Gets the task of the end step, or <see langword="null"/> when there is none yet.</summary>
    public TaskHandle? EndTask => Find(EndStepName)?.Task;

    /// <summary>Gets a value indicating whether the run ended with success.</summary>
    public bool Successful => EndTask is { Successful: true };

    /// <summary>Gets a value indicating whether the run reached its end. A failed run never does.</summary>
    public bool Finished => EndTask is { Finished: true };

    /// <summary>Gets when the run's end step ended, successfully or not; <see langword="null"/> when it has not, as in a run that failed before.</summary>
    public DateTimeOffset? FinishedAt => EndTask?.FinishedAt;

    /// <summary>Gets the values of the end task's artifacts.</summary>
    /// <exception cref="Errors.MetadataException">The run has no end task (MF5004).</exception>
    public TaskData Data => RequireEndTask().Data;

    /// <summary>Gets the values of the parameters by name, as plain data.</summary>
    /// <exception cref="Errors.StorageException">A blob is missing or corrupt (MF4002, MF4005).</exception>
    public IReadOnlyDictionary<string, object?> Parameters
    {
        get
        {
            var task = ParametersTask;
            return task is null
                ? new Dictionary<string, object?>()
                : task.Graph.Parameters.Where(task.Data.Contains)
                    .ToDictionary(static name => name, name => task.Data[name], StringComparer.Ordinal);
        }
    }

    /// <summary>Gets the pathspec of the run that this one resumed, or <see langword="null"/>. A run that only took results from others resumed none.</summary>
    public string? OriginPathspec
    {
        get
        {
            // The reference says it of the tasks that a resume cloned. In runs of ours such tasks may come from a cache too: there the parameters tell.
            var isOurs = SystemTags.Any(static tag => tag.StartsWith("dotnet_version:", StringComparison.Ordinal));
            var data = isOurs ? ParametersTask?.Metadata ?? [] : Tasks.SelectMany(static task => task.Metadata);
            var origin = data.FirstOrDefault(static datum => datum.Field == "origin-run-id" && datum.Text is not ("None" or ""));
            return origin is null ? null : $"{FlowName}/{origin.Text}";
        }
    }

    /// <summary>Gets the task whose step started the run; <see langword="null"/> for one that nobody's step did, or when that task is no longer there.</summary>
    public TaskHandle? ParentTask
        => ParametersTask?.MetadataDictionary.GetValueOrDefault(InternalFields.ParentTask)?.Split('/') is [var flow, var run, var step, var task]
            ? Find(Context, flow, run)?.Find(step)?.Find(task)
            : null;

    internal ClientContext Context { get; }

    internal IReadOnlyList<StepHandle> AllSteps => _steps.Value;

    private TaskHandle? ParametersTask => Find(TaskPath.ParametersStep)?.Task;

    private string EndStepName => EndpointName("end_step", static graph => graph.EndStep, DefaultEndStep);

    /// <summary>Returns a step.</summary>
    /// <param name="name">The name on disk.</param>
    /// <returns>The step.</returns>
    /// <exception cref="Errors.MetadataException">There is none of this name (MF5004).</exception>
    public StepHandle Step(string name)
        => Find(name) ?? throw ClientErrors.NotFound("step", $"{Pathspec}/{name}", name, Steps.Select(static step => step.Name));

    /// <summary>Returns a task.</summary>
    /// <param name="step">The step's name on disk.</param>
    /// <param name="taskId">The task's id.</param>
    /// <returns>The task.</returns>
    /// <exception cref="Errors.MetadataException">There is none (MF5004).</exception>
    public TaskHandle Task(string step, string taskId)
    {
        var found = Step(step);
        return found.Find(taskId)
            ?? throw ClientErrors.NotFound("task", $"{found.Pathspec}/{taskId}", taskId, found.Tasks.Select(static task => task.Id));
    }

    /// <summary>Adds a tag.</summary>
    /// <param name="tag">The tag; one that is there already is left.</param>
    /// <exception cref="Errors.MetadataException">The tag is malformed (MF5006), or there are too many (MF5008).</exception>
    public void AddTag(string tag) => ChangeTags([tag], []);

    /// <summary>Removes a tag.</summary>
    /// <param name="tag">The tag; one that is not there is ignored.</param>
    /// <exception cref="Errors.MetadataException">It is the framework's own (MF5007).</exception>
    public void RemoveTag(string tag) => ChangeTags([], [tag]);

    /// <summary>Replaces a tag in one step.</summary>
    /// <param name="remove">The tag to remove.</param>
    /// <param name="add">The tag to add.</param>
    /// <exception cref="Errors.MetadataException">A tag is malformed (MF5006) or the framework's own (MF5007), or there are too many
    /// (MF5008).</exception>
    public void ReplaceTag(string remove, string add) => ChangeTags([add], [remove]);

    /// <summary>Adds and removes tags in one step.</summary>
    /// <param name="add">The tags to add.</param>
    /// <param name="remove">The tags to remove; one that is also added stays.</param>
    /// <exception cref="Errors.MetadataException">A tag is malformed (MF5006) or the framework's own (MF5007), or there are too many
    /// (MF5008).</exception>
    public void ChangeTags(IReadOnlyCollection<string> add, IReadOnlyCollection<string> remove)
        => _record = Completion.Of(Context.Metadata.ChangeTagsAsync(FlowName, Id, add, remove, CancellationToken.None));

    internal TaskHandle RequireEndTask() => EndTask ?? throw ClientErrors.NoEnd(Pathspec, EndStepName);

    /// <summary>Returns a graph that is read once for all tasks that share it.</summary>
    /// <param name="key">The key of its blob.</param>
    /// <param name="graphInfo">Loads it.</param>
    /// <returns>The graph.</returns>
    internal RunGraph GraphOf(string key, Func<object?> graphInfo) => _graphs.GetOrAdd(key, _ => RunGraph.FromPlain(graphInfo()));

    // A clone of the parameters lacks the metadata, but has the graph; old runs have neither.
    private string EndpointName(string field, Func<RunGraph, string?> fromGraph, string otherwise)
    {
        var task = ParametersTask;
        return task?.MetadataDictionary.GetValueOrDefault(field) ?? (task is null ? null : fromGraph(task.Graph)) ?? otherwise;
    }

    /// <summary>Finds a run, of any namespace.</summary>
    internal static RunHandle? Find(ClientContext context, string flow, string runId)
        => Completion.Of(context.Metadata.FindRunAsync(flow, runId, CancellationToken.None)) is { } record ? new RunHandle(context, record) : null;

    // Steps that are not asked for are not read: a damaged record of one must not hide the others.
    private StepHandle? Find(string name)
    {
        if (_found.TryGetValue(name, out var known))
        {
            return known;
        }

        if (_steps.IsValueCreated)
        {
            return null;
        }

        var record = Completion.Of(Context.Metadata.FindStepAsync(FlowName, Id, name, CancellationToken.None));
        return record is null ? null : Keep(record);
    }

    private StepHandle Keep(StepRecord record) => _found.GetOrAdd(record.Step, _ => new StepHandle(this, record));

    private IReadOnlyList<StepHandle> ListSteps()
        => [.. Completion.Of(Context.Metadata.ListStepsAsync(FlowName, Id, CancellationToken.None)).Select(Keep)];
}
