using System.Globalization;
using System.Text.Json;

namespace Metaflow.Metadata;

/// <summary>What state a run is in, as its scheduler last recorded.</summary>
public enum RunState
{
    /// <summary>Nothing is recorded, as for runs of the reference.</summary>
    Unknown,

    /// <summary>The scheduler is at work, or died without saying so.</summary>
    Running,

    /// <summary>The end step finished.</summary>
    Succeeded,

    /// <summary>A task failed for good.</summary>
    Failed,

    /// <summary>The run was ended from outside.</summary>
    Cancelled,
}

/// <summary>The state of a local run, kept in <c>F/R/_meta/status.json</c>, which the reference's provider ignores.</summary>
/// <param name="State">The state.</param>
/// <param name="ProcessId">The scheduler's process.</param>
/// <param name="Host">The scheduler's machine.</param>
/// <param name="At">When it was recorded.</param>
/// <param name="Reason">Why the run ended without success; <see langword="null"/> otherwise.</param>
public sealed record RunStatus(RunState State, int ProcessId, string Host, DateTimeOffset At, string? Reason = null)
{
    /// <summary>Returns the path relative to the datastore's root.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <param name="runId">The run's id.</param>
    /// <returns>The path.</returns>
    public static string PathOf(string flow, string runId) => $"{flow}/{runId}/_meta/status.json";

    /// <summary>Writes the status as JSON.</summary>
    /// <param name="stream">Receives the text.</param>
    public void Write(Stream stream)
    {
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteString("state", NameOf(State));
        json.WriteNumber("pid", ProcessId);
        json.WriteString("host", Host);
        json.WriteString("at", At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        json.WriteString("reason", Reason);
        json.WriteEndObject();
    }

    /// <summary>Reads a status.</summary>
    /// <param name="utf8">The text.</param>
    /// <returns>The status, or <see langword="null"/> when the text is none.</returns>
    public static RunStatus? Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var json = JsonDocument.Parse(utf8);
            var root = json.RootElement;
            return new RunStatus(
                StateOf(root.GetProperty("state").GetString()),
                root.GetProperty("pid").GetInt32(),
                root.GetProperty("host").GetString() ?? "",
                DateTimeOffset.Parse(root.GetProperty("at").GetString() ?? "", CultureInfo.InvariantCulture),
                root.GetProperty("reason").GetString());
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static string NameOf(RunState state) => state switch
    {
        RunState.Running => "running",
        RunState.Succeeded => "succeeded",
        RunState.Failed => "failed",
        RunState.Cancelled => "cancelled",
        _ => "unknown",
    };

    private static RunState StateOf(string? name) => name switch
    {
        "running" => RunState.Running,
        "succeeded" => RunState.Succeeded,
        "failed" => RunState.Failed,
        "cancelled" => RunState.Cancelled,
        _ => RunState.Unknown,
    };
}
