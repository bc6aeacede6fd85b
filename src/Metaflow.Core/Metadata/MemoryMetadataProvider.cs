using System.Globalization;
using Metaflow.Naming;

namespace Metaflow.Metadata;

/// <summary>Keeps records in the memory of the process. For tests and for warming up; nothing survives the object.</summary>
/// <param name="time">The clock.</param>
/// <remarks>Safe for several threads.</remarks>
public sealed class MemoryMetadataProvider(TimeProvider time) : IMetadataProvider
{
    private readonly Lock _lock = new();
    private readonly List<RunRecord> _runs = [];
    private readonly List<TaskRecord> _tasks = [];
    private readonly Dictionary<TaskPath, List<MetadataDatum>> _data = [];
    private readonly Dictionary<TaskPath, List<RegisteredArtifact>> _artifacts = [];
    private int _lastRunId;

    /// <inheritdoc/>
    public string TypeName => "memory";

    /// <inheritdoc/>
    public string Location => "memory";

    /// <inheritdoc/>
    public ValueTask<RunRecord> RegisterRunAsync(RunRecord run, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var named = run.RunId.Length > 0 ? run : run with { RunId = (++_lastRunId).ToString(CultureInfo.InvariantCulture) };
            if (!_runs.Exists(other => other.Flow == named.Flow && other.RunId == named.RunId))
            {
                _runs.Add(named);
            }

            return new(named);
        }
    }

    /// <inheritdoc/>
    public ValueTask RegisterTaskAsync(RunRecord run, TaskPath task, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_tasks.Exists(other => other.Path == task))
            {
                _tasks.Add(new TaskRecord(task, time.GetUtcNow()));
            }
        }

        return default;
    }

    /// <inheritdoc/>
    public ValueTask RecordAsync(
        RunRecord run, TaskPath task, IReadOnlyList<MetadataDatum> data, IReadOnlyList<RegisteredArtifact> artifacts, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            Of(_data, task).AddRange(data.Select(datum => datum with { CreatedAt = now }));
            Of(_artifacts, task).AddRange(artifacts);
        }

        return default;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<FlowRecord>> ListFlowsAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return new([.. _runs.GroupBy(static run => run.Flow).Select(static runs => new FlowRecord(runs.Key, runs.Min(static run => run.CreatedAt)))]);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<RunRecord>> ListRunsAsync(string flow, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return new([.. _runs.Where(run => run.Flow == flow).OrderByDescending(static run => run.CreatedAt)]);
        }
    }

    /// <inheritdoc/>
    public ValueTask<RunRecord?> FindRunAsync(string flow, string runId, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return new(_runs.Find(run => run.Flow == flow && run.RunId == runId));
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StepRecord>> ListStepsAsync(string flow, string runId, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var steps = _tasks.Where(task => task.Path.Flow == flow && task.Path.RunId == runId).GroupBy(static task => task.Path.Step);
            return new([.. steps.Select(tasks => new StepRecord(flow, runId, tasks.Key, tasks.Min(static task => task.CreatedAt)))]);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<TaskRecord>> ListTasksAsync(string flow, string runId, string step, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return new([.. _tasks.Where(task => task.Path.Flow == flow && task.Path.RunId == runId && task.Path.Step == step).Reverse()]);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<RegisteredArtifact>> ListArtifactsAsync(TaskPath task, int? attempt, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var all = Of(_artifacts, task);
            var wanted = attempt ?? (all.Count > 0 ? all.Max(static artifact => artifact.Attempt) : 0);
            return new([.. all.Where(artifact => artifact.Attempt == wanted)]);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<MetadataDatum>> ListMetadataAsync(TaskPath task, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return new([.. Of(_data, task)]);
        }
    }

    /// <inheritdoc/>
    public ValueTask<RunRecord> ChangeTagsAsync(
        string flow, string runId, IReadOnlyCollection<string> add, IReadOnlyCollection<string> remove, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var index = _runs.FindIndex(run => run.Flow == flow && run.RunId == runId);
            _runs[index] = RunTags.Change(_runs[index], add, remove);
            return new(_runs[index]);
        }
    }

    private static List<T> Of<T>(Dictionary<TaskPath, List<T>> lists, TaskPath task)
    {
        if (!lists.TryGetValue(task, out var list))
        {
            lists.Add(task, list = []);
        }

        return list;
    }
}
