using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Metaflow.Tasks;

internal sealed partial record TaskLineage
{
    /// <summary>Writes the lineage.</summary>
    /// <returns>The JSON. Empty parts are left out.</returns>
    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            WriteReads(json, "reads", Reads);
            WriteTexts(json, "steps", InputSteps);
            if (InputReads.Count > 0)
            {
                json.WriteStartObject("inputs");
                foreach (var input in InputReads)
                {
                    WriteReads(json, input.Input.ToString(CultureInfo.InvariantCulture), input.Reads);
                }

                json.WriteEndObject();
            }

            WriteTexts(json, "names", InputNames);
            WriteText(json, "item", Item);
            WriteReads(json, "current", Answers);
            WriteTexts(json, "written", Written, always: true);
            if (IsWhole)
            {
                json.WriteBoolean("whole", true);
            }

            WriteText(json, "observed", Observed);
            WriteText(json, "code", Code);
            if (Result is not null)
            {
                json.WritePropertyName("result");
                Result.Write(json);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    /// <summary>Reads a lineage.</summary>
    /// <param name="utf8">The note's content.</param>
    /// <returns>The lineage, or <see langword="null"/> when the note has none: it is Python's, or an older version's.</returns>
    public static TaskLineage? FromJson(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("written", out _))
            {
                return null;
            }

            return new TaskLineage
            {
                Reads = root.TryGetProperty("reads", out var reads) ? ReadReads(reads) : new Dictionary<string, string?>(),
                InputSteps = ReadTexts(root, "steps"),
                InputReads = ReadInputs(root),
                InputNames = ReadTexts(root, "names"),
                Written = ReadTexts(root, "written"),
                Item = root.TryGetProperty("item", out var item) ? item.GetString() : null,
                Answers = root.TryGetProperty("current", out var answers) ? ReadReads(answers) : new Dictionary<string, string?>(),
                IsWhole = root.TryGetProperty("whole", out var whole) && whole.GetBoolean(),
                Observed = root.TryGetProperty("observed", out var observed) ? observed.GetString() : null,
                Code = root.TryGetProperty("code", out var code) ? code.GetString() : null,
                Result = root.TryGetProperty("result", out var result) ? TaskResult.Read(result) : null,
            };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            return null;
        }
    }

    private static void WriteReads(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string?> reads)
    {
        if (reads.Count == 0)
        {
            return;
        }

        json.WriteStartObject(name);
        foreach (var (artifact, key) in reads)
        {
            json.WriteString(artifact, key);
        }

        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts, bool always = false)
    {
        if (texts.Count == 0 && !always)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }

    private static Dictionary<string, string?> ReadReads(JsonElement element)
    {
        var reads = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var read in element.EnumerateObject())
        {
            reads[read.Name] = read.Value.GetString();
        }

        return reads;
    }

    private static List<InputReads> ReadInputs(JsonElement root)
    {
        var inputs = new List<InputReads>();
        if (root.TryGetProperty("inputs", out var found))
        {
            foreach (var input in found.EnumerateObject())
            {
                inputs.Add(new InputReads(int.Parse(input.Name, CultureInfo.InvariantCulture), ReadReads(input.Value)));
            }
        }

        return inputs;
    }

    private static List<string> ReadTexts(JsonElement root, string name)
    {
        var texts = new List<string>();
        if (root.TryGetProperty(name, out var found))
        {
            foreach (var text in found.EnumerateArray())
            {
                texts.Add(text.GetString() ?? "");
            }
        }

        return texts;
    }
}
