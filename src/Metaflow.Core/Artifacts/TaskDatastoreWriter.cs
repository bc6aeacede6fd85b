using System.Buffers;
using System.Text;
using Metaflow.Naming;
using Metaflow.Serialization;
using Metaflow.Storage;

namespace Metaflow.Artifacts;

/// <summary>Writes what an attempt of a task leaves in the datastore. Everything is durable when a call returns.</summary>
/// <remarks>Not for several threads. The order is the caller's: begin, artifacts and notes, commit.</remarks>
internal sealed class TaskDatastoreWriter
{
    private readonly FlowDatastore _datastore;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, ArtifactRecord> _records = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ReadOnlySequence<byte>>? _payloads;

    internal TaskDatastoreWriter(FlowDatastore datastore, TaskPath task, int attempt, TimeProvider time)
    {
        _datastore = datastore;
        _time = time;
        Task = task;
        Attempt = attempt;
        _payloads = datastore.Relied is null ? null : new(StringComparer.Ordinal);
    }

    /// <summary>Gets the task.</summary>
    public TaskPath Task { get; }

    /// <summary>Gets the attempt's number, from 0.</summary>
    public int Attempt { get; }

    /// <summary>Gets the artifacts that were saved or inherited so far, by name.</summary>
    public IReadOnlyDictionary<string, ArtifactRecord> Records => _records;

    /// <summary>Records that the attempt has started. From now on it hides earlier attempts, complete or not.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when the record is durable.</returns>
    /// <exception cref="Errors.StorageException">The write failed (MF4001, MF4003, MF4004, MF4006).</exception>
    public ValueTask BeginAttemptAsync(CancellationToken cancellationToken)
    {
        // Not awaited: whoever counts on something waits for it.
        _ = _datastore.Relied?.BeginAsync();
        return SaveAsync(Beginning(), cancellationToken);
    }

    /// <summary>Stores values and remembers them for the list of artifacts.</summary>
    /// <param name="artifacts">The values by name on disk; one of a name that is known replaces it.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The records, in the order given.</returns>
    /// <exception cref="Errors.StorageException">The write failed (MF4001, MF4003, MF4004, MF4006).</exception>
    public ValueTask<IReadOnlyList<ArtifactRecord>> SaveArtifactsAsync(
        IReadOnlyList<KeyValuePair<string, SerializedArtifact>> artifacts, CancellationToken cancellationToken)
        => SaveArtifactsAsync(artifacts, [], cancellationToken);

    /// <summary>Stores values and remembers them for the list of artifacts.</summary>
    /// <param name="artifacts">The values by name on disk; one of a name that is known replaces it.</param>
    /// <param name="read">The inherited artifacts that this process loaded, which checked their blobs. A value that still has the bytes
    /// of one of them is neither looked for in the store nor written.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The records, in the order given.</returns>
    /// <exception cref="Errors.StorageException">The write failed (MF4001, MF4003, MF4004, MF4006).</exception>
    public async ValueTask<IReadOnlyList<ArtifactRecord>> SaveArtifactsAsync(
        IReadOnlyList<KeyValuePair<string, SerializedArtifact>> artifacts,
        IReadOnlyCollection<ArtifactRecord> read,
        CancellationToken cancellationToken)
    {
        var payloads = new ReadOnlySequence<byte>[artifacts.Count];
        for (var i = 0; i < payloads.Length; i++)
        {
            payloads[i] = artifacts[i].Value.Payload;
        }

        if (_datastore.Relied is { } relied)
        {
            await relied.BeginAsync().ConfigureAwait(false);
        }

        StoredPayload[] known = [.. read.Select(static record => new StoredPayload(record.Key, record.Size))];
        var keys = await _datastore.Content.SaveAsync(payloads, raw: false, known, cancellationToken).ConfigureAwait(false);
        var records = new ArtifactRecord[artifacts.Count];
        for (var i = 0; i < records.Length; i++)
        {
            var (name, value) = artifacts[i];
            records[i] = new ArtifactRecord(name, keys[i], value.Size, value.TypeName, value.Encoding);
            _records[name] = records[i];
            _payloads?.TryAdd(keys[i], payloads[i]);
        }

        return records;
    }

