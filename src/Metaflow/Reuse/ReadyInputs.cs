using System.Collections.Concurrent;
using Metaflow.Artifacts;
using Metaflow.Joins;
using Metaflow.Launching;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Scheduling;
using Metaflow.Serialization;
using Metaflow.Storage;
using Metaflow.Tasks;

namespace Metaflow.Reuse;

/// <summary>What a ready task would start from. What every task of a run shares is opened once.</summary>
internal sealed class ReadyInputs(FlowDatastore datastore, RunRecord run, ConcurrentDictionary<TaskPath, Lazy<Task<TaskArtifacts>>> opened, ScheduledTask task)
{
    private IReadOnlyList<ForeachFrame>? _frames;

    /// <summary>Gets the steps of a join's inputs in order; none for any other task.</summary>
    public IReadOnlyList<string> InputSteps => IsJoin && task.Join != JoinKind.EmptyForeach ? [.. task.Inputs.Select(static input => input.Step)] : [];

    private bool IsJoin => task.Join != JoinKind.None;

    /// <summary>Opens the first input; of a foreach's task, the split.</summary>
    /// <returns>Its artifacts.</returns>
    public Task<TaskArtifacts> FirstAsync() => InputAsync(0);

    /// <summary>Opens an input.</summary>
    /// <param name="place">Its place.</param>
    /// <returns>Its artifacts.</returns>
    public Task<TaskArtifacts> InputAsync(int place) => OpenAsync(task.Inputs[place]);

    /// <summary>Opens what the task has before its step runs: its input, or for a join the run's parameters.</summary>
    /// <returns>The artifacts, the framework's own of that task among them.</returns>
    public Task<TaskArtifacts> BaseAsync() => IsJoin ? OpenAsync(new TaskInput(TaskPath.ParametersStep, "0")) : FirstAsync();

    /// <summary>Derives the foreaches that the task is in.</summary>
    /// <returns>The frames, outermost first.</returns>
    public async Task<IReadOnlyList<ForeachFrame>> FramesAsync() => _frames ??= TaskFrames.Derive(Line(), await FirstAsync().ConfigureAwait(false));

    /// <summary>Returns the stacks of the task as they are stored.</summary>
    /// <returns>The artifacts by name.</returns>
    public async Task<IReadOnlyList<KeyValuePair<string, SerializedArtifact>>> StacksAsync() =>
    [
        new(InternalArtifacts.ForeachStack, ArtifactSerializer.Serialize(new List<ForeachFrame>(await FramesAsync().ConfigureAwait(false)), typeof(object))),
        new(InternalArtifacts.IterationStack, ArtifactSerializer.Serialize(new List<int>(task.Iterations), typeof(object))),
    ];

    /// <summary>Returns the key that the stack of foreaches has.</summary>
    /// <returns>The key.</returns>
    public async Task<string> StackKeyAsync() => ContentAddressedStore.KeyOf((await StacksAsync().ConfigureAwait(false))[0].Value.Payload);

    private Task<TaskArtifacts> OpenAsync(TaskInput input)
    {
        var path = new TaskPath(run.Flow, run.RunId, input.Step, input.TaskId);
        return opened.GetOrAdd(path, static (path, datastore) => new Lazy<Task<TaskArtifacts>>(() => datastore.OpenTaskAsync(path, null, default).AsTask()), datastore).Value;
    }

    private TaskCommandLine Line() => new()
    {
        Step = task.Step,
        RunId = run.RunId,
        TaskId = task.TaskId,
        InputPaths = [],
        DatastoreRoot = "",
        Join = task.Join,
        SplitIndex = task.SplitIndex,
    };
}
