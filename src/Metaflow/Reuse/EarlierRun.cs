using System.Collections.Concurrent;
using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Naming;
using Metaflow.Scheduling;

namespace Metaflow.Reuse;

/// <summary>The tasks of an earlier run by their keys, whichever language wrote them. The tasks of a step are read when one of them is
/// asked for.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class EarlierRun(FlowDatastore datastore, string runId)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<Dictionary<TaskKey, EarlierTask>>>> _steps = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, object> _decoded = new(StringComparer.Ordinal);

    /// <summary>Gets the run's id.</summary>
    public string RunId => runId;

    /// <summary>Opens the task that holds the run's parameters.</summary>
    /// <returns>Its artifacts, or <see langword="null"/> when the run has none.</returns>
    public async Task<TaskArtifacts?> OpenParametersAsync()
    {
        foreach (var task in await TasksOfAsync(TaskPath.ParametersStep).ConfigureAwait(false))
        {
            if (await datastore.TryOpenTaskAsync(task, default).ConfigureAwait(false) is { } artifacts)
            {
                return artifacts;
            }
        }

        return null;
    }

    /// <summary>Finds a task.</summary>
    /// <param name="key">What tells it apart.</param>
    /// <returns>The task, or <see langword="null"/> when none of this key ever ended.</returns>
    public async Task<EarlierTask?> FindAsync(TaskKey key) => (await TasksAsync(key.Step).ConfigureAwait(false)).GetValueOrDefault(key);

    /// <summary>Returns all tasks of a step that ended.</summary>
    /// <param name="step">The step's name on disk.</param>
    /// <returns>The tasks, one of each key.</returns>
    public async Task<IReadOnlyCollection<EarlierTask>> OfStepAsync(string step) => (await TasksAsync(step).ConfigureAwait(false)).Values;

    private Task<Dictionary<TaskKey, EarlierTask>> TasksAsync(string step)
        => _steps.GetOrAdd(step, name => new Lazy<Task<Dictionary<TaskKey, EarlierTask>>>(() => LoadAsync(name))).Value;

    private async Task<Dictionary<TaskKey, EarlierTask>> LoadAsync(string step)
    {
        var loaded = new ConcurrentBag<EarlierTask>();
        await Parallel.ForEachAsync(await TasksOfAsync(step).ConfigureAwait(false), async (path, _) =>
        {
            if (await TryLoadAsync(path).ConfigureAwait(false) is { } task)
            {
                loaded.Add(task);
            }
        }).ConfigureAwait(false);

        // Two of one key there are only where a run was begun twice: the one that succeeded counts, then the newer.
        var tasks = new Dictionary<TaskKey, EarlierTask>();
        foreach (var task in loaded.OrderBy(static task => task.IsOk).ThenBy(static task => task.Artifacts.Task.TaskId.Length)
            .ThenBy(static task => task.Artifacts.Task.TaskId, StringComparer.Ordinal))
        {
            tasks[task.Key] = task;
        }

        return tasks;
    }

    private async Task<EarlierTask?> TryLoadAsync(TaskPath path)
    {
        try
        {
            if (await datastore.TryOpenTaskAsync(path, default).ConfigureAwait(false) is not { } artifacts)
            {
                return null;
            }

            var frames = Decode<List<ForeachFrame>>(artifacts, InternalArtifacts.ForeachStack);
            var passes = Decode<List<int>>(artifacts, InternalArtifacts.IterationStack);
            var key = new TaskKey(path.Step, string.Join(',', frames.Select(static frame => frame.Index)), string.Join(',', passes));
            return new EarlierTask(key, artifacts, frames);
        }
        catch (StorageException)
        {
            // A damaged task of an earlier run is one that has to run again.
            return null;
        }
    }

    // Most tasks share the stacks of their siblings or have none: each value is decoded once.
    private T Decode<T>(TaskArtifacts artifacts, string name)
        where T : class, new()
    {
        if (!artifacts.Records.TryGetValue(name, out var record) || record.Key == KnownKeys.EmptyList)
        {
            return new T();
        }

        return (T)_decoded.GetOrAdd(name + record.Key, _ => artifacts.Load<T>(name));
    }

    private async Task<IReadOnlyList<TaskPath>> TasksOfAsync(string step)
    {
        var entries = await datastore.Blobs.ListAsync($"{datastore.Flow}/{runId}/{step}", default).ConfigureAwait(false);
        return [.. entries.Where(static entry => entry.IsFolder).Select(entry => new TaskPath(datastore.Flow, runId, step, entry.Name))];
    }
}