    /// <summary>Adds artifacts of an earlier task as they are; one of a name that is known replaces it.</summary>
    /// <param name="records">The artifacts; their blobs are in this flow's datastore.</param>
    public void Inherit(IEnumerable<ArtifactRecord> records)
    {
        foreach (var record in records)
        {
            _records[record.Name] = record;
        }
    }

    /// <summary>Returns the record of a value that was read from this datastore and is the bytes of an artifact still.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The record; <see langword="null"/> for all values but streams.</returns>
    public ArtifactRecord? RecordOf(object? value)
        => value is StoredStream stream && stream.IsIn(_datastore.Content) ? stream.Record : null;

    /// <summary>Takes an inherited artifact out again.</summary>
    /// <param name="name">Its name; one that is not there is ignored.</param>
    public void Drop(string name) => _records.Remove(name);

    /// <summary>Stores a note about the attempt, such as <c>task_begin</c>.</summary>
    /// <param name="name">The note's name.</param>
    /// <param name="json">Its content.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when the note is durable.</returns>
    /// <exception cref="Errors.StorageException">The write failed (MF4001, MF4003, MF4004, MF4006).</exception>
    public ValueTask SaveNoteAsync(string name, string json, CancellationToken cancellationToken)
        => SaveAsync(Note(name, json), cancellationToken);

    /// <summary>Completes the attempt: its list of artifacts becomes durable, then the mark that makes it count.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when the mark is durable.</returns>
    /// <exception cref="Errors.StorageException">The write failed (MF4001, MF4003, MF4004, MF4006); the attempt then does not
    /// count.</exception>
    public async ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        await SaveAsync(Data(), cancellationToken).ConfigureAwait(false);
        await ConfirmAsync(cancellationToken).ConfigureAwait(false);
        await SaveAsync(Done(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stores an attempt that is over, such as that of a clone, at once instead of beginning and committing it: the disk is
    /// waited for once.</summary>
    /// <param name="others">What else is stored of it, notes and logs.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when all is durable. The mark that makes the attempt count becomes visible last.</returns>
    /// <exception cref="Errors.StorageException">The write failed (MF4001, MF4003, MF4004, MF4006); the attempt then does not
    /// count.</exception>
    public async ValueTask SaveCompleteAsync(IEnumerable<BlobWrite> others, CancellationToken cancellationToken)
    {
        BlobWrite[] first = [Beginning(), .. others, Data()];
        if (_datastore.Relied is null)
        {
            await _datastore.Blobs.SaveAsync([.. first, Done()], overwrite: true, cancellationToken).ConfigureAwait(false);
            return;
        }

        await _datastore.Blobs.SaveAsync(first, overwrite: true, cancellationToken).ConfigureAwait(false);
        await ConfirmAsync(cancellationToken).ConfigureAwait(false);
        await SaveAsync(Done(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes a note for <see cref="SaveCompleteAsync"/>.</summary>
    /// <param name="name">The note's name.</param>
    /// <param name="json">Its content.</param>
    /// <returns>What to write.</returns>
    public BlobWrite Note(string name, string json) => FileOf(name, Encoding.UTF8.GetBytes(json));

    /// <summary>Makes sure that no collection removes what the list of artifacts names, nor has removed it.</summary>
    private ValueTask ConfirmAsync(CancellationToken cancellationToken)
        => _datastore.Relied is { } relied ? relied.ConfirmAsync(_records.Values, _payloads!, cancellationToken) : default;

    private BlobWrite Beginning()
    {
        var seconds = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / (decimal)TimeSpan.TicksPerSecond;
        return FileOf(AttemptFiles.Started, RecordJson.Write(json => json.WriteNumber("time", seconds)));
    }

    private BlobWrite Data() => FileOf(AttemptFiles.Data, DataFile.ToJson(_datastore.Blobs.TypeName, Attempt, _records.Values));

    private BlobWrite Done() => FileOf(AttemptFiles.Done, "\"\""u8.ToArray()) with { IsLast = true };

    private BlobWrite FileOf(string name, byte[] content) => new(AttemptFiles.PathOf(Task, Attempt, name), content);

    private ValueTask SaveAsync(BlobWrite file, CancellationToken cancellationToken)
    {
        var saving = _datastore.Blobs.SaveAsync([file], overwrite: true, cancellationToken);
        if (!saving.IsCompletedSuccessfully)
        {
            return new ValueTask(saving.AsTask());
        }

        _ = saving.Result;
        return ValueTask.CompletedTask;
    }
}
