using System.Text.Json;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Storage;
using Microsoft.Data.Sqlite;

namespace SamplePlugins;

/// <summary>Opens the records of runs, which are in the same file as their data: <c>--metadata sqlite</c>.</summary>
internal sealed class SqliteMetadataFactory : IMetadataFactory
{
    public IMetadataProvider Open(IBlobStore blobs, StoreOptions options) => blobs.TypeName == SqliteStore.Type
        ? new SqliteMetadata(blobs.Root, options.Time)
        : throw new ConfigurationException(
            ErrorCodes.InvalidValue,
            $"SQLite keeps no records of runs whose data are in a store of type '{blobs.TypeName}'.",
            "The records are in the same file as the data.",
            "Name a datastore such as 'sqlite:/data/runs.db', or metadata of another type.");
}

/// <summary>Keeps the records of runs as rows with JSON, in the order of their arrival.</summary>
internal sealed class SqliteMetadata(string path, TimeProvider time) : IMetadataProvider
{
    private readonly SqliteFile _file = new(path, """
        CREATE TABLE IF NOT EXISTS runs (nr INTEGER PRIMARY KEY, flow TEXT, run TEXT, record TEXT, UNIQUE (flow, run));
        CREATE TABLE IF NOT EXISTS tasks (
            nr INTEGER PRIMARY KEY, flow TEXT, run TEXT, step TEXT, task TEXT, at INTEGER, UNIQUE (flow, run, step, task));
        CREATE TABLE IF NOT EXISTS facts (nr INTEGER PRIMARY KEY, task TEXT, kind TEXT, at INTEGER, record TEXT);
        CREATE INDEX IF NOT EXISTS facts_of_task ON facts (task, kind);
        """);

    public string TypeName => SqliteStore.Type;

    public string Location => path;

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    public async ValueTask<RunRecord> RegisterRunAsync(RunRecord run, CancellationToken token)
    {
        MetadataRules.CheckNewRun(run);
        while (true)
        {
            // Microseconds, like the framework's own ids. If two callers take the same moment, one of them fails and takes another.
            var now = Now;
            var id = run.RunId.Length > 0 ? run.RunId : $"{(now * 1000) + Random.Shared.Next(1000)}";
            var created = run with { RunId = id, CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(now) };
            var isNew = _file.Write(write => write(
                "INSERT INTO runs (flow, run, record) VALUES ($flow, $run, $record) ON CONFLICT DO NOTHING",
                [("$flow", run.Flow), ("$run", id), ("$record", JsonSerializer.Serialize(created))])) > 0;
            if (isNew || run.RunId.Length > 0)
            {
                return isNew ? created : (await FindRunAsync(run.Flow, id, token).ConfigureAwait(false))!;
            }
        }
    }

    public ValueTask RegisterTaskAsync(RunRecord run, TaskPath task, CancellationToken token)
    {
        MetadataRules.CheckNames(task.Flow, task.RunId, task.Step, task.TaskId);
        _file.Write(write => write(
            "INSERT INTO tasks (flow, run, step, task, at) VALUES ($flow, $run, $step, $task, $at) ON CONFLICT DO NOTHING",
            [("$flow", task.Flow), ("$run", task.RunId), ("$step", task.Step), ("$task", task.TaskId), ("$at", Now)]));
        return default;
    }

    public ValueTask RecordAsync(
        RunRecord run, TaskPath task, IReadOnlyList<MetadataDatum> data, IReadOnlyList<RegisteredArtifact> artifacts, CancellationToken _)
    {
        List<(string Kind, string Record)> facts =
        [
            .. data.Select(static datum => ("datum", JsonSerializer.Serialize(Datum.Of(datum)))),
            .. artifacts.Select(static artifact => ("artifact", JsonSerializer.Serialize(artifact))),
        ];
        _file.Write(write => facts.Sum(fact => write(
            "INSERT INTO facts (task, kind, at, record) VALUES ($task, $kind, $at, $record)",
            [("$task", task.ToString()), ("$kind", fact.Kind), ("$at", Now), ("$record", fact.Record)])));
        return default;
    }

    public ValueTask<IReadOnlyList<FlowRecord>> ListFlowsAsync(CancellationToken token)
        => new([.. Runs("nr IN (SELECT min(nr) FROM runs GROUP BY flow)").Select(static run => new FlowRecord(run.Flow, run.CreatedAt))]);

