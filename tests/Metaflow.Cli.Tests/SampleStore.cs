using Metaflow.Artifacts;
using Metaflow.Definition;
using Metaflow.Logs;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Serialization;
using Metaflow.Settings;
using Metaflow.Storage;

namespace Metaflow.Cli.Tests;

/// <summary>A datastore of one test, with runs of the flow 'EmptyFlow' of the user ada.</summary>
internal sealed class SampleStore : IDisposable
{
    public const string Flow = "EmptyFlow";
    private readonly string _folder = Directory.CreateTempSubdirectory("metaflow-cli-").FullName;

    public SampleStore()
    {
        Root = Path.Combine(_folder, ".metaflow");
        Metadata = new LocalMetadataProvider(Root, TimeProvider.System);
        Datastore = new FlowDatastore(new LocalBlobStore(Root), Flow, TimeProvider.System);
    }

    public FlowDefinition Definition { get; init; } = SampleFlows.Empty;

    public string Folder => _folder;

    public string Root { get; }

    public LocalMetadataProvider Metadata { get; }

    public FlowDatastore Datastore { get; }

    public FakeApplication Application => new()
    {
        Definition = Definition,
        Settings = new MetaflowSettings { User = "ada", Datastore = StoreAddress.Local(Root), Namespace = "user:ada" },
    };

    public Task<CommandLineRun> ExecuteAsync(params string[] arguments)
        => CommandLineRun.WithStreamsAsync(Application, streams => streams with { WorkingFolder = _folder }, arguments);

    public async Task<RunRecord> AddRunAsync(string id, string user = "ada", params string[] tags) => await Metadata.RegisterRunAsync(
        new RunRecord(Flow, id, user, tags, ["runtime:dev", "user:" + user], DateTimeOffset.UnixEpoch), CancellationToken.None);

    /// <summary>Adds a task that ended: its artifacts, its logs and what the reader of them looks for.</summary>
    public async Task AddTaskAsync(
        RunRecord run, string step, string id, IReadOnlyDictionary<string, object?> artifacts, params (LogKind Stream, string Text)[] log)
    {
        await StartTaskAsync(run, step, id);
        var task = new TaskPath(Flow, run.RunId, step, id);
        var writer = Datastore.OpenWriter(task, 0);
        await writer.BeginAttemptAsync(CancellationToken.None);
        await writer.SaveArtifactsAsync(
            [.. artifacts.Select(static artifact => KeyValuePair.Create(artifact.Key, ArtifactSerializer.SerializePlain(artifact.Value)))],
            CancellationToken.None);
        await writer.CommitAsync(CancellationToken.None);
        foreach (var (stream, text) in log)
        {
            using var lines = OpenLog(task, stream);
            lines.WriteLine(text, DateTimeOffset.UnixEpoch.AddSeconds(1));
        }

        await Metadata.RecordAsync(run, task, [new("attempt-done", "attempt-done", "0", ["attempt_id:0"])], [], CancellationToken.None);
    }

    /// <summary>Adds a task of a foreach that ended.</summary>
    public async Task AddForeachTaskAsync(
        RunRecord run, string step, string id, int index, string? item, params (string Name, object? Value)[] artifacts)
    {
        List<object?> stack = [new PythonObject("__main__", "ForeachFrame", ["start", "items", 2, index, item])];
        var all = artifacts.ToDictionary(static entry => entry.Name, static entry => entry.Value);
        all["_foreach_stack"] = stack;
        await AddTaskAsync(run, step, id, all);
        const string Field = "foreach-execution-path";
        await Metadata.RecordAsync(
            run, new TaskPath(Flow, run.RunId, step, id), [new(Field, Field, $"start:{index}", ["attempt_id:0"])], [],
            CancellationToken.None);
    }

    /// <summary>Adds a task that runs.</summary>
    public async Task<TaskPath> StartTaskAsync(RunRecord run, string step, string id)
    {
        var task = new TaskPath(Flow, run.RunId, step, id);
        await Metadata.RegisterTaskAsync(run, task, CancellationToken.None);
        await Metadata.RecordAsync(run, task, [new("attempt", "attempt", "0", ["attempt_id:0"])], [], CancellationToken.None);
        return task;
    }

    public TaskLogWriter OpenLog(TaskPath task, LogKind stream)
        => new(
            ((LocalBlobStore)Datastore.Blobs).OpenAppend(LogFiles.PathOf(task, 0, LogFiles.Runtime, stream)),
            LogFiles.Runtime,
            TaskLogWriter.DefaultMaxBytes);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
