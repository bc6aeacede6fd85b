using System.Collections.Concurrent;
using System.Text.Json;
using Metaflow.Artifacts;
using Metaflow.Errors;
using Metaflow.Launching;
using Metaflow.Storage;
using Metaflow.Tasks;

namespace Metaflow.Scheduling;

/// <summary>Remembers what the tasks of each step read, so that the next task of the step begins to load it while its program
/// starts.</summary>
/// <remarks>
/// <para>Only for stores that are not a folder of this machine: there each read costs a round trip, here it costs microseconds.</para>
/// <para>The flow's next run finds it in <c>F/_meta/reads.json</c>. It is a guess, so that whatever goes wrong with it is
/// ignored.</para>
/// </remarks>
/// <param name="datastore">The flow's datastore.</param>
internal sealed class StepReads(FlowDatastore datastore)
{
    private readonly ConcurrentDictionary<string, ExpectedReads> _steps = new(StringComparer.Ordinal);
    private readonly bool _isFar = datastore.Blobs.TypeName != StoreAddress.LocalType;
    private volatile bool _hasLearned;

    private string Path => $"{datastore.Flow}/_meta/reads.json";

    /// <summary>Returns what a task of a step is likely to read.</summary>
    /// <param name="step">The step's name on disk.</param>
    /// <returns>The expectation.</returns>
    public ExpectedReads Of(string step) => _isFar && _steps.TryGetValue(step, out var reads) ? reads : ExpectedReads.None;

    /// <summary>Takes what a task read.</summary>
    /// <param name="step">The step's name on disk.</param>
    /// <param name="lineage">What the task recorded.</param>
    public void Learn(string step, TaskLineage lineage)
    {
        if (_isFar)
        {
            var inputs = lineage.InputReads.SelectMany(static input => input.Reads.Keys).Distinct(StringComparer.Ordinal);
            _steps[step] = new ExpectedReads(
                [.. lineage.Reads.Keys.Take(ExpectedReads.MostNames)], [.. inputs.Take(ExpectedReads.MostNames)]);
            _hasLearned = true;
        }
    }

    /// <summary>Reads what the flow's last run learned. Tasks of steps that this run has seen since keep what it saw.</summary>
    /// <returns>A task that ends when it is read, or cannot be.</returns>
    public async Task RecallAsync()
    {
        try
        {
            if (_isFar && await datastore.Blobs.ReadAsync(Path, default).ConfigureAwait(false) is { } json)
            {
                using var document = JsonDocument.Parse(json);
                foreach (var step in document.RootElement.EnumerateObject())
                {
                    _steps.TryAdd(step.Name, new ExpectedReads(NamesOf(step.Value, "own"), NamesOf(step.Value, "inputs")));
                }
            }
        }
        catch (Exception error) when (error is MetaflowException or JsonException or InvalidOperationException or KeyNotFoundException)
        {
            // Without it the first tasks read what they read one after the other.
        }
    }

    /// <summary>Keeps what this run learned for the flow's next one.</summary>
    /// <returns>A task that ends when it is kept, or cannot be.</returns>
    public async Task KeepAsync()
    {
        if (!_hasLearned)
        {
            return;
        }

        try
        {
            await datastore.Blobs.SaveAsync([new BlobWrite(Path, ToJson())], overwrite: true, default).ConfigureAwait(false);
        }
        catch (MetaflowException)
        {
            // The next run learns it again.
        }
    }

    private static List<string> NamesOf(JsonElement step, string kind) =>
    [
        .. step.GetProperty(kind).EnumerateArray()
            .Select(static name => name.GetString()).OfType<string>().Take(ExpectedReads.MostNames),
    ];

    private byte[] ToJson()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            foreach (var (step, reads) in _steps.OrderBy(static step => step.Key, StringComparer.Ordinal))
            {
                json.WriteStartObject(step);
                Write(json, "own", reads.Own);
                Write(json, "inputs", reads.Inputs);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static void Write(Utf8JsonWriter json, string kind, IReadOnlyList<string> names)
    {
        json.WriteStartArray(kind);
        foreach (var name in names)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
    }
}
