using System.Text;
using System.Text.Json;
using Metaflow.Errors;
using Metaflow.Storage;

namespace Metaflow.Runs;

/// <summary>A journal in numbered objects. Each has the lines of <see cref="JournalFile"/>; the first says who wrote it.</summary>
/// <remarks>No object is replaced, and none is written before the one before it is durable. So a reader needs no lock, and two writers
/// cannot both continue.</remarks>
/// <param name="blobs">The store.</param>
/// <param name="folder">The journal's folder relative to the root.</param>
/// <param name="owner">Who writes; empty for readers.</param>
internal sealed class ObjectJournal(IBlobStore blobs, string folder, string owner) : IRunJournal
{
    private const string By = "by";
    private const string Begins = "begins";

    private int _last;

    /// <summary>Keeps all who wrote before from writing more.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when none of them can.</returns>
    public async ValueTask FenceAsync(CancellationToken cancellationToken)
    {
        _last = await NumberedObjects.LastAsync(blobs, folder, cancellationToken).ConfigureAwait(false);
        while (_last > 0 && !await TryWriteAsync([], begins: false, cancellationToken).ConfigureAwait(false))
        {
            // One of them was faster.
            _last++;
        }
    }

    /// <summary>Begins the journal; what was written before counts no more.</summary>
    /// <param name="first">The first record.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A task that ends when the record is durable.</returns>
    public ValueTask BeginAsync(ReadOnlyMemory<byte> first, CancellationToken cancellationToken)
        => WriteAsync([first], begins: true, cancellationToken);

    /// <inheritdoc/>
    public ValueTask AppendAsync(ReadOnlyMemory<byte> record, bool isDurable, CancellationToken cancellationToken)
        => WriteAsync([record], begins: false, cancellationToken);

    /// <inheritdoc/>
    /// <remarks>All of them are one object.</remarks>
    public ValueTask AppendAllAsync(IReadOnlyList<ReadOnlyMemory<byte>> records, CancellationToken cancellationToken)
        => records.Count == 0 ? ValueTask.CompletedTask : WriteAsync(records, begins: false, cancellationToken);

    /// <summary>Reads the records since the journal was last begun.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The records; <see langword="null"/> when the journal was never begun.</returns>
    public async ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>?> ReadAsync(CancellationToken cancellationToken)
    {
        var last = await NumberedObjects.LastAsync(blobs, folder, cancellationToken).ConfigureAwait(false);
        var contents = await blobs.ReadAsync(
            [.. Enumerable.Range(1, last).Select(number => NumberedObjects.PathOf(folder, number))],
            cancellationToken).ConfigureAwait(false);
        List<ReadOnlyMemory<byte>>? records = null;
        for (var i = 0; i < contents.Count; i++)
        {
            var (added, begins) = Parse(contents[i], i + 1);
            records = begins ? [] : records;
            records?.AddRange(added);
        }

        return records;
    }

    /// <summary>Reads the last record.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The record; <see langword="null"/> when there is none.</returns>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadLastAsync(CancellationToken cancellationToken)
    {
        for (var number = await NumberedObjects.LastAsync(blobs, folder, cancellationToken).ConfigureAwait(false); number > 0; number--)
        {
            var (records, begins) = Parse(
                await blobs.ReadAsync(NumberedObjects.PathOf(folder, number), cancellationToken).ConfigureAwait(false), number);
            if (records.Count > 0 || begins)
            {
                return records.Count > 0 ? records[^1] : default(ReadOnlyMemory<byte>?);
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask WriteAsync(IReadOnlyList<ReadOnlyMemory<byte>> records, bool begins, CancellationToken cancellationToken)
    {
        if (!await TryWriteAsync(records, begins, cancellationToken).ConfigureAwait(false))
        {
            throw new MetadataException(
                ErrorCodes.RunLost,
                "Another process has taken over the run.",
                $"This process gave no sign of life for {RunLiveness.Silence.TotalSeconds} seconds, and '{blobs.Root}/{folder}' has a "
                    + "record of another one.",
                "Follow the other process. No finished result is lost: it continues with what the journal contains.");
        }
    }

    private async ValueTask<bool> TryWriteAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> records, bool begins, CancellationToken cancellationToken)
    {
        // The owner makes the bytes of two writers differ, so that a write whose answer was lost is known again.
        byte[] content = [.. JournalFile.Line(Heading(begins)), .. records.SelectMany(static record => JournalFile.Line(record.Span))];
        var path = NumberedObjects.PathOf(folder, _last + 1);
        var isMine = (await blobs.SaveAsync([new BlobWrite(path, content)], overwrite: false, cancellationToken).ConfigureAwait(false))[0];
        _last += isMine ? 1 : 0;
        return isMine;
    }

    private byte[] Heading(bool begins) => RecordJson.Write(json =>
    {
        json.WriteString(By, owner);
        if (begins)
        {
            json.WriteBoolean(Begins, value: true);
        }
    });

    private (IReadOnlyList<ReadOnlyMemory<byte>> Records, bool Begins) Parse(byte[]? content, int number)
    {
        // An object is stored whole or not at all: nothing of it can be cut short.
        var path = $"{blobs.Root}/{NumberedObjects.PathOf(folder, number)}";
        var lines = content is null ? [] : JournalFile.Parse(content, path, mayBeTorn: false);
        if (lines.Count == 0)
        {
            throw JournalFile.Damaged(path, 1);
        }

        try
        {
            using var heading = JsonDocument.Parse(lines[0]);
            return heading.RootElement.TryGetProperty(By, out _)
                ? ([.. lines.Skip(1)], heading.RootElement.TryGetProperty(Begins, out _))
                : throw JournalFile.Damaged(path, 1);
        }
        catch (JsonException)
        {
            throw JournalFile.Damaged(path, 1);
        }
    }
}
