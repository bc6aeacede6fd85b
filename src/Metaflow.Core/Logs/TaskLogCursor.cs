using Metaflow.Naming;
using Metaflow.Storage;

namespace Metaflow.Logs;

/// <summary>Reads a stream of an attempt while it is written. Each call returns the lines since the last call.</summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class TaskLogCursor
{
    private readonly IBlobStore _blobs;
    private readonly SourceLog[] _sources;

    internal TaskLogCursor(IBlobStore blobs, TaskPath task, int attempt, LogKind stream, IEnumerable<string> sources)
    {
        _blobs = blobs;
        Stream = stream;
        _sources = [.. sources.Select(source => new SourceLog(LogFiles.PathOf(task, attempt, source, stream)))];
    }

    /// <summary>Gets the stream.</summary>
    public LogKind Stream { get; }

    /// <summary>Reads the lines since the last call.</summary>
    /// <param name="isOver">Whether the stream has ended. Then a last line without a line end counts too.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The lines by time; none if there is nothing new.</returns>
    /// <exception cref="Errors.StorageException">The log could not be read (MF4004, MF4007).</exception>
    public async ValueTask<IReadOnlyList<LogLine>> ReadAsync(bool isOver, CancellationToken cancellationToken)
    {
        var parts = new List<byte[]>();
        foreach (var source in _sources)
        {
            parts.Add(await ReadAsync(source, isOver, cancellationToken).ConfigureAwait(false));
        }

        return TaskLogReader.Merge(parts);
    }

    private async ValueTask<byte[]> ReadAsync(SourceLog source, bool isOver, CancellationToken cancellationToken)
    {
        var size = await _blobs.SizeAsync(source.Path, cancellationToken).ConfigureAwait(false) ?? 0;
        if (size < source.Offset || (size == source.Offset && !isOver))
        {
            return [];
        }

        using var content = (await _blobs.OpenAsync(source.Path, cancellationToken).ConfigureAwait(false))?.Content;
        if (content is null)
        {
            return [];
        }

        await SkipAsync(content, source.Offset, cancellationToken).ConfigureAwait(false);
        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, cancellationToken).ConfigureAwait(false);
        var read = bytes.ToArray();
        var length = isOver ? read.Length : read.AsSpan().LastIndexOf((byte)'\n') + 1;
        source.Offset += length;
        return read[..length];
    }

    private static async ValueTask SkipAsync(Stream content, long count, CancellationToken cancellationToken)
    {
        if (content.CanSeek)
        {
            content.Position = count;
            return;
        }

        var buffer = new byte[1 << 16];
        for (var rest = count; rest > 0;)
        {
            var read = await content.ReadAsync(
                buffer.AsMemory(0, (int)Math.Min(rest, buffer.Length)), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return;
            }

            rest -= read;
        }
    }

    private sealed class SourceLog(string path)
    {
        public string Path { get; } = path;

        public long Offset { get; set; }
    }
}
