using System.Text.Json;
using Metaflow.Metadata;

namespace Metaflow.Client;

/// <content>What started a run.</content>
public sealed partial class RunHandle
{
    /// <summary>Gets the pathspecs of the runs whose end started this one, <c>Flow/run</c>; empty for a run that was started by hand.</summary>
    public IReadOnlyList<string> TriggeredBy
        => StartTask?.MetadataDictionary.GetValueOrDefault(InternalFields.Triggers) is { } events ? RunsAmong(events) : [];

    private static List<string> RunsAmong(string events)
    {
        try
        {
            using var json = JsonDocument.Parse(events);
            return [.. json.RootElement.EnumerateArray().Where(static item => TextOf(item, "type") == "run").Select(static item => TextOf(item, "id")?.Split('/'))
                .Where(static parts => parts is { Length: > 1 }).Select(static parts => $"{parts![0]}/{parts[1]}").Distinct(StringComparer.Ordinal)];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Not what a trigger writes.
            return [];
        }
    }

    private static string? TextOf(JsonElement item, string name)
        => item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
