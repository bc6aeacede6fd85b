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

    /// <summary>Gets a value indicating whether the step failed and <c>[Catch]</c> handled the failure.</summary>
    public bool IsCaught { get; init; }

    /// <summary>Gets the items of its foreach as texts, for people; empty when they are not recorded.</summary>
    public IReadOnlyList<string> Items { get; init; } = [];

    /// <summary>Writes the result.</summary>
    /// <param name="json">Receives an object.</param>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        WriteTexts(json, "next", NextSteps);
        WriteNumber(json, "splits", NumSplits);
        WriteNumber(json, "gang", GangSize);
        WriteNumber(json, "parallel", MaxParallel);
        if (IsCaught)
        {
            json.WriteBoolean("caught", true);
        }

        if (Items.Count > 0)
        {
            WriteTexts(json, "items", Items);
        }

        json.WriteEndObject();
    }

    /// <summary>Reads a result.</summary>
    /// <param name="json">The object.</param>
    /// <returns>The result.</returns>
    public static TaskResult Read(JsonElement json) => new(Texts(json.GetProperty("next")), Number(json, "splits"))
    {
        GangSize = Number(json, "gang"),
        MaxParallel = Number(json, "parallel"),
        IsCaught = json.TryGetProperty("caught", out var caught) && caught.GetBoolean(),
        Items = json.TryGetProperty("items", out var items) ? Texts(items) : [],
    };

    private static List<string> Texts(JsonElement json)
    {
        var texts = new List<string>(json.GetArrayLength());
        foreach (var text in json.EnumerateArray())
        {
            texts.Add(text.GetString() ?? "");
        }

        return texts;
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
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
