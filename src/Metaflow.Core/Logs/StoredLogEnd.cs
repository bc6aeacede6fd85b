namespace Metaflow.Logs;

/// <summary>What a writer must know of the log that it continues with.</summary>
/// <param name="LastLine">The latest time near the end of the log; <see langword="null"/> when no line has one.</param>
/// <param name="IsInLine">Whether the last line has no end, as when its writer was killed.</param>
internal readonly record struct StoredLogEnd(DateTimeOffset? LastLine, bool IsInLine)
{
    private const int BlockSize = 64 << 10;

    /// <summary>Reads the end of a log.</summary>
    /// <param name="log">The log; its position is kept.</param>
    /// <returns>The end; of a log that cannot be read, as of an empty one.</returns>
    public static StoredLogEnd Of(Stream log)
    {
        if (!log.CanSeek || !log.CanRead || log.Length == 0)
        {
            return default;
        }

        var position = log.Position;
        try
        {
            return Read(log);
        }
        finally
        {
            log.Position = position;
        }
    }

    // From the end, block by block, until a line with a time begins in what was read: a line can be longer than a block.
    private static StoredLogEnd Read(Stream log)
    {
        var read = Array.Empty<byte>();
        DateTimeOffset? last = null;
        for (var start = log.Length; start > 0 && last is null;)
        {
            var block = new byte[Math.Min(BlockSize, start)];
            start -= block.Length;
            log.Position = start;
            log.ReadExactly(block);
            read = [.. block, .. read];
            last = LatestIn(read, isWhole: start == 0);
        }

        return new StoredLogEnd(last, read[^1] != '\n');
    }

    private static DateTimeOffset? LatestIn(ReadOnlySpan<byte> lines, bool isWhole)
    {
        DateTimeOffset? latest = null;
        if (!isWhole)
        {
            lines = lines[(lines.IndexOf((byte)'\n') + 1)..];
        }

        foreach (var range in lines.Split((byte)'\n'))
        {
            latest = MflogLine.Parse(lines[range]).At is { } at && !(at <= latest) ? at : latest;
        }

        return latest;
    }
}
