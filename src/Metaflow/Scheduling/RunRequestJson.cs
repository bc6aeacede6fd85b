using System.Text.Json;
using Metaflow.Configs;
using Metaflow.Definition;
using Metaflow.Running;

namespace Metaflow.Scheduling;

/// <summary>What a user asked for, as a run's journal keeps it. A new property needs a line in both methods; a test looks at all of
/// them.</summary>
internal static class RunRequestJson
{
    /// <summary>Writes a request.</summary>
    /// <param name="json">Receives an object.</param>
    /// <param name="request">The request.</param>
    public static void Write(Utf8JsonWriter json, RunRequest request)
    {
        json.WriteStartObject();
        WriteMap(json, "parameters", request.Parameters);
        WriteMap(json, "config-files", request.Configs.Files);
        WriteMap(json, "config-values", request.Configs.Values);
        json.WriteNumber("max-workers", request.MaxWorkers);
        json.WriteNumber("max-num-splits", request.MaxNumSplits);
        json.WriteNumber("max-log-size", request.MaxLogSize);
        WriteTexts(json, "tags", request.Tags);
        WriteTexts(json, "with", request.With);
        json.WriteString("run-id-file", request.RunIdFile);
        json.WriteString("namespace", request.Namespace);
        json.WriteString("working-folder", request.WorkingFolder);

        // The values themselves are kept as the run's parameters alone.
        WriteTexts(json, "value-names", [.. request.Values?.Keys ?? []]);
        WriteTexts(json, "flow-options", request.FlowOptions.ToTexts());
        json.WriteString("parent-task", request.ParentTask);
        json.WriteString("until", request.Until);
        json.WriteBoolean("cache", request.UsesCache);
        json.WriteNumber("cache-runs", request.CacheRuns);
        json.WriteBoolean("explain", request.Explains);
        if (request.Resume is { } resume)
        {
            json.WritePropertyName("resume");
            WriteResume(json, resume);
        }

        json.WriteEndObject();
    }

    /// <summary>Reads a request.</summary>
    /// <param name="json">The object.</param>
    /// <returns>The request.</returns>
    public static RunRequest Read(JsonElement json) => new()
    {
        Parameters = Map(json, "parameters"),
        Configs = new ConfigRequest { Files = Map(json, "config-files"), Values = Map(json, "config-values") },
        MaxWorkers = json.GetProperty("max-workers").GetInt32(),
        MaxNumSplits = json.GetProperty("max-num-splits").GetInt32(),
        MaxLogSize = json.GetProperty("max-log-size").GetInt32(),
        Tags = Texts(json, "tags"),
        With = Texts(json, "with"),
        RunIdFile = Text(json, "run-id-file"),
        Namespace = Text(json, "namespace"),
        WorkingFolder = Text(json, "working-folder")!,
        Values = Texts(json, "value-names") is { Length: > 0 } names
            ? names.ToDictionary(static name => name, static _ => (object?)null)
            : null,
        FlowOptions = FlowOptionValues.FromTexts(Texts(json, "flow-options")),
        ParentTask = Text(json, "parent-task"),
        Until = Text(json, "until"),
        UsesCache = json.GetProperty("cache").GetBoolean(),
        CacheRuns = json.GetProperty("cache-runs").GetInt32(),
        Explains = json.GetProperty("explain").GetBoolean(),
        Resume = json.TryGetProperty("resume", out var resume) ? ReadResume(resume) : null,
    };

    private static void WriteResume(Utf8JsonWriter json, ResumeRequest resume)
    {
        json.WriteStartObject();
        json.WriteString("step", resume.Step);
        json.WriteString("origin", resume.OriginRun);
        json.WriteString("run-id", resume.RunId);
        json.WriteBoolean("clone-only", resume.IsCloneOnly);
        json.WriteBoolean("reentrant", resume.IsReentrant);
        json.WriteString("identifier", resume.Identifier);
        json.WriteBoolean("rerun-changed", resume.RerunsChanged);
        json.WriteEndObject();
    }

    private static ResumeRequest ReadResume(JsonElement json) => new()
    {
        Step = Text(json, "step"),
        OriginRun = Text(json, "origin"),
        RunId = Text(json, "run-id"),
        IsCloneOnly = json.GetProperty("clone-only").GetBoolean(),
        IsReentrant = json.GetProperty("reentrant").GetBoolean(),
        Identifier = Text(json, "identifier"),
        RerunsChanged = json.GetProperty("rerun-changed").GetBoolean(),
    };

    // An early version did not write those of configurations.
    private static Dictionary<string, string> Map(JsonElement json, string name)
        => json.TryGetProperty(name, out var map)
            ? map.EnumerateObject().ToDictionary(static item => item.Name, static item => item.Value.GetString()!)
            : [];

    private static void WriteMap(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string> map)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in map)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static string[] Texts(JsonElement json, string name)
        => json.TryGetProperty(name, out var values) ? [.. values.EnumerateArray().Select(static value => value.GetString()!)] : [];

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
