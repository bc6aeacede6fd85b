using Metaflow.Metadata;
using Metaflow.Storage;

namespace Metaflow.Runs;

/// <summary>Keeps runs in a datastore that knows whole objects only. Nothing is locked there: who creates an object first has
/// won.</summary>
/// <remarks>
/// <para>Who has the run holds an <see cref="ObjectLease"/>, the objects <c>F/R/_meta/lease/N</c>.</para>
/// <para>The journal is the objects <c>F/R/_meta/journal/N</c>, each created, never replaced. A process that was silent but not dead
/// cannot write to it any more after another took the run: the number that it wants is taken (MF5025). So two schedulers never both
/// continue, whatever their clocks say.</para>
/// </remarks>
/// <param name="blobs">The datastore.</param>
/// <param name="time">The clock.</param>
internal sealed class ObjectRunHome(IBlobStore blobs, TimeProvider time) : IRunHome
{
    /// <inheritdoc/>
    public async ValueTask<IRunLease?> TryTakeAsync(string flow, string runId, CancellationToken cancellationToken)
    {
        var folder = FolderOf(flow, runId);
        if (await ObjectLease.TryTakeAsync(blobs, time, folder + LeaseFolder, cancellationToken).ConfigureAwait(false) is not { } lease)
        {
            return null;
        }

        var journal = new ObjectJournal(blobs, folder + JournalFolder, lease.Owner);
        await journal.FenceAsync(cancellationToken).ConfigureAwait(false);
        return new Lease(lease, journal);
    }

    /// <inheritdoc/>
    public async ValueTask<RunSigns> SignsAsync(string flow, string runId, CancellationToken cancellationToken)
    {
        var (number, lease) = await ObjectLease.LastAsync(
            blobs, FolderOf(flow, runId) + LeaseFolder, cancellationToken).ConfigureAwait(false);
        return new RunSigns(number > 0, lease?.At, IsHeld: false);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>?> ReadJournalAsync(
        string flow, string runId, CancellationToken cancellationToken)
        => await Journal(flow, runId).ReadAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> ReadLastAsync(string flow, string runId, CancellationToken cancellationToken)
        => Journal(flow, runId).ReadLastAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<bool> HasJournalAsync(string flow, string runId, CancellationToken cancellationToken)
        => await NumberedObjects.LastAsync(blobs, FolderOf(flow, runId) + JournalFolder, cancellationToken).ConfigureAwait(false) > 0;

    /// <inheritdoc/>
    public string JournalOf(string flow, string runId) => $"{blobs.Root}/{FolderOf(flow, runId)}{JournalFolder}";

    /// <summary>Returns the folder of the leases of a run.</summary>
    /// <param name="flow">The flow's name.</param>
    /// <param name="runId">The run's id.</param>
    /// <returns>The path relative to the root.</returns>
    internal static string LeasesOf(string flow, string runId) => FolderOf(flow, runId) + LeaseFolder;

    private const string LeaseFolder = "/lease";
    private const string JournalFolder = "/journal";

    private ObjectJournal Journal(string flow, string runId) => new(blobs, FolderOf(flow, runId) + JournalFolder, "");

    private static string FolderOf(string flow, string runId)
    {
        MetadataFiles.CheckNames(flow, runId);
        return $"{flow}/{runId}/{MetadataFiles.RecordFolder}";
    }

    private sealed class Lease(ObjectLease lease, ObjectJournal journal) : IRunLease
    {
        public async ValueTask<IRunJournal> BeginJournalAsync(ReadOnlyMemory<byte> first, CancellationToken cancellationToken)
        {
            await journal.BeginAsync(first, cancellationToken).ConfigureAwait(false);
            return journal;
        }

        public ValueTask<IRunJournal> OpenJournalAsync(CancellationToken cancellationToken) => new(journal);

        public ValueTask DisposeAsync() => lease.DisposeAsync();
    }
}
