using System.Text;
using Metaflow.Naming;
using Metaflow.Storage;

namespace Metaflow.Logs;

/// <summary>Reads the logs of tasks: the lines of all sources in the order of their times.</summary>
/// <param name="blobs">The datastore.</param>
internal sealed class TaskLogReader(IBlobStore blobs)
{
    /// <summary>Reads a stream of an attempt.</summary>
    /// <param name="task">The task.</param>
    /// <param name="attempt">The attempt's number.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The lines by time; those without a time come last. Nothing when there is no log.</returns>
    /// <exception cref="Errors.StorageException">A log could not be read (MF4004, MF4007).</exception>
    public async ValueTask<IReadOnlyList<LogLine>> ReadAsync(
        TaskPath task, int attempt, LogKind stream, CancellationToken cancellationToken)
    {
        var sources = new List<byte[]>();
        foreach (var path in PathsOf(task, attempt, stream))
        {
            if (await LoadAsync(path, cancellationToken).ConfigureAwait(false) is { } bytes)
            {
                sources.Add(bytes);
            }
        }

        if (sources.Count == 0
            && await LoadAsync(LogFiles.LegacyPathOf(task, attempt, stream), cancellationToken).ConfigureAwait(false) is { } legacy)
        {
            sources.Add(legacy);
        }

        return Merge(sources);
    }

    /// <summary>Reads a stream of an attempt while it is written.</summary>
    /// <param name="task">The task.</param>
    /// <param name="attempt">The attempt's number.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="source">Whose log alone; <see langword="null"/>, the default, for those of all sources.</param>
    /// <returns>What reads it, from its beginning.</returns>
    public TaskLogCursor Follow(TaskPath task, int attempt, LogKind stream, string? source = null)
        => new(blobs, task, attempt, stream, source is null ? LogFiles.Sources : [source]);

    /// <summary>Returns how many bytes a stream of an attempt takes in the datastore.</summary>
    /// <param name="task">The task.</param>
    /// <param name="attempt">The attempt's number.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The sum over the sources.</returns>
    public async ValueTask<long> SizeAsync(TaskPath task, int attempt, LogKind stream, CancellationToken cancellationToken)
    {
        long? size = null;
        foreach (var path in PathsOf(task, attempt, stream))
        {
            size = await blobs.SizeAsync(path, cancellationToken).ConfigureAwait(false) is { } length ? (size ?? 0) + length : size;
        }

        return size ?? await blobs.SizeAsync(LogFiles.LegacyPathOf(task, attempt, stream), cancellationToken).ConfigureAwait(false) ?? 0;
    }

    /// <summary>Merges the contents of logs.</summary>
    /// <param name="sources">The content of each source's log.</param>
    /// <returns>The lines by time; lines of one time in the order of the sources, then of the file; those without a time last.</returns>
    internal static IReadOnlyList<LogLine> Merge(IReadOnlyList<byte[]> sources)
    {
        var lines = new List<LogLine>();
        foreach (var source in sources)
        {
            AddLines(lines, source);
        }

        // A stable sort of all lines is the merge: lines of one time keep the order in which they were added.
        return [.. lines.OrderBy(static line => line.At ?? DateTimeOffset.MaxValue)];
    }

    /// <summary>Joins lines to a text.</summary>
    /// <param name="lines">The lines.</param>
    /// <returns>The texts, each with a line feed behind it.</returns>
    internal static string Join(IReadOnlyList<LogLine> lines)
    {
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            text.Append(line.Text).Append('\n');
        }

        return text.ToString();
    }

    private static void AddLines(List<LogLine> lines, ReadOnlySpan<byte> content)
    {
        while (!content.IsEmpty)
        {
            var end = content.IndexOf((byte)'\n');
            lines.Add(MflogLine.Parse(end < 0 ? content : content[..end]));
            content = end < 0 ? [] : content[(end + 1)..];
        }
    }

    private static IEnumerable<string> PathsOf(TaskPath task, int attempt, LogKind stream)
        => LogFiles.Sources.Select(source => LogFiles.PathOf(task, attempt, source, stream));

    private async ValueTask<byte[]?> LoadAsync(string path, CancellationToken cancellationToken)
    {
        var read = await blobs.OpenAsync(path, cancellationToken).ConfigureAwait(false);
        if (read is null)
        {
            return null;
        }

        using var content = read.Content;
        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, cancellationToken).ConfigureAwait(false);
        return bytes.ToArray();
    }
}
