namespace Metaflow.Python.Conda.Archives;

/// <summary>A stream that is only read, and whose every failure says one thing: the bytes are not what they should be.</summary>
/// <remarks>Decoders raise what they meet: an index outside an array, an end that came too early. Who writes the content to a disk has to
/// tell these from errors of the disk.</remarks>
/// <param name="inner">The decoder, which the caller disposes.</param>
internal sealed class FaultStream(Stream inner) : Stream
{
    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The bytes cannot be decoded.</exception>
    public override int Read(Span<byte> buffer)
    {
        try
        {
            return inner.Read(buffer);
        }
        catch (Exception error) when (IsOfContent(error))
        {
            throw new InvalidDataException(error.Message, error);
        }
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Returns true if an exception of a decoder means that its input is wrong.</summary>
    /// <param name="error">The exception.</param>
    /// <returns>Whether it does.</returns>
    public static bool IsOfContent(Exception error)
        => error is not (InvalidDataException or OperationCanceledException or OutOfMemoryException or ObjectDisposedException);
}
