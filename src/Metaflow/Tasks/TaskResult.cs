using System.Text.Json;

namespace Metaflow.Tasks;

/// <summary>What a task that succeeded decided: the scheduler continues by it. A task tells it in its note <c>task_end</c>, wherever it
/// runs.</summary>
/// <param name="NextSteps">The steps it moves on to.</param>
/// <param name="NumSplits">How many items its foreach has, or <see langword="null"/>.</param>
internal sealed record TaskResult(IReadOnlyList<string> NextSteps, int? NumSplits)
{
    /// <summary>Gets how many tasks its gang has, or <see langword="null"/> for no gang.</summary>
    public int? GangSize { get; init; }

    /// <summary>Gets how many tasks of its foreach may run at once, or <see langword="null"/> for any number.</summary>
    public int? MaxParallel { get; init; }

    /// <summary>Writes the result.</summary>
    /// <param name="json">Receives an object.</param>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("next");
        foreach (var step in NextSteps)
        {
            json.WriteStringValue(step);
        }

        json.WriteEndArray();
        WriteNumber(json, "splits", NumSplits);
        WriteNumber(json, "gang", GangSize);
        WriteNumber(json, "parallel", MaxParallel);
        json.WriteEndObject();
    }

    /// <summary>Reads a result.</summary>
    /// <param name="json">The object.</param>
    /// <returns>The result.</returns>
    public static TaskResult Read(JsonElement json)
    {
        var next = new List<string>();
        foreach (var step in json.GetProperty("next").EnumerateArray())
        {
            next.Add(step.GetString() ?? "");
        }

        return new TaskResult(next, Number(json, "splits")) { GangSize = Number(json, "gang"), MaxParallel = Number(json, "parallel") };
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, int? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    private static int? Number(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetInt32() : null;
}
