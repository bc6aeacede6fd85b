using System.Globalization;
using System.Text.Json;
using Metaflow.Storage;

namespace Metaflow.Metadata;

/// <summary>The state of a run.</summary>
public enum RunState
{
    /// <summary>No state is recorded, for example for unfinished runs of Python Metaflow, or the record is damaged.</summary>
    Unknown,

    /// <summary>The run is registered, and about to start its first task.</summary>
    Pending,

    /// <summary>The scheduler is running: it holds the run's lock, or gave a sign of life a moment ago.</summary>
    Running,

    /// <summary>The end step finished.</summary>
    Succeeded,

    /// <summary>A task failed in all its attempts.</summary>
    Failed,

    /// <summary>The run was stopped from outside.</summary>
    Cancelled,

    /// <summary>The scheduler died: somebody killed it, or its machine went down. The run can be continued.</summary>
    Dead,
}

/// <summary>The state of a local run, kept in <c>F/R/_meta/status.json</c>, which Python Metaflow's provider ignores.</summary>
/// <param name="State">The state.</param>
/// <param name="ProcessId">The scheduler's process.</param>
/// <param name="Host">The scheduler's machine.</param>
/// <param name="At">When it was recorded.</param>
/// <param name="Reason">Why the run ended without success; <see langword="null"/> otherwise.</param>
public sealed record RunStatus(RunState State, int ProcessId, string Host, DateTimeOffset At, string? Reason = null)
{
    /// <summary>Gets a mark that distinguishes the scheduler's process from others that had its id; <see langword="null"/> if
    /// unknown.</summary>
    public string? ProcessMark { get; init; }

    /// <summary>Returns the path relative to the datastore's root.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <param name="runId">The run's id.</param>
    /// <returns>The path.</returns>
    internal static string PathOf(string flow, string runId) => $"{flow}/{runId}/_meta/status.json";

    /// <summary>Writes the status as JSON.</summary>
    /// <param name="stream">Receives the text.</param>
    internal void Write(Stream stream)
    {
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteString("state", NameOf(State));
        json.WriteNumber("pid", ProcessId);
        json.WriteString("host", Host);
        json.WriteString("process", ProcessMark);
        json.WriteString("at", At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        json.WriteString("reason", Reason);
        json.WriteEndObject();
    }

    /// <summary>Returns the record of a run.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <param name="runId">The run's id.</param>
    /// <returns>What to store.</returns>
    internal BlobWrite ToWrite(string flow, string runId) => BlobWrite.Of(PathOf(flow, runId), Write);

    /// <summary>Reads a status.</summary>
    /// <param name="utf8">The text.</param>
    /// <returns>The status, or <see langword="null"/> if the text is not a status.</returns>
    internal static RunStatus? Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var json = JsonDocument.Parse(utf8);
            var root = json.RootElement;
            if (StateOf(root.GetProperty("state").GetString()) is not { } state)
            {
                return null;
            }

            return new RunStatus(
                state,
                root.GetProperty("pid").GetInt32(),
                root.GetProperty("host").GetString() ?? "",
                DateTimeOffset.Parse(root.GetProperty("at").GetString() ?? "", CultureInfo.InvariantCulture),
                root.GetProperty("reason").GetString())
            {
                ProcessMark = root.TryGetProperty("process", out var mark) ? mark.GetString() : null,
            };
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Returns the name of a state, as records and commands write it.</summary>
    /// <param name="state">The state.</param>
    /// <returns>Its name in small letters.</returns>
    internal static string NameOf(RunState state) => state switch
    {
        RunState.Pending => "pending",
        RunState.Dead => "dead",
        RunState.Running => "running",
        RunState.Succeeded => "succeeded",
        RunState.Failed => "failed",
        RunState.Cancelled => "cancelled",
        _ => "unknown",
    };

    // No other name is ever written: it tells of damage.
    private static RunState? StateOf(string? name) => name switch
    {
        "pending" => RunState.Pending,
        "dead" => RunState.Dead,
        "running" => RunState.Running,
        "succeeded" => RunState.Succeeded,
        "failed" => RunState.Failed,
        "cancelled" => RunState.Cancelled,
        _ => null,
    };
}
