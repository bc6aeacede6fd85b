using Metaflow.Platform;

namespace Metaflow.Storage;

/// <summary>Reads a stream, and keeps its last bytes: what decompresses a blob does not say how the blob ends.</summary>
/// <param name="source">The stream; it is left open.</param>
/// <param name="length">How many bytes are kept.</param>
internal sealed class EndKeepingStream(Stream source, int length) : ReadOnceStream
{
    private readonly byte[] _end = new byte[length];
    private int _count;

    /// <summary>Reads what nobody has read yet, and returns the last bytes.</summary>
    /// <returns>The bytes, fewer where the stream is shorter.</returns>
    public ReadOnlySpan<byte> ReadToEnd()
    {
        Span<byte> buffer = stackalloc byte[1024];
        while (Read(buffer) > 0)
        {
            // Each reading keeps its end.
        }

        return _end.AsSpan(_end.Length - _count);
    }

    public override int Read(Span<byte> buffer)
    {
        var read = source.Read(buffer);
        Keep(buffer[..read]);
        return read;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        Keep(buffer.Span[..read]);
        return read;
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[Math.Max(0, bytes.Length - _end.Length)..];
        _end.AsSpan(bytes.Length).CopyTo(_end);
        bytes.CopyTo(_end.AsSpan(_end.Length - bytes.Length));
        _count = Math.Min(_end.Length, _count + bytes.Length);
    }
}
