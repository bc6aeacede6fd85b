using Metaflow.Artifacts;
using Metaflow.Client;
using Metaflow.Errors;
using Metaflow.Joins;
using Metaflow.Launching;
using Metaflow.Naming;
using Metaflow.Storage;

namespace Metaflow.Tasks;

/// <summary>What a task starts from: the results of the tasks before it.</summary>
internal sealed class TaskInputs
{
    /// <summary>What every task writes again, and what means something to the task after a split only.</summary>
    private static readonly HashSet<string> NotInherited =
    [
        InternalArtifacts.CatchException, InternalArtifacts.Condition, InternalArtifacts.CurrentStep, InternalArtifacts.Exception,
        InternalArtifacts.ForeachItems, InternalArtifacts.ForeachNumSplits, InternalArtifacts.ForeachStack, InternalArtifacts.ForeachValues,
        InternalArtifacts.ForeachVar, InternalArtifacts.IterationStack, InternalArtifacts.Success, InternalArtifacts.TaskOk,
        InternalArtifacts.Transition,
    ];

    private const int InputsAtOnce = 16;

    private TaskInputs(TaskPath task, TaskArtifacts first, TaskArtifacts origin, IReadOnlyList<JoinInput> joined)
    {
        Task = task;
        First = first;
        Origin = origin;
        Inherited = [.. origin.Records.Values.Where(static record => !NotInherited.Contains(record.Name))];
        Join = new JoinedArtifacts(joined, Inherited);
    }

    /// <summary>Gets the task that starts.</summary>
    public TaskPath Task { get; }

    /// <summary>Gets the results of the first input; of a foreach's task, the split's.</summary>
    public TaskArtifacts First { get; }

    /// <summary>Gets the results that hold the inherited values: the first input's, or for a join the run's parameters.</summary>
    public TaskArtifacts Origin { get; }

    /// <summary>Gets the inputs of a join in the order of the split, and what it takes over from them. Without inputs for any other
    /// task.</summary>
    public JoinedArtifacts Join { get; }

    /// <summary>Gets the artifacts that the task has before its step runs: all of its input's; of a join's, only parameters and
    /// constants.</summary>
    public IReadOnlyList<ArtifactRecord> Inherited { get; }

    /// <summary>Opens the inputs of a task.</summary>
    /// <param name="datastore">The flow's datastore.</param>
    /// <param name="task">The task.</param>
    /// <param name="line">What the task was told.</param>
    /// <returns>The inputs.</returns>
    /// <exception cref="StorageException">An input has no results (MF4xxx).</exception>
    public static async Task<TaskInputs> OpenAsync(FlowDatastore datastore, TaskPath task, TaskCommandLine line)
    {
        var paths = line.InputPaths.Select(text => TaskPath.FromText(task.Flow, text) ?? throw Malformed(text)).ToList();
        var first = await datastore.OpenTaskAsync(paths[0], null, default).ConfigureAwait(false);
        if (line.Join == JoinKind.None)
        {
            return new TaskInputs(task, first, first, []);
        }

        var parameters = await datastore.OpenTaskAsync(
            new TaskPath(task.Flow, task.RunId, TaskPath.ParametersStep, "0"), null, default).ConfigureAwait(false);
        IReadOnlyList<JoinInput> joined = line.Join == JoinKind.EmptyForeach
            ? []
            : [.. paths.Select((path, index) => new JoinInput(path, index == 0 ? first : new LateSource(datastore, path)))];
        return new TaskInputs(task, first, parameters, joined);
    }

    /// <summary>Begins to load what the task is likely to read. It changes no result, whatever the task reads.</summary>
    /// <param name="datastore">The flow's datastore.</param>
    /// <param name="expected">What the last task of the step read.</param>
    public void Prefetch(FlowDatastore datastore, ExpectedReads expected)
    {
        datastore.Content.Prefetch(Payloads(Inherited, expected.Own));
        if (expected.Inputs.Count > 0)
        {
            _ = PrefetchInputsAsync(datastore, expected.Inputs);
        }
    }

    private async Task PrefetchInputsAsync(FlowDatastore datastore, IReadOnlyList<string> names)
    {
        await Parallel.ForEachAsync(
            Join.Inputs, new ParallelOptions { MaxDegreeOfParallelism = InputsAtOnce }, async (input, cancellationToken) =>
            {
                try
                {
                    var records = input.Source is LateSource late
                        ? (await late.OpenAsync(cancellationToken).ConfigureAwait(false)).Records
                        : input.Source.Records;
                    datastore.Content.Prefetch(Payloads(records.Values, names));
                }
                catch (MetaflowException)
                {
                    // The step opens the input when it asks for it, and is told why it cannot.
                }
            }).ConfigureAwait(false);
    }

    // Large arrays are read straight to where the step gets them.
    private static IEnumerable<StoredPayload> Payloads(IEnumerable<ArtifactRecord> records, IReadOnlyList<string> names)
        => records.Where(record => record.Size < ContentAddressedStore.LongPayload && names.Contains(record.Name))
            .Select(static record => new StoredPayload(record.Key, record.Size));

    /// <summary>Returns true if a task takes an artifact over from the task before it.</summary>
    /// <param name="name">The name on disk.</param>
    /// <returns>Whether it does; what every task writes again it does not.</returns>
    public static bool IsInherited(string name) => !NotInherited.Contains(name);

    private static ConfigurationException Malformed(string text) => new(
        ErrorCodes.TaskCommandLineMalformed, $"'{text}' is not an input path.", "An input path has the form run/step/task.",
        "The scheduler calls 'step'; use 'run' to run a flow.");

    /// <summary>The artifacts of a task that is opened when one of them is asked for.</summary>
    private sealed class LateSource(FlowDatastore datastore, TaskPath path) : IRecordedArtifacts
    {
        private readonly Kept<TaskArtifacts> _artifacts = new(cancellationToken => datastore.OpenTaskAsync(path, null, cancellationToken));

        public TaskArtifacts Artifacts => _artifacts.Value;

        public IReadOnlyDictionary<string, ArtifactRecord> Records => Artifacts.Records;

        public ValueTask<TaskArtifacts> OpenAsync(CancellationToken cancellationToken) => _artifacts.GetAsync(cancellationToken);

        public bool Contains(string name) => Artifacts.Contains(name);

        public T Load<T>(string name) => Artifacts.Load<T>(name);
    }
}
