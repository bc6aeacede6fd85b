namespace Metaflow.Runs;

/// <summary>Stores what belongs to a run itself and not to its tasks: which process has the run, whether that process is alive, and the
/// journal.</summary>
/// <remarks>For a folder of this machine, it uses files and a lock of the system. For every other datastore, it uses objects, conditional
/// creation and signs of life. A store with a better way implements <see cref="IRunHomeStore"/>.</remarks>
public interface IRunHome
{
    /// <summary>Takes a run. No other process can take it until the lease is disposed, or its process is dead.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <param name="runId">The run's id.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The lease; <see langword="null"/> if another process holds the run.</returns>
    /// <exception cref="Errors.MetaflowException">The run could not be taken for another reason (MF5002, MF4001 and on).</exception>
    ValueTask<IRunLease?> TryTakeAsync(string flow, string runId, CancellationToken cancellationToken);

    /// <summary>Looks for signs of life of a run's scheduler. This does not take the run from another process.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <param name="runId">The run's id.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The signs.</returns>
    ValueTask<RunSigns> SignsAsync(string flow, string runId, CancellationToken cancellationToken);

    /// <summary>Reads the journal of a run.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <param name="runId">The run's id.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The records in order, without a truncated last one; <see langword="null"/> if there is no journal.</returns>
    /// <exception cref="Errors.MetadataException">A record is damaged (MF5020).</exception>
    /// <exception cref="Errors.StorageException">The journal cannot be read (MF4004, MF4007).</exception>
    ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>?> ReadJournalAsync(string flow, string runId, CancellationToken cancellationToken);

    /// <summary>Reads the last record of a journal. It does not read the records before it if that costs time.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <param name="runId">The run's id.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The record; <see langword="null"/> if there is no journal.</returns>
    /// <exception cref="Errors.MetadataException">The end is damaged (MF5020).</exception>
    ValueTask<ReadOnlyMemory<byte>?> ReadLastAsync(string flow, string runId, CancellationToken cancellationToken);

    /// <summary>Returns true if a run has a journal.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <param name="runId">The run's id.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Whether it has.</returns>
    ValueTask<bool> HasJournalAsync(string flow, string runId, CancellationToken cancellationToken);

    /// <summary>Names the journal of a run for people.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <param name="runId">The run's id.</param>
    /// <returns>A path or an address.</returns>
    string JournalOf(string flow, string runId);
}

/// <summary>A run that this process holds. Disposing it gives the run back.</summary>
public interface IRunLease : IAsyncDisposable
{
    /// <summary>Begins the journal of the run. An existing journal no longer counts.</summary>
    /// <param name="first">The first record, which is durable when the call returns.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The journal.</returns>
    /// <exception cref="Errors.StorageException">The journal could not be written (MF4001 and on).</exception>
    ValueTask<IRunJournal> BeginJournalAsync(ReadOnlyMemory<byte> first, CancellationToken cancellationToken);

    /// <summary>Opens the journal of the run to continue writing.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The journal.</returns>
    /// <exception cref="Errors.MetadataException">A record is damaged (MF5020).</exception>
    /// <exception cref="Errors.StorageException">The journal cannot be opened (MF4001 and on).</exception>
    ValueTask<IRunJournal> OpenJournalAsync(CancellationToken cancellationToken);
}

/// <summary>The journal of a run, which only grows. Not thread-safe.</summary>
public interface IRunJournal : IAsyncDisposable
{
    /// <summary>Appends a record. Readers see the whole record or nothing.</summary>
    /// <param name="record">The record; has no line feed.</param>
    /// <param name="isDurable">Whether it must survive a power cut, and not only the death of this process.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when readers see the record.</returns>
    /// <exception cref="Errors.StorageException">The write failed (MF4001 and on).</exception>
    /// <exception cref="Errors.MetadataException">Another process has taken over the run, because this one gave no sign of life
    /// (MF5025).</exception>
    ValueTask AppendAsync(ReadOnlyMemory<byte> record, bool isDurable, CancellationToken cancellationToken);

    /// <summary>Appends records that all exist already, as a copy of a journal does. They are durable when the call returns.</summary>
    /// <param name="records">The records in order; none has a line feed.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when readers see them all.</returns>
    /// <exception cref="Errors.StorageException">The write failed (MF4001 and on).</exception>
    /// <exception cref="Errors.MetadataException">Another process has taken over the run (MF5025).</exception>
    async ValueTask AppendAllAsync(IReadOnlyList<ReadOnlyMemory<byte>> records, CancellationToken cancellationToken)
    {
        for (var i = 0; i < records.Count; i++)
        {
            await AppendAsync(records[i], isDurable: i == records.Count - 1, cancellationToken).ConfigureAwait(false);
        }
    }
}

/// <summary>The signs of life of a run's scheduler.</summary>
/// <param name="IsThere">Whether any file of the run itself exists.</param>
/// <param name="LastSeen">When a scheduler last gave a sign of life; <see langword="null"/> if no scheduler ever took the run.</param>
/// <param name="IsHeld">Whether a process certainly holds the run now.</param>
public readonly record struct RunSigns(bool IsThere, DateTimeOffset? LastSeen, bool IsHeld);

/// <summary>A datastore with its own way to keep runs.</summary>
public interface IRunHomeStore
{
    /// <summary>Opens the home of the runs that are kept in the store.</summary>
    /// <param name="time">The clock.</param>
    /// <returns>The home.</returns>
    IRunHome OpenHome(TimeProvider time);
}
