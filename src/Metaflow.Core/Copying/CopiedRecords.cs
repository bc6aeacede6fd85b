using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Copying;

/// <summary>What a metadata provider knows of a task.</summary>
/// <param name="Data">The data.</param>
/// <param name="Artifacts">The artifacts of all attempts.</param>
internal sealed record KnownTask(IReadOnlyList<MetadataDatum> Data, IReadOnlyList<RegisteredArtifact> Artifacts);

/// <summary>Writes the records of a run in the target as they are in the source, with their times. No metadata provider's own methods
/// could: what they record is new.</summary>
/// <param name="blobs">Where the target's provider keeps its records.</param>
/// <param name="run">The run.</param>
/// <param name="place">Names the target.</param>
internal sealed class CopiedRecords(IBlobStore blobs, RunRecord run, CopiedPlace place)
{
    /// <summary>Returns where a provider keeps its records, in the form that all providers of objects and folders share.</summary>
    /// <param name="stores">The stores.</param>
    /// <returns>The store of the records.</returns>
    /// <exception cref="Errors.ConfigurationException">MF6007: the provider has no such form.</exception>
    public static IBlobStore StoreOf(RunStores stores) => stores.Metadata switch
    {
        StoreMetadataProvider => stores.Blobs,
        LocalMetadataProvider local when stores.Blobs is LocalBlobStore blobs && blobs.Root == local.Location => blobs,
        LocalMetadataProvider local => RunStores.OpenBlobs(
            StoreAddress.Local(local.Location), StoreOptions.Without(TimeProvider.System)),
        var other => throw CopyErrors.RecordsNotWritable(other.TypeName),
    };

    /// <summary>Returns the records about a task that the target lacks; none of them makes the task visible.</summary>
    /// <param name="task">The task.</param>
    /// <param name="known">What the source knows of it.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What to store, and how many records are there already.</returns>
    public async Task<(IReadOnlyList<BlobWrite> Writes, int Found)> OfTaskAsync(
        TaskPath task, KnownTask known, CancellationToken cancellationToken)
    {
        var folder = $"{task}/{MetadataFiles.RecordFolder}";
        var entries = await blobs.ListAsync(folder, cancellationToken).ConfigureAwait(false);
        var names = entries.Select(static entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        List<(string Name, byte[] Json)> records =
        [
            .. known.Artifacts.Select(artifact => (
                MetadataFiles.OfArtifact(artifact.Attempt, artifact.Artifact.Name),
                MetadataRecordJson.Artifact(run, task, place.Of(artifact), Milliseconds(artifact.CreatedAt)))),
            .. Data(task, known.Data),
        ];
        return (
            [
                .. records.Where(record => !names.Contains(record.Name))
                    .Select(record => new BlobWrite($"{folder}/{record.Name}", record.Json)),
            ],
            records.Count(record => names.Contains(record.Name)));
    }

    /// <summary>Returns the record that makes a task visible.</summary>
    /// <param name="task">The task.</param>
    /// <returns>What to store.</returns>
    public BlobWrite SelfOf(TaskRecord task)
        => new(SelfOf(task.Path.ToString()), MetadataRecordJson.Task(run, task.Path, Milliseconds(task.CreatedAt)));

    /// <summary>Returns the record that makes a step visible.</summary>
    /// <param name="step">The step.</param>
    /// <returns>What to store.</returns>
    public BlobWrite SelfOf(StepRecord step) => new(
        SelfOf($"{step.Flow}/{step.RunId}/{step.Step}"), MetadataRecordJson.Step(run, step.Step, Milliseconds(step.CreatedAt)));

    /// <summary>Returns the record that makes the flow visible.</summary>
    /// <param name="flow">The flow.</param>
    /// <returns>What to store.</returns>
    public static BlobWrite SelfOf(FlowRecord flow)
        => new(SelfOf(flow.Flow), MetadataRecordJson.Flow(flow.Flow, Milliseconds(flow.CreatedAt)));

    /// <summary>Returns the record that makes the run visible.</summary>
    /// <returns>What to store.</returns>
    public BlobWrite SelfOfRun() => new(SelfOf($"{run.Flow}/{run.RunId}"), MetadataRecordJson.Run(run));

    /// <summary>Stores records.</summary>
    /// <param name="writes">The records.</param>
    /// <param name="overwrite">Whether to replace those that exist.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when they are durable.</returns>
    public async Task SaveAsync(IReadOnlyList<BlobWrite> writes, bool overwrite, CancellationToken cancellationToken)
    {
        if (writes.Count > 0)
        {
            await blobs.SaveAsync(writes, overwrite, cancellationToken).ConfigureAwait(false);
        }
    }

    private static string SelfOf(string folder) => $"{folder}/{MetadataFiles.RecordFolder}/{MetadataFiles.Self}";

    private static long Milliseconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    private IEnumerable<(string Name, byte[] Json)> Data(TaskPath task, IReadOnlyList<MetadataDatum> data)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var datum in data)
        {
            // The name is all that tells two data of one field apart, and the clock of its writer may have stood still between them.
            var milliseconds = Milliseconds(datum.CreatedAt);
            while (!names.Add(MetadataFiles.OfDatum(datum.Field, milliseconds)))
            {
                milliseconds++;
            }

            yield return (
                MetadataFiles.OfDatum(datum.Field, milliseconds),
                MetadataRecordJson.Datum(run, task, place.Of(datum), Milliseconds(datum.CreatedAt)));
        }
    }
}
