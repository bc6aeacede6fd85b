using Metaflow.Artifacts;
using Metaflow.Naming;

namespace Metaflow.Metadata;

/// <summary>Stores the records of flows, runs, steps, tasks and artifacts, their tags, and data about tasks.</summary>
/// <remarks>Acknowledged data is durable. Registering an existing object is harmless. <see cref="MetadataRules"/> has the rules for names
/// and tags that apply to every provider; <c>MetadataProviderConformance</c> of the package <c>Metaflow.Testing</c> checks an
/// implementation.</remarks>
public interface IMetadataProvider
{
    /// <summary>Gets the type as settings name it, such as <c>local</c>.</summary>
    string TypeName { get; }

    /// <summary>Gets where the records are: a folder or a URL.</summary>
    string Location { get; }

    /// <summary>Registers a new run, and its flow if necessary.</summary>
    /// <param name="run">The run; an empty id asks for a new one.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The stored run, with its id.</returns>
    /// <exception cref="Errors.MetadataException">A tag is malformed (MF5006), there are too many (MF5008), or the record could not be
    /// written.</exception>
    ValueTask<RunRecord> RegisterRunAsync(RunRecord run, CancellationToken cancellationToken);

    /// <summary>Registers a task, and its step if necessary.</summary>
    /// <param name="run">The task's run.</param>
    /// <param name="task">The task's address.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when the record is durable.</returns>
    ValueTask RegisterTaskAsync(RunRecord run, TaskPath task, CancellationToken cancellationToken);

    /// <summary>Records facts about a task: data, and the artifacts of an attempt. All of them become durable together.</summary>
    /// <param name="run">The task's run.</param>
    /// <param name="task">The task's address.</param>
    /// <param name="data">The data, in order.</param>
    /// <param name="artifacts">The artifacts; may be empty.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when the records are durable.</returns>
    ValueTask RecordAsync(
        RunRecord run, TaskPath task, IReadOnlyList<MetadataDatum> data, IReadOnlyList<RegisteredArtifact> artifacts,
        CancellationToken cancellationToken);

    /// <summary>Lists the flows.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The flows, newest first.</returns>
    ValueTask<IReadOnlyList<FlowRecord>> ListFlowsAsync(CancellationToken cancellationToken);

    /// <summary>Finds a flow.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The flow, or <see langword="null"/>. Unless a provider does better, all flows are listed for it.</returns>
    async ValueTask<FlowRecord?> FindFlowAsync(string flow, CancellationToken cancellationToken)
        => (await ListFlowsAsync(cancellationToken).ConfigureAwait(false)).FirstOrDefault(known => known.Flow == flow);

    /// <summary>Lists the runs of a flow.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The runs, newest first.</returns>
    ValueTask<IReadOnlyList<RunRecord>> ListRunsAsync(string flow, CancellationToken cancellationToken);

    /// <summary>Finds a run.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <param name="runId">The run's id.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The run, or <see langword="null"/>.</returns>
    ValueTask<RunRecord?> FindRunAsync(string flow, string runId, CancellationToken cancellationToken);

    /// <summary>Lists the steps of a run, <c>_parameters</c> included.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <param name="runId">The run's id.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The steps, newest first.</returns>
    ValueTask<IReadOnlyList<StepRecord>> ListStepsAsync(string flow, string runId, CancellationToken cancellationToken);

    /// <summary>Finds a step of a run.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <param name="runId">The run's id.</param>
    /// <param name="step">The step's name on disk.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The step, or <see langword="null"/>. Unless a provider does better, the run's steps are listed for it.</returns>
    async ValueTask<StepRecord?> FindStepAsync(string flow, string runId, string step, CancellationToken cancellationToken)
        => (await ListStepsAsync(flow, runId, cancellationToken).ConfigureAwait(false)).FirstOrDefault(known => known.Step == step);

    /// <summary>Lists the tasks of a step.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <param name="runId">The run's id.</param>
    /// <param name="step">The step's name on disk.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The tasks, newest first.</returns>
    ValueTask<IReadOnlyList<TaskRecord>> ListTasksAsync(string flow, string runId, string step, CancellationToken cancellationToken);

    /// <summary>Finds a task.</summary>
    /// <param name="task">The task's address.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The task, or <see langword="null"/>. Unless a provider does better, the step's tasks are listed for it.</returns>
    async ValueTask<TaskRecord?> FindTaskAsync(TaskPath task, CancellationToken cancellationToken)
        => (await ListTasksAsync(task.Flow, task.RunId, task.Step, cancellationToken).ConfigureAwait(false))
            .FirstOrDefault(known => known.Path == task);

    /// <summary>Lists the artifacts of a task, including private ones.</summary>
    /// <param name="task">The task's address.</param>
    /// <param name="attempt">The attempt, or <see langword="null"/> for the latest done one.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The artifacts by name; none if no attempt is done.</returns>
    ValueTask<IReadOnlyList<RegisteredArtifact>> ListArtifactsAsync(TaskPath task, int? attempt, CancellationToken cancellationToken);

    /// <summary>Lists the data about a task.</summary>
    /// <param name="task">The task's address.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The data, oldest first.</returns>
    ValueTask<IReadOnlyList<MetadataDatum>> ListMetadataAsync(TaskPath task, CancellationToken cancellationToken);

    /// <summary>Changes the tags of a run in one step: removals first, then additions.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <param name="runId">The run's id.</param>
    /// <param name="add">Tags to add.</param>
    /// <param name="remove">Tags to remove.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The run with its new tags.</returns>
    ValueTask<RunRecord> ChangeTagsAsync(
        string flow, string runId, IReadOnlyCollection<string> add, IReadOnlyCollection<string> remove,
        CancellationToken cancellationToken);
}