    public ValueTask<IReadOnlyList<RunRecord>> ListRunsAsync(string flow, CancellationToken token) => new(Runs("flow = $1", flow));

    public ValueTask<RunRecord?> FindRunAsync(string flow, string runId, CancellationToken token)
        => new(Runs("flow = $1 AND run = $2", flow, runId).FirstOrDefault());

    public ValueTask<IReadOnlyList<StepRecord>> ListStepsAsync(string flow, string runId, CancellationToken token) => new(Rows(
        "SELECT step, min(at) FROM tasks WHERE flow = $1 AND run = $2 GROUP BY step ORDER BY min(nr) DESC",
        row => new StepRecord(flow, runId, row.GetString(0), Moment(row)), flow, runId));

    public ValueTask<IReadOnlyList<TaskRecord>> ListTasksAsync(string flow, string runId, string step, CancellationToken token) => new(Rows(
        "SELECT task, at FROM tasks WHERE flow = $1 AND run = $2 AND step = $3 ORDER BY nr DESC",
        row => new TaskRecord(new TaskPath(flow, runId, step, row.GetString(0)), Moment(row)), flow, runId, step));

    public async ValueTask<IReadOnlyList<RegisteredArtifact>> ListArtifactsAsync(TaskPath task, int? attempt, CancellationToken token)
    {
        var data = attempt is null ? await ListMetadataAsync(task, token).ConfigureAwait(false) : [];
        var wanted = attempt is null ? data.LastOrDefault(static datum => datum.Field == "attempt-done")?.Text : $"{attempt}";
        var all = Facts(task, "artifact", static row => Json<RegisteredArtifact>(row) with { CreatedAt = Moment(row) });
        return [.. all.Where(one => $"{one.Attempt}" == wanted).OrderBy(static one => one.Artifact.Name, StringComparer.Ordinal)];
    }

    public ValueTask<IReadOnlyList<MetadataDatum>> ListMetadataAsync(TaskPath task, CancellationToken token)
        => new(Facts(task, "datum", static row => Json<Datum>(row).At(Moment(row))));

    public async ValueTask<RunRecord> ChangeTagsAsync(
        string flow, string runId, IReadOnlyCollection<string> add, IReadOnlyCollection<string> remove, CancellationToken token)
    {
        while (true)
        {
            // Written only if nobody else has changed the run in between.
            var run = await FindRunAsync(flow, runId, token).ConfigureAwait(false) ?? throw MetadataRules.NoRun(flow, runId, Location);
            var changed = MetadataRules.ChangeTags(run, add, remove);
            var (before, after) = (JsonSerializer.Serialize(run), JsonSerializer.Serialize(changed));
            if (_file.Write(write => write(
                "UPDATE runs SET record = $after WHERE flow = $flow AND run = $run AND record = $before",
                [("$flow", flow), ("$run", runId), ("$before", before), ("$after", after)])) > 0)
            {
                return changed;
            }
        }
    }

    private static DateTimeOffset Moment(SqliteDataReader row) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1));

    private static T Json<T>(SqliteDataReader row) => JsonSerializer.Deserialize<T>(row.GetString(0))!;

    private List<RunRecord> Runs(string condition, params string[] names)
        => Rows($"SELECT record FROM runs WHERE {condition} ORDER BY nr DESC", static row => Json<RunRecord>(row), names);

    private List<T> Facts<T>(TaskPath task, string kind, Func<SqliteDataReader, T> read)
        => _file.Read("SELECT record, at FROM facts WHERE task = $1 AND kind = $2 ORDER BY at, nr", read, ("$1", $"{task}"), ("$2", kind));

    private List<T> Rows<T>(string sql, Func<SqliteDataReader, T> read, params string[] names)
    {
        MetadataRules.CheckNames(names);
        return _file.Read(sql, read, [.. names.Select(static (name, index) => ($"${index + 1}", (object?)name))]);
    }

    /// <summary>One datum in the form in which it is stored: its value is a string or a list of strings.</summary>
    private sealed record Datum(string Field, string Type, string? Text, IReadOnlyList<string>? Texts, IReadOnlyList<string> Tags)
    {
        public static Datum Of(MetadataDatum datum)
            => new(datum.Field, datum.Type, datum.Value as string, datum.Value as IReadOnlyList<string>, datum.Tags);

        public MetadataDatum At(DateTimeOffset moment) => new(Field, Type, Text is null ? Texts! : Text, Tags) { CreatedAt = moment };
    }
}
