using System.Globalization;
using Metaflow.Naming;

namespace Metaflow.Metadata;

internal sealed partial class LocalMetadataProvider
{
    // The folder of the flow's blobs, beside those of its runs.
    private const string StoredData = "data";

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<FlowRecord>> ListFlowsAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        // A folder of another user, such as lost+found, need not be a flow.
        var flows = _folders.Children(
            Location,
            static (json, name) => new FlowRecord(name, MetadataRecordJson.CreatedAt(json)),
            (name, error) => error.InnerException is UnauthorizedAccessException
                ? null
                : new FlowRecord(name, ChangedAt(_folders.FolderOf(name))));
        return Sorted(flows, static flow => flow.CreatedAt, static flow => flow.Flow);
    }

    /// <inheritdoc/>
    public ValueTask<FlowRecord?> FindFlowAsync(string flow, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var self = MetadataFolders.SelfOf(_folders.FolderOf(flow));
        return ValueTask.FromResult(_folders.Read(self, json => new FlowRecord(flow, MetadataRecordJson.CreatedAt(json))));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<RunRecord>> ListRunsAsync(string flow, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();


        // One run that cannot be read hides no other: it is listed with the reason.
        var runs = _folders.Children(
            _folders.FolderOf(flow),
            (json, name) => MetadataRecordJson.ReadRun(json, flow, name),
            (name, error) => name == StoredData
                ? null
                : new RunRecord(flow, name, "", [], [], ChangedAt(_folders.FolderOf(flow, name)))
                {
                    Problem = $"{error.Message} [{error.Code}]",
                });
        return Sorted(runs, static run => run.CreatedAt, static run => run.RunId);
    }

    /// <inheritdoc/>
    public ValueTask<RunRecord?> FindRunAsync(string flow, string runId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Find(flow, runId));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StepRecord>> ListStepsAsync(string flow, string runId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var steps = _folders.Children(
            _folders.FolderOf(flow, runId), (json, name) => new StepRecord(flow, runId, name, MetadataRecordJson.CreatedAt(json)));
        return Sorted(steps, static step => step.CreatedAt, static step => step.Step);
    }

    /// <inheritdoc/>
    public ValueTask<StepRecord?> FindStepAsync(string flow, string runId, string step, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var self = MetadataFolders.SelfOf(_folders.FolderOf(flow, runId, step));
        return ValueTask.FromResult(_folders.Read(self, json => new StepRecord(flow, runId, step, MetadataRecordJson.CreatedAt(json))));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<TaskRecord>> ListTasksAsync(string flow, string runId, string step, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var tasks = _folders.Children(
            _folders.FolderOf(flow, runId, step),
            (json, name) => new TaskRecord(new TaskPath(flow, runId, step, name), MetadataRecordJson.CreatedAt(json)));
        return Sorted(tasks, static task => task.CreatedAt, static task => task.Path.TaskId);
    }

    /// <inheritdoc/>
    public ValueTask<TaskRecord?> FindTaskAsync(TaskPath task, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var self = MetadataFolders.SelfOf(_folders.FolderOf(task.Flow, task.RunId, task.Step, task.TaskId));
        return ValueTask.FromResult(_folders.Read(self, json => new TaskRecord(task, MetadataRecordJson.CreatedAt(json))));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<RegisteredArtifact>> ListArtifactsAsync(TaskPath task, int? attempt, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var folder = _folders.RecordsOf(task);
        var names = Names(folder);
        var artifacts = new List<RegisteredArtifact>();
        if ((attempt ?? LastDoneAttempt(folder, names)) is { } number)
        {
            foreach (var name in names)
            {
                if (MetadataFiles.IsArtifact(name, number)
                    && _folders.Read(Path.Combine(folder, name), MetadataRecordJson.ReadArtifact) is { } artifact)
                {
                    artifacts.Add(artifact);
                }
            }
        }

        artifacts.Sort(static (a, b) => string.CompareOrdinal(a.Artifact.Name, b.Artifact.Name));
        return ValueTask.FromResult<IReadOnlyList<RegisteredArtifact>>(artifacts);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<MetadataDatum>> ListMetadataAsync(TaskPath task, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var folder = _folders.RecordsOf(task);
        var data = new List<MetadataDatum>();
        foreach (var name in Names(folder))
        {
            if (MetadataFiles.IsDatum(name)
                && _folders.Read(Path.Combine(folder, name), MetadataRecordJson.ReadDatum) is { } datum)
            {
                data.Add(datum);
            }
        }

        // A stable sort: data of one millisecond stay in the order of their file names.
        return ValueTask.FromResult<IReadOnlyList<MetadataDatum>>([.. data.OrderBy(static datum => datum.CreatedAt)]);
    }

    private static ValueTask<IReadOnlyList<T>> Sorted<T>(IReadOnlyList<T> items, Func<T, DateTimeOffset> createdAt, Func<T, string> id)
        => ValueTask.FromResult(MetadataFiles.NewestFirst(items, createdAt, id));

    private static DateTimeOffset ChangedAt(string folder) => new(Directory.GetLastWriteTimeUtc(folder));

    private RunRecord? Find(string flow, string runId)
        => _folders.Read(MetadataFolders.SelfOf(_folders.FolderOf(flow, runId)), json => MetadataRecordJson.ReadRun(json, flow, runId));

    private List<string> Names(string folder)
    {
        var names = new List<string>();
        foreach (var (name, isFolder) in _folders.List(folder))
        {
            if (!isFolder && name.EndsWith(".json", StringComparison.Ordinal))
            {
                names.Add(name);
            }
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }

    private int? LastDoneAttempt(string folder, List<string> names)
    {
        var last = names.FindLast(MetadataFiles.IsDone);
        return MetadataFiles.AttemptOf(last is null ? null : _folders.Read(Path.Combine(folder, last), MetadataRecordJson.ReadDatum));
    }
}
