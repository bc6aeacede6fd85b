using System.Text.Json;
using Metaflow.Errors;
using Metaflow.Storage;

namespace Metaflow.Code;

/// <summary>Keeps the identities of a flow's steps in the flow's folder, so that only the first run after a build has to compute
/// them.</summary>
/// <param name="blobs">The datastore.</param>
/// <param name="flowName">The flow.</param>
internal sealed class CodeCache(IBlobStore blobs, string flowName)
{
    private const string BuildField = "build";
    private const string StepsField = "steps";

    private string Path => $"{flowName}/_meta/code-identities.json";

    /// <summary>Returns what was computed for this build, or computes it.</summary>
    /// <param name="flow">The flow.</param>
    /// <param name="steps">The names of the steps on disk.</param>
    /// <param name="compute">Computes the identities by step.</param>
    /// <returns>The identities by step.</returns>
    public IReadOnlyDictionary<string, string> Recall(
        FlowSpec flow, IReadOnlyList<string> steps, Func<IReadOnlyDictionary<string, string>> compute)
    {
        if (BuildIdentity.Of(flow) is not { } build)
        {
            return compute();
        }

        if (Read(build) is { } known && steps.All(known.ContainsKey))
        {
            return known;
        }

        var computed = compute();
        Write(build, computed);
        return computed;
    }

    private Dictionary<string, string>? Read(string build)
    {
        try
        {
            using var content = Completion.Of(() => blobs.OpenAsync(Path, default))?.Content;
            if (content is null)
            {
                return null;
            }

            using var json = JsonDocument.Parse(content);
            return json.RootElement.GetProperty(BuildField).ValueEquals(build)
                ? json.RootElement.GetProperty(StepsField).EnumerateObject().ToDictionary(
                    static step => step.Name, static step => step.Value.GetString()!, StringComparer.Ordinal)
                : null;
        }
        catch (Exception error)
            when (error is StorageException or IOException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // What cannot be read is computed, and written again.
            return null;
        }
    }

    private void Write(string build, IReadOnlyDictionary<string, string> identities)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString(BuildField, build);
            json.WriteStartObject(StepsField);
            foreach (var (step, identity) in identities)
            {
                json.WriteString(step, identity);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        var bytes = stream.ToArray();
        try
        {
            Completion.Of(() => blobs.SaveAsync([new BlobWrite(Path, bytes)], overwrite: true, default));
        }
        catch (StorageException)
        {
            // The next run computes them again.
        }
    }
}
