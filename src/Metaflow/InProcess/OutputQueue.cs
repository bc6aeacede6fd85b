using System.Collections.Concurrent;

namespace Metaflow.InProcess;

/// <summary>A pipe in memory: one side writes and never waits, the other reads and waits for more, until it is closed.</summary>
/// <remarks>A writer that waited would hold the console's lock, and the reader's side may need that lock to show what it read.</remarks>
internal sealed class OutputQueue : Stream
{
    private readonly BlockingCollection<byte[]> _chunks = [];
    private ReadOnlyMemory<byte> _rest;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Ends the stream for its reader. What is written from now on is dropped: the task is over.</summary>
    public void Complete() => _chunks.CompleteAdding();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        while (_rest.IsEmpty)
        {
            if (!_chunks.TryTake(out var chunk, Timeout.Infinite))
            {
                return 0;
            }

            _rest = chunk;
        }

        var length = Math.Min(count, _rest.Length);
        _rest.Span[..length].CopyTo(buffer.AsSpan(offset));
        _rest = _rest[length..];
        return length;
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            _chunks.Add(buffer.ToArray());
        }
        catch (InvalidOperationException)
        {
            // A thread that outlived its task: a process would have ended under it.
        }
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _chunks.Dispose();
        }

        base.Dispose(disposing);
    }
}
