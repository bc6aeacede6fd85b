using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <summary>A step of a run. What was read is kept: a new handle sees what has changed.</summary>
public sealed class StepHandle
{
    private readonly StepRecord _record;
    private readonly Lazy<IReadOnlyList<TaskHandle>> _tasks;

    internal StepHandle(RunHandle run, StepRecord record)
    {
        Run = run;
        _record = record;
        _tasks = new Lazy<IReadOnlyList<TaskHandle>>(ListTasks, LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>Gets the run.</summary>
    public RunHandle Run { get; }

    /// <summary>Gets the name on disk.</summary>
    public string Name => _record.Step;

    /// <summary>Gets the pathspec, <c>Flow/run/step</c>.</summary>
    public string Pathspec => $"{Run.Pathspec}/{Name}";

    /// <summary>Gets when the first task was registered.</summary>
    public DateTimeOffset CreatedAt => _record.CreatedAt;

    /// <summary>Gets the tags of the step's run.</summary>
    public IReadOnlyList<string> Tags => Run.Tags;

    /// <summary>Gets the tasks, newest first.</summary>
    public IReadOnlyList<TaskHandle> Tasks => _tasks.Value;

    /// <summary>Gets the newest task, or <see langword="null"/> when there is none.</summary>
    public TaskHandle? Task => Tasks.Count > 0 ? Tasks[0] : null;

    /// <summary>Gets the first task of the step's newest gang, or <see langword="null"/> when the step is no gang's.</summary>
    public TaskHandle? ControlTask => ControlTasks is [var newest, ..] ? newest : null;

    /// <summary>Gets the first tasks of the step's gangs, newest first: one for each gang. They are among <see cref="Tasks"/> too.</summary>
    public IReadOnlyList<TaskHandle> ControlTasks
        => [.. Tasks.Where(static task => task.MetadataDictionary.GetValueOrDefault(InternalFields.TaskType) == InternalFields.ControlTask)];

    /// <summary>Gets when the last task ended, successfully or not; <see langword="null"/> when one has not.</summary>
    public DateTimeOffset? FinishedAt => Tasks.Count > 0 && Tasks.All(static task => task.FinishedAt is not null)
        ? Tasks.Max(static task => task.FinishedAt)
        : null;

    /// <summary>Gets the pathspec of the step in the run that this one's run resumed, or <see langword="null"/>.</summary>
    public string? OriginPathspec => Run.OriginPathspec is { } origin ? $"{origin}/{Name}" : null;

    /// <summary>Gets the steps that move on to this one and have tasks, by name.</summary>
    public IReadOnlyList<StepHandle> ParentSteps => Named(Graph.ParentsOf(Name));

    /// <summary>Gets the steps that this one moves on to and that have tasks, by name.</summary>
    public IReadOnlyList<StepHandle> ChildSteps => Named(Graph.ChildrenOf(Name));

    internal ClientContext Context => Run.Context;

    private RunGraph Graph => Task?.Graph ?? RunGraph.FromPlain(null);

    internal IReadOnlyList<StepHandle> Named(IReadOnlyList<string> names)
        => [.. Run.AllSteps.Where(step => names.Contains(step.Name)).OrderBy(static step => step.Name, StringComparer.Ordinal)];

    /// <summary>Finds a task, without listing the others when they are not listed yet.</summary>
    /// <param name="taskId">The task's id.</param>
    /// <returns>The task, or <see langword="null"/>.</returns>
    internal TaskHandle? Find(string taskId)
    {
        if (_tasks.IsValueCreated)
        {
            return Tasks.FirstOrDefault(task => task.Id == taskId);
        }

        var path = new TaskPath(Run.FlowName, Run.Id, Name, taskId);
        return Completion.Of(Context.Metadata.FindTaskAsync(path, CancellationToken.None)) is { } record ? new TaskHandle(this, record) : null;
    }

    private IReadOnlyList<TaskHandle> ListTasks()
    {
        var tasks = Completion.Of(Context.Metadata.ListTasksAsync(Run.FlowName, Run.Id, Name, CancellationToken.None));
        return [.. tasks.Select(task => new TaskHandle(this, task))];
    }
}
