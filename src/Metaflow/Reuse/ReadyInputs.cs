using System.Collections.Concurrent;
using Metaflow.Artifacts;
using Metaflow.Decorators;
using Metaflow.Joins;
using Metaflow.Launching;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Scheduling;
using Metaflow.Serialization;
using Metaflow.Tasks;

namespace Metaflow.Reuse;

/// <summary>What a ready task would start from. What every task of a run shares is opened once.</summary>
internal sealed class ReadyInputs(
    RunContext context, RunRecord run, ConcurrentDictionary<TaskPath, Lazy<Task<TaskArtifacts>>> opened, ScheduledTask task)
{
    private IReadOnlyList<ForeachFrame>? _frames;
    private Current? _current;
    private string? _item;

    /// <summary>Gets the steps of a join's inputs in order; none for any other task.</summary>
    public IReadOnlyList<string> InputSteps
        => IsJoin && task.Join != JoinKind.EmptyForeach ? [.. task.Inputs.Select(static input => input.Step)] : [];

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
    public async Task<IReadOnlyList<ForeachFrame>> FramesAsync()
        => _frames ??= TaskFrames.Derive(TaskLaunch.PlaceOf(context, run, task), await FirstAsync().ConfigureAwait(false));

    /// <summary>Returns the stacks of the task as they are stored.</summary>
    /// <returns>The artifacts by name.</returns>
    public async Task<IReadOnlyList<KeyValuePair<string, SerializedArtifact>>> StacksAsync() =>
    [
        new(
            InternalArtifacts.ForeachStack,
            ArtifactSerializer.SerializePlain(new List<ForeachFrame>(await FramesAsync().ConfigureAwait(false)))),
        new(InternalArtifacts.IterationStack, ArtifactSerializer.SerializePlain(new List<int>(task.Iterations))),
    ];

    /// <summary>Returns what the ready task would see where an earlier one looked.</summary>
    /// <param name="recorded">What the earlier one saw.</param>
    /// <returns>The same names with what is there now.</returns>
    public async Task<TaskLineage> SeenAsync(TaskLineage recorded)
    {
        var known = (await BaseAsync().ConfigureAwait(false)).Records;
        var seen = new TaskLineage
        {
            Reads = recorded.Reads.ToDictionary(
                static read => read.Key, read => TaskInputs.IsInherited(read.Key) ? KeyOf(known, read.Key) : null, StringComparer.Ordinal),
            InputSteps = InputSteps,
            Item = recorded.Item is null ? null : await ItemAsync().ConfigureAwait(false),
            Answers = recorded.Answers.Count == 0
                ? recorded.Answers
                : CurrentReads.Answers(await CurrentAsync().ConfigureAwait(false), recorded.Answers.Keys),
            IsWhole = true,
        };
        if (!recorded.InputSteps.SequenceEqual(InputSteps))
        {
            return seen;
        }

        var inputReads = new List<InputReads>();
        foreach (var input in recorded.InputReads)
        {
            var records = (await InputAsync(input.Input).ConfigureAwait(false)).Records;
            inputReads.Add(new InputReads(
                input.Input, input.Reads.ToDictionary(static read => read.Key, read => KeyOf(records, read.Key), StringComparer.Ordinal)));
        }

        var names = new List<string>();
        for (var place = 0; place < recorded.InputNames.Count; place++)
        {
            names.Add(TaskLineage.DigestOfNames((await InputAsync(place).ConfigureAwait(false)).Records));
        }

        return seen with { InputReads = inputReads, InputNames = names };
    }

    /// <summary>Returns the key of the item of the innermost foreach.</summary>
    /// <returns>The key, or <see langword="null"/> outside a foreach.</returns>
    public async Task<string?> ItemAsync()
    {
        if (_item is null && task.Frames.FindLast(static frame => frame.IsForeach) is { } frame)
        {
            var split = await OpenAsync(new TaskInput(frame.SplitStep, frame.SplitTaskId)).ConfigureAwait(false);
            _item = split.LoadPlain(InternalArtifacts.ForeachVar) is string variable ? ItemKeys.Of(split, variable, frame.Index) : "";
        }

        return _item;
    }

    private static string? KeyOf(IReadOnlyDictionary<string, ArtifactRecord> records, string name)
        => records.TryGetValue(name, out var record) ? record.Key : null;

    // A ready task has not been tried yet: it would begin with attempt 0.
    private async Task<Current> CurrentAsync()
        => _current ??= TaskCurrent.Make(
            TaskLaunch.PlaceOf(context, run, task),
            new TaskPath(run.Flow, run.RunId, task.Step, task.TaskId),
            run,
            await FramesAsync().ConfigureAwait(false)) with
        {
            Flow = context.Flow,
            Decorators = new StepDecorators(context.Flow, task.Step, context.With),
            FlowOptions = context.FlowOptions.ToTexts(),
        };

    private Task<TaskArtifacts> OpenAsync(TaskInput input)
    {
        var path = new TaskPath(run.Flow, run.RunId, input.Step, input.TaskId);
        return opened.GetOrAdd(
            path,
            static (path, datastore) => new Lazy<Task<TaskArtifacts>>(() => datastore.OpenTaskAsync(path, null, default).AsTask()),
            context.Datastore).Value;
    }
}
