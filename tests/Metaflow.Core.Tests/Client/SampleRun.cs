using System.Text;
using Metaflow.Artifacts;
using Metaflow.Logs;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Serialization;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Core.Tests.Client;

/// <summary>Writes a run as a scheduler does: a start, a foreach over some items, a join and an end.</summary>
internal sealed class SampleRun(RunStores stores, string flow = "SampleFlow", string user = "ada")
{
    private static readonly string[] StepNames = ["start", "body", "join", "end"];

    private readonly IBlobStore _blobs = stores.Blobs;
    private readonly IMetadataProvider _metadata = stores.Metadata;
    private int _lastTask;

    public SampleRun(string root, string flow = "SampleFlow", string user = "ada")
        : this(new RunStores(new LocalBlobStore(root), new LocalMetadataProvider(root, TimeProvider.System)), flow, user)
    {
    }

    public RunRecord Run { get; private set; } = new(
        flow, string.Empty, user, ["mine"], [$"user:{user}", "runtime:dev", "metaflow_version:2.19.38"], default);

    /// <summary>Gets how many lines more the task of the start writes at once.</summary>
    public int Lines { get; init; }

    /// <summary>Gets a value indicating whether the end has an artifact of 100,000 bytes.</summary>
    public bool HasLarge { get; init; }

    /// <summary>Gets the run's id; by default one that the provider chooses.</summary>
    public string Id
    {
        get => Run.RunId;
        init => Run = Run with { RunId = value };
    }

    public string Pathspec => $"{flow}/{Run.RunId}";

    public async Task<SampleRun> WriteAsync(int items, bool succeeds = true)
    {
        Run = await _metadata.RegisterRunAsync(Run, CancellationToken.None);
        var parameters = await WriteTaskAsync(TaskPath.ParametersStep, null, ("alpha", 7L));
        await _metadata.RecordAsync(Run, parameters, [Datum("start_step", "start"), Datum("end_step", "end")], [], CancellationToken.None);
        await WriteTaskAsync(
            "start", null, ("alpha", 7L), ("items", Enumerable.Range(0, items).Select(static i => (long)i).ToList()), ("blob", AllBytes()));
        for (var i = 0; i < items; i++)
        {
            await WriteTaskAsync("body", i, ("alpha", 7L), ("square", (long)i * i));
        }

        await WriteTaskAsync("join", null, ("alpha", 7L), ("total", (long)items));
        if (succeeds)
        {
            await WriteTaskAsync(
                "end", null,
                [("alpha", 7L), ("total", (long)items), ("text", "grüße"), .. HasLarge ? [Large] : Array.Empty<(string, object)>()]);
        }

        return this;
    }

    private async Task<TaskPath> WriteTaskAsync(string step, int? index, params (string Name, object Value)[] values)
    {
        var task = new TaskPath(
            flow,
            Run.RunId,
            step,
            (step == TaskPath.ParametersStep ? 0 : ++_lastTask).ToString(System.Globalization.CultureInfo.InvariantCulture));
        await _metadata.RegisterTaskAsync(Run, task, CancellationToken.None);
        List<MetadataDatum> start =
        [
            Datum("attempt", "0"), Datum("ds-type", _blobs.TypeName), Datum("ds-root", _blobs.Root), Datum("origin-run-id", "None"),
        ];
        if (index is { } place)
        {
            start.Add(Datum("foreach-execution-path", $"body:{place}"));
            start.Add(Datum("foreach-stack", new List<string> { $"items={place}" }));
        }

        await _metadata.RecordAsync(Run, task, start, [], CancellationToken.None);
        var writer = new FlowDatastore(_blobs, flow, TimeProvider.System).OpenWriter(task, 0);
        await writer.BeginAttemptAsync(CancellationToken.None);
        await writer.SaveNoteAsync("task_begin", "{}", CancellationToken.None);
        await WriteLogAsync(
            task,
            $"hello from {step}\n" + (step == "start" ? string.Concat(Enumerable.Range(0, Lines).Select(static i => $"line {i}\n")) : ""));
        await writer.SaveArtifactsAsync(
            [.. Own(step, index).Concat(values).Select(static value => Value(value.Name, value.Value))], CancellationToken.None);
        await writer.CommitAsync(CancellationToken.None);
        var artifacts = writer.Records.Values
            .Select(record => new RegisteredArtifact(record, 0, _blobs.TypeName, ":root:" + _blobs.Root, default)).ToList();
        await _metadata.RecordAsync(
            Run, task, [Datum("attempt_ok", "True", "internal_attempt_status"), Datum("attempt-done", "0")], artifacts,
            CancellationToken.None);
        return task;
    }

    private static (string Name, object Value) Large => ("large", new byte[100_000]);

    private static byte[] AllBytes() => [.. Enumerable.Range(0, 1024).Select(static i => (byte)i)];

    private static IEnumerable<(string Name, object Value)> Own(string step, int? index)
    {
        IReadOnlyList<ForeachFrame> stack = index is { } place ? [new ForeachFrame("body", "items", 3, place, $"{place}")] : [];
        return
        [
            ("name", "SampleFlow"), ("_task_ok", true), ("_success", true), ("_current_step", step), ("_foreach_stack", stack),
            ("_graph_info", Graph()),
        ];
    }

    private static Dictionary<string, object?> Graph() => new()
    {
        ["start_step"] = "start",
        ["end_step"] = "end",
        ["parameters"] = new List<object?> { new Dictionary<string, object?> { ["name"] = "alpha", ["type"] = "Parameter" } },
        ["steps"] = StepNames.ToDictionary(
            static step => step,
            static step => (object?)new Dictionary<string, object?>
            {
                ["name"] = step,
                ["type"] = step switch { "start" => "split-foreach", "join" => "join", "end" => "end", _ => "linear" },
                ["next"] = step == "end" ? new List<object?>() : new List<object?> { StepNames[Array.IndexOf(StepNames, step) + 1] },
            }),
    };

    private static KeyValuePair<string, SerializedArtifact> Value(string name, object value)
        => new(name, ArtifactSerializer.SerializePlain(value, name));

    private static MetadataDatum Datum(string field, object value, string? type = null)
        => new(field, type ?? field, value, ["attempt_id:0"]);

    private async Task WriteLogAsync(TaskPath task, string text)
    {
        using var content = new MemoryStream();
        using (var log = new TaskLogWriter(content, LogFiles.Runtime, TaskLogWriter.DefaultMaxBytes))
        {
            log.Write(Encoding.UTF8.GetBytes(text), TimeProvider.System.GetUtcNow());
        }

        await _blobs.SaveAsync(
            [new BlobWrite(LogFiles.PathOf(task, 0, LogFiles.Runtime, LogKind.Stdout), content.ToArray())], overwrite: true,
            CancellationToken.None);
    }
}
