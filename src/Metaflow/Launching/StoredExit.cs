using System.Text;
using System.Text.Json;
using Metaflow.Errors;

namespace Metaflow.Launching;

/// <summary>The end of a task as the store has it, for a scheduler on another machine.</summary>
internal static class StoredExit
{
    /// <summary>Writes an end.</summary>
    /// <param name="exit">How the task ended.</param>
    /// <returns>The note's content.</returns>
    public static string ToJson(TaskExit exit)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("return_code", exit.ExitCode);
            json.WriteBoolean("killed", exit.WasKilled);
            json.WriteString("kind", exit.Kind.ToString());
            WriteError(json, "ended", exit.Ended);
            WriteError(json, "log_error", exit.LogError);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>Reads an end.</summary>
    /// <param name="utf8">The note's content.</param>
    /// <returns>The end; <see langword="null"/> when the text is none.</returns>
    public static TaskExit? FromJson(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8);
            var root = document.RootElement;
            return new TaskExit(root.GetProperty("return_code").GetInt32(), root.GetProperty("killed").GetBoolean())
            {
                Kind = Enum.TryParse<FailureKinds>(root.GetProperty("kind").GetString(), out var kind) ? kind : FailureKinds.None,
                Ended = ReadError(root, "ended", static (code, what, why, fix) => new LaunchException(code, what, why, fix)),
                LogError = ReadError(root, "log_error", static (code, what, why, fix) => new StorageException(code, what, why, fix)),
            };
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static void WriteError(Utf8JsonWriter json, string name, MetaflowException? error)
    {
        if (error is null)
        {
            return;
        }

        json.WriteStartArray(name);
        json.WriteStringValue(error.Code);
        json.WriteStringValue(error.What);
        json.WriteStringValue(error.Why);
        json.WriteStringValue(error.Fix);
        json.WriteEndArray();
    }

    private static T? ReadError<T>(JsonElement root, string name, Func<string, string, string, string, T> make)
        where T : MetaflowException
        => root.TryGetProperty(name, out var parts)
            ? make(parts[0].GetString() ?? "", parts[1].GetString() ?? "", parts[2].GetString() ?? "", parts[3].GetString() ?? "")
            : null;
}
