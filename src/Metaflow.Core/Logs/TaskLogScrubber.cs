using System.Text;
using Metaflow.Naming;
using Metaflow.Storage;

namespace Metaflow.Logs;

/// <summary>Replaces logs by a note that says so, for text that should never have been kept.</summary>
internal static class TaskLogScrubber
{
    /// <summary>Replaces the files of a stream of an attempt.</summary>
    /// <param name="blobs">The datastore.</param>
    /// <param name="task">The task.</param>
    /// <param name="attempt">The attempt's number.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>How many files were replaced.</returns>
    public static async ValueTask<int> ScrubAsync(
        IBlobStore blobs, TaskPath task, int attempt, LogKind stream, CancellationToken cancellationToken)
    {
        var name = stream == LogKind.Stdout ? "stdout" : "stderr";
        var files = LogFiles.Sources.Select(source => (Path: LogFiles.PathOf(task, attempt, source, stream), Source: source))
            .Append((Path: LogFiles.LegacyPathOf(task, attempt, stream), Source: name));
        var writes = new List<BlobWrite>();
        foreach (var (path, source) in files)
        {
            if (await blobs.SizeAsync(path, cancellationToken).ConfigureAwait(false) is not null)
            {
                // Python Metaflow leaves the same words, as plain text.
                writes.Add(new BlobWrite(path, Encoding.UTF8.GetBytes($"[REDACTED {source} {name}]")));
            }
        }

        await blobs.SaveAsync(writes, overwrite: true, cancellationToken).ConfigureAwait(false);
        return writes.Count;
    }
}
