using System.Globalization;
using Metaflow.Metadata;
using Metaflow.Platform;
using Metaflow.Storage;

namespace Metaflow.Runs;

/// <summary>Keeps runs in a datastore that knows whole objects only. Nothing is locked there: who creates an object first has
/// won.</summary>
/// <remarks>
/// <para>A lease is an object <c>F/R/_meta/lease/N</c>. Who creates the next number has the run, and writes the object anew as a sign of
/// life. A run may be taken when the last lease was given back, or was silent for <see cref="RunLiveness.Silence"/>.</para>
/// <para>The journal is the objects <c>F/R/_meta/journal/N</c>, each created, never replaced. A process that was silent but not dead cannot
/// write to it any more after another took the run: the number that it wants is taken (MF5025). So two schedulers never both go on,
/// whatever their clocks say.</para>
/// </remarks>
/// <param name="blobs">The datastore.</param>
/// <param name="time">The clock.</param>
internal sealed class ObjectRunHome(IBlobStore blobs, TimeProvider time) : IRunHome
{
    /// <inheritdoc/>
    public async ValueTask<IRunLease?> TryTakeAsync(string flow, string runId, CancellationToken cancellationToken)
    {
        var folder = FolderOf(flow, runId);
        var last = await LastLeaseAsync(folder, cancellationToken).ConfigureAwait(false);
        if (last.Lease?.IsHeld(time.GetUtcNow()) == true)
        {
            return null;
        }

        var mine = LeaseRecord.OfThisProcess(time.GetUtcNow());
        var path = NumberedObjects.PathOf(folder + LeaseFolder, last.Number + 1);
        if (!(await blobs.SaveAsync([new BlobWrite(path, mine.ToJson())], overwrite: false, cancellationToken).ConfigureAwait(false))[0])
        {
            return null;
        }

        var journal = new ObjectJournal(blobs, folder + JournalFolder, mine.Owner);
        await journal.FenceAsync(cancellationToken).ConfigureAwait(false);
        return new Lease(blobs, time, path, mine, journal);
    }

    /// <inheritdoc/>
    public async ValueTask<RunSigns> SignsAsync(string flow, string runId, CancellationToken cancellationToken)
    {
        var (number, lease) = await LastLeaseAsync(FolderOf(flow, runId), cancellationToken).ConfigureAwait(false);
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

    private const string LeaseFolder = "/lease";
    private const string JournalFolder = "/journal";

    private ObjectJournal Journal(string flow, string runId) => new(blobs, FolderOf(flow, runId) + JournalFolder, "");

    private static string FolderOf(string flow, string runId)
    {
        MetadataFiles.CheckNames(flow, runId);
        return $"{flow}/{runId}/{MetadataFiles.RecordFolder}";
    }

    private async ValueTask<(int Number, LeaseRecord? Lease)> LastLeaseAsync(string folder, CancellationToken cancellationToken)
    {
        var number = await NumberedObjects.LastAsync(blobs, folder + LeaseFolder, cancellationToken).ConfigureAwait(false);
        var json = number == 0
            ? null
            : await blobs.ReadAsync(NumberedObjects.PathOf(folder + LeaseFolder, number), cancellationToken).ConfigureAwait(false);
        return (number, json is null ? null : LeaseRecord.FromJson(json));
    }

    private sealed class Lease : IRunLease
    {
        private readonly IBlobStore _blobs;
        private readonly TimeProvider _time;
        private readonly string _path;
        private readonly ObjectJournal _journal;
        private readonly ITimer _timer;
        private LeaseRecord _record;
        private Task _beat = Task.CompletedTask;

        public Lease(IBlobStore blobs, TimeProvider time, string path, LeaseRecord record, ObjectJournal journal)
        {
            _blobs = blobs;
            _time = time;
            _path = path;
            _record = record;
            _journal = journal;
            _timer = time.CreateTimer(_ => Beat(), null, RunLock.Interval, RunLock.Interval);
        }

        public async ValueTask<IRunJournal> BeginJournalAsync(ReadOnlyMemory<byte> first, CancellationToken cancellationToken)
        {
            await _journal.BeginAsync(first, cancellationToken).ConfigureAwait(false);
            return _journal;
        }

        public ValueTask<IRunJournal> OpenJournalAsync(CancellationToken cancellationToken) => new(_journal);

        public async ValueTask DisposeAsync()
        {
            await _timer.DisposeAsync().ConfigureAwait(false);
            await _beat.ConfigureAwait(false);
            _record = _record with { IsReleased = true };
            await TryWriteAsync().ConfigureAwait(false);
        }

        private void Beat()
        {
            // One at a time: a store that is slow must not show an older sign after a newer one.
            if (_beat.IsCompleted)
            {
                _record = _record with { At = _time.GetUtcNow() };
                _beat = TryWriteAsync();
            }
        }

        private async Task TryWriteAsync()
        {
            try
            {
                await _blobs.SaveAsync(
                    [new BlobWrite(_path, _record.ToJson())], overwrite: true, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception error) when (error is Errors.StorageException || FileFaults.IsFileError(error))
            {
                // A sign of life that cannot be given must not end what lives. Who takes the run meanwhile is found out by the journal.
            }
        }
    }
}
