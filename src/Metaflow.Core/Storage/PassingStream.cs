using Metaflow.Platform;

namespace Metaflow.Storage;

/// <summary>Reads a stream and writes what it reads to another one, so that bytes are checked on their way.</summary>
/// <param name="source">Is read; it is left open.</param>
/// <param name="name">The path of what is read, for errors.</param>
/// <param name="target">Receives the bytes; it is left open.</param>
/// <param name="passed">Is told how many bytes passed.</param>
internal sealed class PassingStream(Stream source, string name, Stream target, Action<int>? passed = null) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        int read;
        try
        {
            read = source.Read(buffer);
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            // Who writes the target would take it for a failure of the target.
            throw StorageErrors.Read(error, name);
        }

        target.Write(buffer[..read]);
        passed?.Invoke(read);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read;
        try
        {
            read = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (FileFaults.IsFileError(error))
        {
            throw StorageErrors.Read(error, name);
        }

        await target.WriteAsync(buffer[..read], cancellationToken).ConfigureAwait(false);
        passed?.Invoke(read);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
