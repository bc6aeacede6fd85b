using System.IO.Compression;
using Metaflow.Spooling;

namespace Metaflow.Storage;

/// <summary>Reads a payload from its blob, from the beginning and part by part, and knows at the end whether it has its key.</summary>
/// <remarks>Not for several threads.</remarks>
internal sealed class PayloadReader : IDisposable
{
    // What is read is hashed beside the reading of the next part of this size.
    private const int ReadAtOnce = 4 << 20;

    private readonly Stream _content;
    private readonly Stream _source;
    private readonly FollowingHash _hash = new();

    /// <summary>Initializes a reader.</summary>
    /// <param name="content">The bytes as stored, which are closed with the reader.</param>
    /// <param name="isRaw">Whether they are the payload itself rather than gzip.</param>
    /// <param name="length">The payload's length as it is recorded.</param>
    public PayloadReader(Stream content, bool isRaw, long length)
    {
        Longest = BlobContent.Longest(length, content, isRaw);
        _content = content;
        _source = isRaw ? content : new GZipStream(content, CompressionMode.Decompress);
    }

    /// <summary>Gets a value indicating whether the bytes come from far away.</summary>
    public bool Waits => BlobContent.Waits(_content);

    /// <summary>Gets the most bytes that the payload can have.</summary>
    public long Longest { get; }

    /// <summary>Reads the next bytes.</summary>
    /// <param name="target">Receives the bytes, which must not change before the next call.</param>
    /// <returns>How many were read; 0 at the end.</returns>
    /// <exception cref="InvalidDataException">The blob is not gzip.</exception>
    public int Read(Memory<byte> target)
    {
        target = target[..Math.Min(target.Length, ReadAtOnce)];
        var count = 0;
        for (int read; count < target.Length && (read = _source.Read(target.Span[count..])) > 0;)
        {
            count += read;
        }

        _hash.Append(target[..count]);
        return count;
    }

    /// <summary>Reads the next bytes into memory that its owner may change at once.</summary>
    /// <param name="target">Receives the bytes.</param>
    /// <returns>How many were read, which may be fewer than there are; 0 at the end.</returns>
    /// <exception cref="InvalidDataException">The blob is not gzip.</exception>
    public int ReadNow(Span<byte> target)
    {
        var count = _source.Read(target);
        _hash.AppendNow(target[..count]);
        return count;
    }

    /// <summary>Reads the next bytes into memory that its owner may change at once.</summary>
    /// <param name="target">Receives the bytes.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>As of <see cref="ReadNow"/>.</returns>
    public async ValueTask<int> ReadNowAsync(Memory<byte> target, CancellationToken cancellationToken)
    {
        var count = Waits ? await _source.ReadAsync(target, cancellationToken).ConfigureAwait(false) : _source.Read(target.Span);
        _hash.AppendNow(target.Span[..count]);
        return count;
    }

    /// <summary>Reads a few bytes.</summary>
    /// <param name="target">Receives the bytes.</param>
    /// <returns>Whether there are as many.</returns>
    public bool TryReadNow(Span<byte> target)
    {
        for (int count; !target.IsEmpty; target = target[count..])
        {
            count = ReadNow(target);
            if (count == 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Reads the rest, and returns true if the whole payload has a key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Whether it has.</returns>
    public bool Has(string key)
    {
        try
        {
            for (var rest = new byte[1 << 16]; Read(rest) > 0;)
            {
                // Only the hash is of interest.
            }

            return _hash.Finish() == key;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _hash.Dispose();
        _source.Dispose();
    }
}
