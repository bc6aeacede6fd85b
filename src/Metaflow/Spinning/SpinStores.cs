using Metaflow.Artifacts;
using Metaflow.Metadata;
using Metaflow.Naming;
using Metaflow.Platform;
using Metaflow.Serialization;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Stores;
using Metaflow.Tasks;

namespace Metaflow.Spinning;

/// <summary>Where a spin writes: a root of its own, through which the values of the earlier run are read. Nothing of the earlier run is
/// changed.</summary>
internal sealed class SpinStores : IDisposable
{
    private const string FolderName = ".metaflow_spin";

    private readonly IBlobStore _origin;
    private readonly string? _temporary;

    /// <summary>Opens the stores.</summary>
    /// <param name="settings">Says where the earlier runs are.</param>
    /// <param name="flow">The flow's name.</param>
    /// <param name="persists">Whether the results are kept; else they are removed with this object.</param>
    /// <param name="time">The clock.</param>
    public SpinStores(MetaflowSettings settings, string flow, bool persists, TimeProvider time)
    {
        _temporary = persists ? null : Directory.CreateTempSubdirectory("metaflow-spin-").FullName;
        var options = StoreOptions.Of(settings.Environment, time, settings.Origins);
        var earlier = RunStores.Open(settings.Datastore, options, settings.MetadataType);
        _origin = earlier.Blobs;
        EarlierMetadata = earlier.Metadata;
        (Blobs, Metadata) = RunStores.Open(StoreAddress.Local(Path.Combine(_temporary ?? FolderOf(settings), FolderName)), options);
        Earlier = new FlowDatastore(_origin, flow, time);
        Datastore = new FlowDatastore(new ReadThroughBlobStore(Blobs, _origin), flow, time);
    }

    /// <summary>Gets the store that is written to.</summary>
    public IBlobStore Blobs { get; }

    /// <summary>Gets a value indicating whether the results are kept.</summary>
    public bool AreKept => _temporary is null;

    /// <summary>Gets the records of spins.</summary>
    public IMetadataProvider Metadata { get; }

    /// <summary>Gets the records of the earlier runs.</summary>
    public IMetadataProvider EarlierMetadata { get; }

    /// <summary>Gets the datastore of the earlier runs.</summary>
    public FlowDatastore Earlier { get; }

    /// <summary>Gets the datastore of the spin.</summary>
    public FlowDatastore Datastore { get; }

    /// <summary>Puts the inputs of an earlier join into the order in which it had them, where its records tell.</summary>
    /// <param name="task">The join's task.</param>
    /// <param name="attempt">Its attempt.</param>
    /// <param name="inputs">The inputs.</param>
    /// <returns>The inputs in order.</returns>
    public async Task<IReadOnlyList<TaskPath>> InOrderAsync(TaskPath task, int attempt, IReadOnlyList<TaskPath> inputs)
    {
        var note = await Earlier.ReadNoteAsync(task, attempt, TaskLineage.Note, default).ConfigureAwait(false);
        var steps = note is null ? [] : TaskLineage.FromJson(note)?.InputSteps.ToList() ?? [];
        return steps.Distinct().Count() > 1 ? [.. inputs.OrderBy(input => steps.IndexOf(input.Step))] : inputs;
    }

    /// <summary>Gives the results of an earlier task to the spin as a task of its own, with values replaced.</summary>
    /// <param name="earlier">The earlier task.</param>
    /// <param name="runId">The spin's run.</param>
    /// <param name="replaced">The values.</param>
    /// <returns>The records of what was given.</returns>
    public async Task<TaskDatastoreWriter> GiveAsync(
        TaskPath earlier, string runId, IReadOnlyList<KeyValuePair<string, SerializedArtifact>> replaced)
    {
        var artifacts = await Earlier.OpenTaskAsync(earlier, null, default).ConfigureAwait(false);
        var writer = Datastore.OpenWriter(earlier with { RunId = runId }, 0);
        await writer.BeginAttemptAsync(default).ConfigureAwait(false);
        writer.Inherit(artifacts.Records.Values);
        await writer.SaveArtifactsAsync(replaced, default).ConfigureAwait(false);
        await writer.CommitAsync(default).ConfigureAwait(false);
        return writer;
    }

    /// <summary>Copies values that a task only inherited, so that the spin's root can be read without the earlier run's.</summary>
    /// <param name="records">The task's artifacts.</param>
    /// <returns>A task that ends when all are there.</returns>
    public async Task KeepAsync(IEnumerable<ArtifactRecord> records)
    {
        foreach (var key in records.Select(static record => record.Key).Distinct())
        {
            var path = $"{Datastore.Flow}/data/{key[..2]}/{key}";
            if (await Blobs.SizeAsync(path, default).ConfigureAwait(false) is null
                && await _origin.OpenAsync(path, default).ConfigureAwait(false) is { } blob)
            {
                await blob.Content.DisposeAsync().ConfigureAwait(false);
                BlobWrite copy = new(path, (target, cancellationToken) => CopyAsync(path, target, cancellationToken))
                {
                    Packing = blob.Packing,
                };
                await Blobs.SaveAsync([copy], overwrite: false, default).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Removes what was given as inputs: those are tasks of the earlier run, and no records of the spin name them.</summary>
    /// <param name="inputs">The earlier tasks.</param>
    /// <param name="task">The task of the spin.</param>
    public void Forget(IReadOnlyList<TaskPath> inputs, TaskPath task)
    {
        foreach (var step in inputs.Select(static input => input.Step)
            .Where(step => step != task.Step && step != TaskPath.ParametersStep).Distinct())
        {
            var folder = Path.Combine(Blobs.Root, task.Flow, task.RunId, step);
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private async ValueTask CopyAsync(string path, Stream target, CancellationToken cancellationToken)
    {
        var blob = await _origin.OpenAsync(path, cancellationToken).ConfigureAwait(false)
            ?? throw new FileNotFoundException($"The blob '{path}' was removed in the meantime.");
        await using var content = blob.Content.ConfigureAwait(false);
        await blob.Content.CopyToAsync(target, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_temporary is not null)
        {
            Directory.Delete(_temporary, recursive: true);
        }
    }

    private static string FolderOf(MetaflowSettings settings)
        => SettingReader.Of(settings).Folder(SettingNames.SpinDatastoreRoot) is { } folder
            ? Path.GetFullPath(UserPath.WithHome(folder))
            : settings.Datastore.IsLocal ? Path.GetDirectoryName(settings.Datastore.Root)! : Environment.CurrentDirectory;
}
