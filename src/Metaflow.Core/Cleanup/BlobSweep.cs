using System.Globalization;
using Metaflow.Platform;
using Metaflow.Storage;

namespace Metaflow.Cleanup;

/// <summary>Removes blobs and included files that are not marked and old.</summary>
/// <param name="root">The datastore's root.</param>
/// <param name="flow">The flow's name.</param>
/// <param name="cutoff">Younger files stay.</param>
/// <param name="time">The clock.</param>
internal sealed class BlobSweep(string root, string flow, DateTimeOffset cutoff, TimeProvider time)
{
    // Who counts on a blob waits for so many removals at most.
    private const int BatchSize = 128;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly StoredFiles _files = new(root, flow);

    /// <summary>Removes the files, or counts them.</summary>
    /// <param name="marks">What is referred to.</param>
    /// <param name="deletes">Whether to remove them.</param>
    /// <param name="notes">Receives what was left, and why.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>How many there are, and how long.</returns>
    /// <exception cref="Errors.StorageException">A file cannot be read or removed (MF4001, MF4004, MF4007).</exception>
    public async Task<(int Count, long Bytes)> RunAsync(
        BlobMarks marks, bool deletes, List<string> notes, CancellationToken cancellationToken)
    {
        var count = 0;
        var bytes = 0L;

        // All are found before the first goes: a folder that is read while it shrinks may show some twice or never.
        foreach (var batch in Candidates(marks).ToList().Chunk(BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!deletes)
            {
                count += batch.Length;
                bytes += batch.Sum(static file => file.Length);
                continue;
            }

            using var alone = await FolderLock.AcquireAsync(
                LocalBlobStore.RetentionLockOf(root, flow), Patience, time, cancellationToken).ConfigureAwait(false);
            if (alone is null)
            {
                notes.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Some blobs stay: tasks relied on existing ones for {Patience.TotalSeconds} seconds without a pause."));
                break;
            }

            foreach (var file in batch)
            {
                var length = file.Length;
                if (TryDelete(file))
                {
                    count++;
                    bytes += length;
                }
            }
        }

        TellOfForeign(notes);
        return (count, bytes);
    }

    private void TellOfForeign(List<string> notes)
    {
        if (_files.ForeignCount > 0)
        {
            notes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"Files, folders and links among the data that do not belong to the store stay, and links are not followed: "
                    + $"{_files.ForeignCount}, such as '{_files.FirstForeign}'."));
        }
    }

    private IEnumerable<FileInfo> Candidates(BlobMarks marks)
        => _files.Blobs().Where(file => !marks.HasBlob(file.Name)).Concat(_files.IncludedFiles().Where(file => !marks.HasFile(file.Name)))
            .Where(IsOld);

    // A file that was renamed or removed since the folder was read has no time, which would count as a very old one.
    private bool IsOld(FileInfo file) => file.Exists && file.LastWriteTimeUtc < cutoff.UtcDateTime;

    /// <summary>Nobody can count on the file meanwhile: what has been said of it since the marking is seen now.</summary>
    private bool TryDelete(FileInfo file)
    {
        try
        {
            file.Refresh();
            if (!IsOld(file) || file.LinkTarget is not null || StoredFiles.IsLink(file.DirectoryName!))
            {
                return false;
            }

            // The companion first: a blob that is written again meanwhile brings its own.
            var companion = new FileInfo(file.FullName + BlobPackingFile.Suffix);
            if (companion.Exists && companion.LinkTarget is null)
            {
                companion.Delete();
            }

            file.Delete();
            return true;
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Write(error, file.FullName);
        }
    }
}
