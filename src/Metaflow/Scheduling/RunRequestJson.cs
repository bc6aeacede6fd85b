using System.Text.Json;
using Metaflow.Commands;

namespace Metaflow.Scheduling;

/// <summary>What a user asked for, as a run's journal keeps it. A new property needs a line in both methods; a test looks at all of them.</summary>
internal static class RunRequestJson
{
    /// <summary>Writes a request.</summary>
    /// <param name="json">Receives an object.</param>
    /// <param name="request">The request.</param>
    public static void Write(Utf8JsonWriter json, RunRequest request)
    {
        json.WriteStartObject();
        json.WriteStartObject("parameters");
        foreach (var (name, value) in request.Parameters)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.WriteNumber("max-workers", request.MaxWorkers);
        json.WriteNumber("max-num-splits", request.MaxNumSplits);
        json.WriteNumber("max-log-size", request.MaxLogSize);
        WriteTexts(json, "tags", request.Tags);
        WriteTexts(json, "with", request.With);
        json.WriteString("run-id-file", request.RunIdFile);
        json.WriteString("namespace", request.Namespace);
        json.WriteString("working-folder", request.WorkingFolder);
        json.WriteEndObject();
    }

    /// <summary>Reads a request.</summary>
    /// <param name="json">The object.</param>
    /// <returns>The request.</returns>
    public static RunRequest Read(JsonElement json) => new()
    {
        Parameters = json.GetProperty("parameters").EnumerateObject().ToDictionary(static item => item.Name, static item => item.Value.GetString()!),
        MaxWorkers = json.GetProperty("max-workers").GetInt32(),
        MaxNumSplits = json.GetProperty("max-num-splits").GetInt32(),
        MaxLogSize = json.GetProperty("max-log-size").GetInt32(),
        Tags = Texts(json, "tags"),
        With = Texts(json, "with"),
        RunIdFile = Text(json, "run-id-file"),
        Namespace = Text(json, "namespace"),
        WorkingFolder = Text(json, "working-folder")!,
    };

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
