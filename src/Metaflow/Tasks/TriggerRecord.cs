using System.Text;
using System.Text.Json;
using Metaflow.Client;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Launching;
using Metaflow.Naming;
using Metaflow.Stores;

namespace Metaflow.Tasks;

/// <summary>What started a run, as its first task records it: the events that Python's <c>Run.trigger</c> reads.</summary>
internal static class TriggerRecord
{
    /// <summary>Makes the record of a task.</summary>
    /// <param name="line">What the task was told.</param>
    /// <param name="stores">Where runs are kept.</param>
    /// <returns>A JSON list of events; <see langword="null"/> when the task is not the first of its run, or nothing triggered
    /// that.</returns>
    public static string? Of(TaskCommandLine line, RunStores stores)
    {
        var runs = FlowOptionValues.FromTexts(line.FlowOptions).All(TriggerOnFinishAttribute.TriggerOption);
        if (runs.Count == 0 || !line.InputPaths.Any(static path => path.Contains($"/{TaskPath.ParametersStep}/", StringComparison.Ordinal)))
        {
            return null;
        }

        var client = new MetaflowClient(stores.Metadata, stores.Blobs).WithNamespace(null);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartArray();
            foreach (var pathspec in runs)
            {
                Write(writer, pathspec, EndOf(client, pathspec));
            }

            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static TaskHandle? EndOf(MetaflowClient client, string pathspec)
    {
        try
        {
            return client.Run(pathspec).EndTask;
        }
        catch (MetadataException)
        {
            // It was removed since; that it started this run is still true.
            return null;
        }
    }

    private static void Write(Utf8JsonWriter writer, string pathspec, TaskHandle? end)
    {
        var step = end?.Path.Step ?? "end";
        writer.WriteStartObject();
        writer.WriteString("type", "run");
        if (end?.FinishedAt is { } finished)
        {
            writer.WriteNumber("timestamp", finished.ToUnixTimeSeconds());
        }

        writer.WriteString("name", $"metaflow.{pathspec.Split('/')[0]}.{step}");
        writer.WriteString("id", end?.Pathspec ?? $"{pathspec}/{step}");
        writer.WriteEndObject();
    }
}
