using System.Globalization;
using Metaflow.Naming;

namespace Metaflow.Metadata;

/// <summary>Keeps records in the memory of the process. For tests and for warming up; nothing survives the object.</summary>
/// <param name="time">The clock.</param>
/// <remarks>Thread-safe.</remarks>
internal sealed class MemoryMetadataProvider(TimeProvider time) : IMetadataProvider
{
    private readonly Lock _lock = new();
    private readonly List<RunRecord> _runs = [];
    private readonly List<TaskRecord> _tasks = [];
    private readonly Dictionary<TaskPath, List<MetadataDatum>> _data = [];
    private readonly Dictionary<TaskPath, List<RegisteredArtifact>> _artifacts = [];
    private long _lastRunId = 1_000_000;

    /// <inheritdoc/>
    public string TypeName => "memory";

    /// <inheritdoc/>
    public string Location => "memory";

    /// <inheritdoc/>
    public ValueTask<RunRecord> RegisterRunAsync(RunRecord run, CancellationToken cancellationToken)
    {
        RunTags.CheckNew(run);
        lock (_lock)
        {
            var created = run with { RunId = run.RunId.Length > 0 ? run.RunId : NewRunId(run.Flow), CreatedAt = time.GetUtcNow() };
            if (Find(created.Flow, created.RunId) is { } known)
            {
                return new(known);
            }

            _runs.Add(created);
            return new(created);
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
        RunRecord run, TaskPath task, IReadOnlyList<MetadataDatum> data, IReadOnlyList<RegisteredArtifact> artifacts,
        CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            Of(_data, task).AddRange(data.Select(datum => datum with { CreatedAt = now }));
            Of(_artifacts, task).AddRange(artifacts.Select(artifact => artifact with { CreatedAt = now }));
        }

        return default;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<FlowRecord>> ListFlowsAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var flows = _runs.GroupBy(static run => run.Flow).Reverse();
            return new([.. flows.Select(static runs => new FlowRecord(runs.Key, runs.Min(static run => run.CreatedAt)))]);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<RunRecord>> ListRunsAsync(string flow, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return new([.. _runs.Where(run => run.Flow == flow).Reverse()]);
        }
    }

    /// <inheritdoc/>
    public ValueTask<RunRecord?> FindRunAsync(string flow, string runId, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return new(Find(flow, runId));
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StepRecord>> ListStepsAsync(string flow, string runId, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var steps = _tasks.Where(task => task.Path.Flow == flow && task.Path.RunId == runId)
                .GroupBy(static task => task.Path.Step).Reverse();
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
            var wanted = attempt?.ToString(CultureInfo.InvariantCulture)
                ?? Of(_data, task).FindLast(static datum => datum.Field == "attempt-done")?.Text;
            var found = all.Where(artifact => artifact.Attempt.ToString(CultureInfo.InvariantCulture) == wanted);
            return new([.. found.OrderBy(static artifact => artifact.Artifact.Name, StringComparer.Ordinal)]);
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
            var run = Find(flow, runId) ?? throw MetadataErrors.NoRun(flow, runId, Location);
            var changed = RunTags.Change(run, add, remove);
            _runs[_runs.IndexOf(run)] = changed;
            return new(changed);
        }
    }

    private string NewRunId(string flow)
    {
        string id;
        do
        {
            id = (++_lastRunId).ToString(CultureInfo.InvariantCulture);
        }
        while (Find(flow, id) is not null);
        return id;
    }

    private RunRecord? Find(string flow, string runId)
    {
        MetadataFiles.CheckNames(flow, runId);
        return _runs.Find(run => run.Flow == flow && run.RunId == runId);
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
