using System.Globalization;
using System.Text.Json;
using Metaflow.Artifacts;
using Metaflow.Naming;
using Metaflow.Storage;

namespace Metaflow.Metadata;

/// <summary>The JSON bodies of the local provider's records.</summary>
internal static class MetadataRecordJson
{
    // What a record without an encoding was written with, long ago.
    private const string OldestEncoding = "gzip+pickle-v2";

    /// <summary>The first id that is a time: microseconds in 2001. Ids of a service count from 1.</summary>
    private const long FirstLocalId = 1_000_000_000_000_000;

    public static byte[] Flow(string flow, long milliseconds) => RecordJson.Write(json =>
    {
        json.WriteText("flow_id", flow);
        json.WriteNumber("ts_epoch", milliseconds);
    });

    /// <summary>Says in the record of a run that its tags are in records of their own: a member that Python Metaflow does not look
    /// at.</summary>
    private const string TagsElsewhere = "tags_elsewhere";

    public static byte[] Run(RunRecord run, bool hasTagsElsewhere = false, string? claimant = null) => RecordJson.Write(json =>
    {
        json.WriteText("run_number", run.RunId);
        WriteOrigin(json, run, run.CreatedAt.ToUnixTimeMilliseconds());
        if (hasTagsElsewhere)
        {
            json.WriteBoolean(TagsElsewhere, value: true);
        }

        if (claimant is not null)
        {
            // Python Metaflow does not look at it.
            json.WriteString("claimed_by", claimant);
        }
    });

    public static bool HasTagsElsewhere(JsonElement json)
        => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(TagsElsewhere, out _);

    public static byte[] Step(RunRecord run, string step, long milliseconds) => RecordJson.Write(json =>
    {
        json.WriteText("run_number", run.RunId);
        json.WriteText("step_name", step);
        WriteOrigin(json, run, milliseconds);
    });

    public static byte[] Task(RunRecord run, TaskPath task, long milliseconds) => RecordJson.Write(json =>
    {
        WriteTask(json, task);
        WriteOrigin(json, run, milliseconds);
    });

    public static byte[] Artifact(RunRecord run, TaskPath task, RegisteredArtifact artifact, long milliseconds) => RecordJson.Write(json =>
    {
        WriteTask(json, task);
        json.WriteNumber("attempt_id", artifact.Attempt);
        json.WriteText("name", artifact.Artifact.Name);
        json.WriteText("content_type", artifact.Artifact.Encoding);
        json.WriteString("type", "metaflow.artifact");
        json.WriteText("sha", artifact.Artifact.Key);
        json.WriteText("ds_type", artifact.DatastoreType);
        json.WriteText("location", artifact.Location);
        WriteOrigin(json, run, milliseconds);
    });

    public static byte[] Datum(RunRecord run, TaskPath task, MetadataDatum datum, long milliseconds) => RecordJson.Write(json =>
    {
        json.WriteText("flow_id", task.Flow);
        WriteTask(json, task);
        json.WriteText("field_name", datum.Field);
        json.WriteText("type", datum.Type);
        if (datum.Value is IReadOnlyList<string> texts)
        {
            json.WriteTexts("value", texts);
        }
        else
        {
            json.WriteText("value", (string)datum.Value);
        }

        json.WriteTexts("tags", datum.Tags);
        json.WriteText("user_name", run.UserName);
        json.WriteNumber("ts_epoch", milliseconds);
    });

    public static RunRecord ReadRun(JsonElement json, string flow, string runId) => new(
        flow, runId, Text(json, "user_name") ?? string.Empty, Texts(json, "tags"), Texts(json, "system_tags"), RunCreatedAt(json, runId));

    public static RegisteredArtifact ReadArtifact(JsonElement json) => new(
        new ArtifactRecord(Required(json, "name"), Required(json, "sha"), 0, null, Text(json, "content_type") ?? OldestEncoding),
        json.TryGetProperty("attempt_id", out var attempt) && attempt.TryGetInt32(out var number) ? number : 0,
        Text(json, "ds_type") ?? "local",
        Text(json, "location") ?? string.Empty,
        CreatedAt(json));

    public static MetadataDatum ReadDatum(JsonElement json)
    {
        var field = Required(json, "field_name");
        return new MetadataDatum(field, Text(json, "type") ?? field, Value(json), Texts(json, "tags")) { CreatedAt = CreatedAt(json) };
    }

    public static DateTimeOffset CreatedAt(JsonElement json)
        => json.ValueKind == JsonValueKind.Object && json.TryGetProperty("ts_epoch", out var value)
            && value.TryGetInt64(out var milliseconds)
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : throw new JsonException("It has no 'ts_epoch'.");

    /// <summary>Reads when a run was registered. Python Metaflow writes the time again when it changes tags; the id of a local run, which
    /// is the time in microseconds, keeps it.</summary>
    private static DateTimeOffset RunCreatedAt(JsonElement json, string runId)
    {
        var written = CreatedAt(json);
        return long.TryParse(runId, NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) && microseconds >= FirstLocalId
            && DateTimeOffset.FromUnixTimeMilliseconds(microseconds / 1000) is var registered && registered < written
            ? registered
            : written;
    }

    private static void WriteTask(Utf8JsonWriter json, TaskPath task)
    {
        json.WriteText("run_number", task.RunId);
        json.WriteText("step_name", task.Step);
        json.WriteText("task_id", task.TaskId);
    }

    private static void WriteOrigin(Utf8JsonWriter json, RunRecord run, long milliseconds)
    {
        json.WriteText("flow_id", run.Flow);
        json.WriteText("user_name", run.UserName);
        json.WriteTexts("tags", run.Tags);
        json.WriteTexts("system_tags", run.SystemTags);
        json.WriteNumber("ts_epoch", milliseconds);
    }

    private static object Value(JsonElement json)
    {
        if (!json.TryGetProperty("value", out var value))
        {
            return string.Empty;
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Array => Items(value),
            _ => value.GetRawText(),
        };
    }

    private static string Required(JsonElement json, string name)
        => Text(json, name) ?? throw new JsonException($"It has no text '{name}'.");

    private static string? Text(JsonElement json, string name)
        => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static List<string> Texts(JsonElement json, string name)
        => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? Items(value) : [];

    private static List<string> Items(JsonElement array)
    {
        var texts = new List<string>(array.GetArrayLength());
        foreach (var item in array.EnumerateArray())
        {
            texts.Add(item.ValueKind == JsonValueKind.String ? item.GetString()! : item.GetRawText());
        }

        return texts;
    }
}
