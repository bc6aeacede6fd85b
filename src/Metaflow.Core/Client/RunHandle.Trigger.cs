using System.Text.Json;
using Metaflow.Metadata;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <content>What started a run.</content>
public sealed partial class RunHandle
{
    /// <summary>Gets the pathspecs of the runs whose end started this one, <c>Flow/run</c>; empty for a run that a user
    /// started.</summary>
    public IReadOnlyList<string> TriggeredBy => Completion.Of(() => GetTriggeredByAsync());

    /// <inheritdoc cref="TriggeredBy"/>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The pathspecs.</returns>
    public async Task<IReadOnlyList<string>> GetTriggeredByAsync(CancellationToken cancellationToken = default)
        => await GetStartTaskAsync(cancellationToken).ConfigureAwait(false) is { } task
            && await task.FieldAsync(InternalFields.Triggers, cancellationToken).ConfigureAwait(false) is { } events
                ? RunsAmong(events)
                : [];

    private static List<string> RunsAmong(string events)
    {
        try
        {
            using var json = JsonDocument.Parse(events);
            return [.. json.RootElement.EnumerateArray().Where(static item => TextOf(item, "type") == "run")
                .Select(static item => TextOf(item, "id")?.Split('/'))
                .Where(static parts => parts is { Length: > 1 }).Select(static parts => $"{parts![0]}/{parts[1]}")
                .Distinct(StringComparer.Ordinal)];
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
