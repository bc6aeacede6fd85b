using System.Runtime.CompilerServices;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <summary>A step of a run. A handle caches what it read. A new handle sees later changes.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class StepHandle
{
    private readonly StepRecord _record;
    private readonly Kept<IReadOnlyList<TaskHandle>> _tasks;

    internal StepHandle(RunHandle run, StepRecord record)
    {
        Run = run;
        _record = record;
        _tasks = new Kept<IReadOnlyList<TaskHandle>>(ListTasksAsync);
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

    /// <summary>Gets the newest task, or <see langword="null"/> if there is none.</summary>
    public TaskHandle? Task => Completion.Of(() => GetTaskAsync());

    /// <summary>Gets the first task of the step's newest gang, or <see langword="null"/> if the step does not run as a gang.</summary>
    public TaskHandle? ControlTask => Completion.Of(() => GetControlTaskAsync());

    /// <summary>Gets the first tasks of the step's gangs, newest first: one for each gang. They are among <see cref="Tasks"/>
    /// too.</summary>
    public IReadOnlyList<TaskHandle> ControlTasks => Completion.Of(() => GetControlTasksAsync());

    /// <summary>Gets when the last task ended, successfully or not; <see langword="null"/> if a task has not ended.</summary>
    public DateTimeOffset? FinishedAt => Completion.Of(() => GetFinishedAtAsync());

    /// <summary>Gets the pathspec of the step in the run that this one's run resumed, or <see langword="null"/>.</summary>
    public string? OriginPathspec => Completion.Of(() => GetOriginPathspecAsync());

    /// <summary>Gets the steps that lead to this one and have tasks, by name.</summary>
    public IReadOnlyList<StepHandle> ParentSteps => Completion.Of(() => GetParentStepsAsync());

    /// <summary>Gets the next steps that have tasks, by name.</summary>
    public IReadOnlyList<StepHandle> ChildSteps => Completion.Of(() => GetChildStepsAsync());

    internal ClientContext Context => Run.Context;

    /// <inheritdoc cref="Tasks"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The tasks.</returns>
    public async IAsyncEnumerable<TaskHandle> GetTasksAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var task in await AllTasksAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return task;
        }
    }

    /// <inheritdoc cref="Task"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The task.</returns>
    public async Task<TaskHandle?> GetTaskAsync(CancellationToken cancellationToken = default)
        => await AllTasksAsync(cancellationToken).ConfigureAwait(false) is [var newest, ..] ? newest : null;

    /// <inheritdoc cref="ControlTask"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The task.</returns>
    public async Task<TaskHandle?> GetControlTaskAsync(CancellationToken cancellationToken = default)
    {
        await foreach (var newest in GetControlTasksAsync(cancellationToken).ConfigureAwait(false))
        {
            return newest;
        }

        return null;
    }

    /// <inheritdoc cref="ControlTasks"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The tasks.</returns>
    public async IAsyncEnumerable<TaskHandle> GetControlTasksAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var tasks = await AllTasksAsync(cancellationToken).ConfigureAwait(false);
        var types = await tasks.ReadEachAsync(
            static (task, token) => task.FieldAsync(InternalFields.TaskType, token), cancellationToken).ConfigureAwait(false);
        foreach (var (task, type) in tasks.Zip(types))
        {
            if (type == InternalFields.ControlTask)
            {
                yield return task;
            }
        }
    }

    /// <inheritdoc cref="FinishedAt"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The time.</returns>
    public async Task<DateTimeOffset?> GetFinishedAtAsync(CancellationToken cancellationToken = default)
    {
        var tasks = await AllTasksAsync(cancellationToken).ConfigureAwait(false);
        var ends = await tasks.ReadEachAsync(
            static (task, token) => task.GetFinishedAtAsync(token), cancellationToken).ConfigureAwait(false);
        return ends.Contains(null) ? null : ends.Max();
    }

    /// <inheritdoc cref="OriginPathspec"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The pathspec.</returns>
    public async Task<string?> GetOriginPathspecAsync(CancellationToken cancellationToken = default)
        => await Run.GetOriginPathspecAsync(cancellationToken).ConfigureAwait(false) is { } origin ? $"{origin}/{Name}" : null;

    /// <inheritdoc cref="ParentSteps"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The steps.</returns>
    public IAsyncEnumerable<StepHandle> GetParentStepsAsync(CancellationToken cancellationToken = default)
        => NamedAsync(static (graph, name) => graph.ParentsOf(name), cancellationToken);

    /// <inheritdoc cref="ChildSteps"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The steps.</returns>
    public IAsyncEnumerable<StepHandle> GetChildStepsAsync(CancellationToken cancellationToken = default)
        => NamedAsync(static (graph, name) => graph.ChildrenOf(name), cancellationToken);

    /// <summary>Returns the tasks, newest first.</summary>
    internal ValueTask<IReadOnlyList<TaskHandle>> AllTasksAsync(CancellationToken cancellationToken) => _tasks.GetAsync(cancellationToken);

    /// <summary>Returns the steps of some names that have tasks, by name.</summary>
    internal async Task<IReadOnlyList<StepHandle>> NamedAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var steps = await Run.AllStepsAsync(cancellationToken).ConfigureAwait(false);
        return [.. steps.Where(step => names.Contains(step.Name)).OrderBy(static step => step.Name, StringComparer.Ordinal)];
    }

    /// <summary>Finds a task, without listing the others when they are not listed yet.</summary>
    /// <param name="taskId">The task's id.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The task, or <see langword="null"/>.</returns>
    internal async Task<TaskHandle?> FindAsync(string taskId, CancellationToken cancellationToken)
    {
        if (_tasks.IsKept)
        {
            return _tasks.Value.FirstOrDefault(task => task.Id == taskId);
        }

        var path = new TaskPath(Run.FlowName, Run.Id, Name, taskId);
        return await Context.Metadata.FindTaskAsync(path, cancellationToken).ConfigureAwait(false) is { } record
            ? new TaskHandle(this, record)
            : null;
    }

    private async IAsyncEnumerable<StepHandle> NamedAsync(
        Func<RunGraph, string, IReadOnlyList<string>> select, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await GetTaskAsync(cancellationToken).ConfigureAwait(false) is not { } task)
        {
            yield break;
        }

        var graph = await task.GraphAsync(cancellationToken).ConfigureAwait(false);
        foreach (var step in await NamedAsync(select(graph, Name), cancellationToken).ConfigureAwait(false))
        {
            yield return step;
        }
    }

    private async ValueTask<IReadOnlyList<TaskHandle>> ListTasksAsync(CancellationToken cancellationToken)
    {
        var tasks = await Context.Metadata.ListTasksAsync(Run.FlowName, Run.Id, Name, cancellationToken).ConfigureAwait(false);
        return [.. tasks.Select(task => new TaskHandle(this, task))];
    }
}
