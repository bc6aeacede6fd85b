using Metaflow.Platform;
using Metaflow.Storage;

namespace Metaflow.Runs;

/// <summary>Keeps runs in the folders of a local datastore: a lock of the system, and one file that grows.</summary>
/// <param name="blobs">The datastore.</param>
/// <param name="time">The clock.</param>
internal sealed class FileRunHome(LocalBlobStore blobs, TimeProvider time) : IRunHome
{
    /// <inheritdoc/>
    public async ValueTask<IRunLease?> TryTakeAsync(string flow, string runId, CancellationToken cancellationToken)
        => await RunLock.TryTakeAsync(FolderOf(flow, runId), time).ConfigureAwait(false) is { } held
            ? new Lease(blobs, flow, runId, held)
            : null;

    /// <inheritdoc/>
    public ValueTask<RunSigns> SignsAsync(string flow, string runId, CancellationToken cancellationToken)
    {
        var folder = FolderOf(flow, runId);
        var isThere = Directory.Exists(System.IO.Path.GetDirectoryName(folder.Path));
        return new(folder.LastSeen() is { } seen
            ? new RunSigns(isThere, seen, folder.IsLocked())
            : new RunSigns(isThere, null, IsHeld: false));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>?> ReadJournalAsync(string flow, string runId, CancellationToken cancellationToken)
        => new(JournalFile.Read(JournalOf(flow, runId)));

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> ReadLastAsync(string flow, string runId, CancellationToken cancellationToken)
        => new(JournalFile.ReadLast(JournalOf(flow, runId)));

    /// <inheritdoc/>
    public ValueTask<bool> HasJournalAsync(string flow, string runId, CancellationToken cancellationToken)
        => new(File.Exists(JournalOf(flow, runId)));

    /// <inheritdoc/>
    public string JournalOf(string flow, string runId) => FolderOf(flow, runId).Journal;

    private RunFolder FolderOf(string flow, string runId) => RunFolder.Of(blobs, flow, runId);

    private sealed class Lease(LocalBlobStore blobs, string flow, string runId, RunLock held) : IRunLease
    {
        public async ValueTask<IRunJournal> BeginJournalAsync(ReadOnlyMemory<byte> first, CancellationToken cancellationToken)
        {
            await blobs.SaveAsync(
                [new BlobWrite(RunFolder.JournalPathOf(flow, runId), JournalFile.Line(first.Span))],
                overwrite: true,
                cancellationToken).ConfigureAwait(false);
            return await OpenJournalAsync(cancellationToken).ConfigureAwait(false);
        }

        public ValueTask<IRunJournal> OpenJournalAsync(CancellationToken cancellationToken)
            => new(new Journal(JournalFile.Open(RunFolder.Of(blobs, flow, runId).Journal)));

        public ValueTask DisposeAsync()
        {
            held.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Journal(JournalFile file) : IRunJournal
    {
        public ValueTask AppendAsync(ReadOnlyMemory<byte> record, bool isDurable, CancellationToken cancellationToken)
        {
            file.Append(record.Span, isDurable);
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            file.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
