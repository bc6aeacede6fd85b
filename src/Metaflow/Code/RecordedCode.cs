using System.Text.Json;
using Metaflow.Artifacts;
using Metaflow.Metadata;
using Metaflow.Naming;

namespace Metaflow.Code;

/// <summary>Says which code the steps of a run ran, as it was recorded.</summary>
internal static class RecordedCode
{
    /// <summary>The metadata field of a run's <c>_parameters</c> task: a JSON object of hashes by step.</summary>
    public const string RunField = InternalFields.RecordedCode;

    /// <summary>The metadata field of a clone: the hash of the code that its origin ran.</summary>
    public const string TaskField = "code-identity";

    /// <summary>Writes identities.</summary>
    /// <param name="identities">The hashes by step.</param>
    /// <returns>The JSON.</returns>
    public static string ToJson(IReadOnlyDictionary<string, string> identities)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            foreach (var (step, identity) in identities)
            {
                json.WriteString(step, identity);
            }

            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>Reads what is recorded of a run.</summary>
    /// <param name="metadata">The records.</param>
    /// <param name="parameters">The run's task of parameters.</param>
    /// <returns>The hashes by step. A step whose code changed while the run continued (it was continued with new code) has none: nobody
    /// knows which of its tasks ran which.</returns>
    public static async Task<IReadOnlyDictionary<string, string>> ReadAsync(IMetadataProvider metadata, TaskPath parameters)
    {
        var identities = new Dictionary<string, string>(StringComparer.Ordinal);
        var ambiguous = new HashSet<string>(StringComparer.Ordinal);
        foreach (var datum in await metadata.ListMetadataAsync(parameters, default).ConfigureAwait(false))
        {
            if (datum.Field == RunField)
            {
                Add(identities, ambiguous, datum.Text);
            }
        }

        foreach (var step in ambiguous)
        {
            identities.Remove(step);
        }

        return identities;
    }

    private static void Add(Dictionary<string, string> identities, HashSet<string> ambiguous, string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            foreach (var step in json.RootElement.EnumerateObject())
            {
                var identity = step.Value.GetString() ?? "";
                if (!identities.TryAdd(step.Name, identity) && identities[step.Name] != identity)
                {
                    ambiguous.Add(step.Name);
                }
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // What cannot be read tells nothing: its steps have no identity, and their tasks are not reused.
        }
    }
}
