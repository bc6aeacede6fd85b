using System.Globalization;
using System.Text.Json;
using Metaflow.Artifacts;
using Metaflow.Cleanup;
using Metaflow.Metadata;
using Metaflow.Storage;

namespace Metaflow.Verification;

/// <summary>Says what is wrong with the JSON of a record. The format has no checksums, so each member that can be compared with another
/// one, or with the record's path, is.</summary>
internal static class RecordRules
{
    private const int LongestPause = 100;

    private static readonly string[] Levels = ["flow_id", "run_number", "step_name", "task_id"];

    /// <summary>Checks the record of a flow, a run, a step or a task.</summary>
    /// <param name="json">The record.</param>
    /// <param name="names">The names of the flow, the run, the step and the task, as far as the record is about them.</param>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static string? OfObject(ReadOnlyMemory<byte> json, IReadOnlyList<string> names) => Of(json, root =>
    {
        _ = MetadataRecordJson.CreatedAt(root);
        return WhyOfOther(root, names) ?? (names.Count > 1 ? WhyWithoutOrigin(root) : null);
    });

    /// <summary>Checks a datum of a task.</summary>
    /// <param name="json">The record.</param>
    /// <param name="fileName">The record's name.</param>
    /// <param name="names">The names of the flow, the run, the step and the task.</param>
    /// <param name="datum">The datum, if it can be understood.</param>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static string? OfDatum(ReadOnlyMemory<byte> json, string fileName, IReadOnlyList<string> names, out MetadataDatum? datum)
    {
        MetadataDatum? read = null;
        var why = Of(json, root =>
        {
            read = MetadataRecordJson.ReadDatum(root);
            return WhyOfOther(root, names) ?? Missing(root, "value", "type", "tags", "user_name")
                ?? (MetadataFiles.IsDone(fileName) && MetadataFiles.AttemptOf(read) is null ? "it names no attempt" : null)
                ?? (IsNamed(fileName, read) ? null : $"it is about '{read.Field}' of another time than its name says");
        });
        datum = read;
        return why;
    }

    /// <summary>Checks the datum that names a code package.</summary>
    /// <param name="json">The record.</param>
    /// <param name="key">The key of the package; empty if it names none.</param>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static string? OfPackage(ReadOnlyMemory<byte> json, out string key)
    {
        var named = "";
        var why = Of(json, _ =>
        {
            named = BlobMarks.PackageKey(json);
            return named.Length == 0 || BlobContent.IsKey(named) ? null : $"the code package '{named}' is not a hash";
        });
        key = why is null ? named : "";
        return why;
    }

    /// <summary>Checks the record of an artifact.</summary>
    /// <param name="json">The record.</param>
    /// <param name="fileName">The record's name.</param>
    /// <param name="names">The names of the flow, the run, the step and the task.</param>
    /// <param name="artifact">The record, if it can be understood.</param>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static string? OfArtifact(
        ReadOnlyMemory<byte> json, string fileName, IReadOnlyList<string> names, out RegisteredArtifact? artifact)
    {
        RegisteredArtifact? read = null;
        var why = Of(json, root =>
        {
            read = MetadataRecordJson.ReadArtifact(root);
            return WhyOfOther(root, names) ?? WhyWithoutOrigin(root) ?? Missing(root, "attempt_id", "content_type", "ds_type", "location")
                ?? (fileName == MetadataFiles.OfArtifact(read.Attempt, read.Artifact.Name) ? null
                    : $"it is about the artifact '{read.Artifact.Name}' of attempt {read.Attempt}, unlike its name")
                ?? (Text(root, "type") == "metaflow.artifact" ? null : "its 'type' is not 'metaflow.artifact'");
        });
        artifact = read;
        return why;
    }

    /// <summary>Checks the list of an attempt's artifacts.</summary>
    /// <param name="json">The list.</param>
    /// <param name="attempt">The attempt's number.</param>
    /// <param name="isComplete">Whether the attempt is complete.</param>
    /// <param name="records">The artifacts, if the list can be understood.</param>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static string? OfList(
        ReadOnlyMemory<byte> json, int attempt, bool isComplete, out Dictionary<string, ArtifactRecord>? records)
    {
        Dictionary<string, ArtifactRecord>? read = null;
        var why = Of(json, root =>
        {
            read = DataFile.FromJson(json);
            return WhyWrongAttempt(root, attempt)
                ?? (isComplete && !read.ContainsKey(InternalArtifacts.TaskOk)
                    ? $"it lacks '{InternalArtifacts.TaskOk}', which every complete attempt has" : null)
                ?? WhyWrongInfo(root, read);
        });
        records = read;
        return why;
    }

    /// <summary>Checks a note.</summary>
    /// <param name="json">The note.</param>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static string? OfNote(ReadOnlyMemory<byte> json) => Of(json, static _ => null);

    private static string? Of(ReadOnlyMemory<byte> json, Func<JsonElement, string?> check)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            ReadTexts(document.RootElement);
            return check(document.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentOutOfRangeException
            or KeyNotFoundException)
        {
            return json.IsEmpty ? "it is empty" : error.Message.TrimEnd('.');
        }
    }

    /// <summary>Reads all texts: the parser does not look whether they are UTF-8, and a reader of one that is not fails.</summary>
    private static void ReadTexts(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in element.EnumerateObject())
            {
                _ = member.Name;
                ReadTexts(member.Value);
            }
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                ReadTexts(item);
            }
        }
        else if (element.ValueKind == JsonValueKind.String)
        {
            _ = element.GetString();
        }
    }

    // Python Metaflow looks at its clock once for the name, and once for the record.
    private static bool IsNamed(string fileName, MetadataDatum datum)
        => Enumerable.Range(0, LongestPause).Any(
            pause => fileName == MetadataFiles.OfDatum(datum.Field, datum.CreatedAt.ToUnixTimeMilliseconds() - pause)
                || fileName == MetadataFiles.OfDatum(datum.Field, datum.CreatedAt.ToUnixTimeMilliseconds() + pause));

    private static string? WhyOfOther(JsonElement root, IReadOnlyList<string> names)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (Text(root, Levels[i]) is var named && named != names[i])
            {
                return named is null ? $"it has no '{Levels[i]}'" : $"its '{Levels[i]}' is '{named}', unlike its path";
            }
        }

        return null;
    }

    private static string? WhyWithoutOrigin(JsonElement root) => Missing(root, "user_name", "tags", "system_tags");

    private static string? WhyWrongAttempt(JsonElement root, int attempt)
        => Text(root, "attempt") is { } named && named != attempt.ToString(CultureInfo.InvariantCulture)
            ? $"its 'attempt' is {named}, unlike its name"
            : null;

    private static string? WhyWrongInfo(JsonElement root, Dictionary<string, ArtifactRecord> records)
    {
        if (records.Values.FirstOrDefault(static record => !BlobContent.IsKey(record.Key)) is { } wrong)
        {
            return $"'{wrong.Key}' of '{wrong.Name}' is not a hash";
        }

        var named = root.TryGetProperty("info", out var info) && info.ValueKind == JsonValueKind.Object
            ? info.EnumerateObject().Select(static item => item.Name).ToHashSet(StringComparer.Ordinal)
            : [];
        return named.SetEquals(records.Keys) ? null : "its 'objects' and its 'info' have different names";
    }

    private static string? Missing(JsonElement root, params ReadOnlySpan<string> members)
    {
        foreach (var member in members)
        {
            if (!root.TryGetProperty(member, out _))
            {
                return $"it has no '{member}'";
            }
        }

        return null;
    }

    private static string? Text(JsonElement root, string name)
        => !root.TryGetProperty(name, out var value) ? null
            : value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText();
}
