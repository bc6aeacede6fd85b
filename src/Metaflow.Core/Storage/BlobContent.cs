using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.Security.Cryptography;
using Metaflow.Platform;
using Metaflow.Spooling;

namespace Metaflow.Storage;

/// <summary>Computes keys, and reads blobs while checking them.</summary>
[SuppressMessage(
    "Security", "CA5350",
    Justification = "The key is part of Metaflow's format. It identifies content and does not prove who wrote it.")]
internal static class BlobContent
{
    private const int SmallestBuffer = 1024;
    private const long LargestGrowth = 1100;
    private const long LargestUnchecked = 64 << 20;
    private const int ComparedAtOnce = 256 << 10;

    // What is read is hashed beside the reading of the next part of this size.
    private const int ReadAtOnce = 4 << 20;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    /// <summary>Returns true if a text has the form of a key. What a damaged record names may have any other, such as a path that leads
    /// out of the store.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Whether it is 40 lower-case hexadecimal digits.</returns>
    public static bool IsKey(ReadOnlySpan<char> text) => text.Length == SHA1.HashSizeInBytes * 2 && !text.ContainsAnyExcept(Digits);

    /// <summary>Returns the key of a payload.</summary>
    /// <param name="payload">The uncompressed bytes.</param>
    /// <returns>The SHA-1 as 40 lower-case hexadecimal digits.</returns>
    public static string KeyOf(ReadOnlySequence<byte> payload)
    {
        if (PayloadSegment.KnownKeyOf(payload) is { } known)
        {
            return known;
        }

        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        if (payload.IsSingleSegment)
        {
            SHA1.HashData(payload.FirstSpan, hash);
        }
        else
        {
            using var incremental = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
            foreach (var segment in payload)
            {
                incremental.AppendData(segment.Span);
            }

            incremental.GetHashAndReset(hash);
        }

        return Convert.ToHexStringLower(hash);
    }

    /// <summary>Reads a blob whole, hashing on the way.</summary>
    /// <param name="content">The bytes as stored.</param>
    /// <param name="isRaw">Whether they are the payload itself rather than gzip.</param>
    /// <param name="key">The key.</param>
    /// <param name="sizeHint">The payload's length where it is known, else 0.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The payload, or <see langword="null"/> when the hash differs.</returns>
    /// <exception cref="InvalidDataException">The bytes are not gzip.</exception>
    public static async ValueTask<byte[]?> ReadAsync(
        Stream content, bool isRaw, string key, long sizeHint, CancellationToken cancellationToken)
    {
        var waits = Waits(content);
        if (isRaw)
        {
            var length = StoredLength(content) ?? Bounded(sizeHint, content);
            return await ReadAllAsync(content, waits, key, length, cancellationToken).ConfigureAwait(false);
        }

        using var gzip = new GZipStream(content, CompressionMode.Decompress, leaveOpen: true);
        return await ReadAllAsync(gzip, waits, key, Bounded(sizeHint, content), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads a blob to where its bytes are wanted, hashing on the way.</summary>
    /// <param name="content">The bytes as stored.</param>
    /// <param name="isRaw">Whether they are the payload itself rather than gzip.</param>
    /// <param name="key">The key.</param>
    /// <param name="parts">The parts of the payload; those that are not known are filled.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns><see langword="false"/> when a known part or the hash differs; then what was filled is worth nothing.</returns>
    /// <exception cref="InvalidDataException">The bytes are not gzip.</exception>
    public static async ValueTask<bool> FillAsync(
        Stream content, bool isRaw, string key, IReadOnlyList<PayloadPart> parts, CancellationToken cancellationToken)
    {
        var waits = Waits(content);
        using var gzip = isRaw ? null : new GZipStream(content, CompressionMode.Decompress, leaveOpen: true);
        var source = gzip ?? content;
        using var hash = new FollowingHash();
        foreach (var part in parts)
        {
            var target = part.IsKnown ? new byte[part.Bytes.Length] : part.Bytes;
            if (!await FillAsync(source, waits, target, hash, cancellationToken).ConfigureAwait(false)
                || (part.IsKnown && !part.Bytes.Span.SequenceEqual(target.Span)))
            {
                return false;
            }
        }

        return await ReadPartAsync(source, waits, new byte[1], cancellationToken).ConfigureAwait(false) == 0 && hash.Finish() == key;
    }

    private static async ValueTask<bool> FillAsync(
        Stream source, bool waits, Memory<byte> target, FollowingHash hash, CancellationToken cancellationToken)
    {
        for (var count = 0; count < target.Length;)
        {
            var room = target.Slice(count, Math.Min(target.Length - count, ReadAtOnce));
            var read = await ReadPartAsync(source, waits, room, cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return false;
            }

            hash.Append(room[..read]);
            count += read;
        }

        return true;
    }

    /// <summary>Reads a blob to its end, keeping nothing, and returns how long its payload is.</summary>
    /// <param name="content">The bytes as stored.</param>
    /// <param name="isRaw">Whether they are the payload itself rather than gzip.</param>
    /// <param name="key">The key.</param>
    /// <returns>The length; <see langword="null"/> if the payload is not that of the key.</returns>
    /// <exception cref="IOException">The blob cannot be read.</exception>
    public static long? WholeLength(Stream content, bool isRaw, string key)
    {
        long length;
        if (isRaw)
        {
            return Hash(content, out length) == key ? length : null;
        }

        try
        {
            using var end = new EndKeepingStream(content, BlobCompression.EmptyMember.Length + 1);
            using var gzip = new GZipStream(end, CompressionMode.Decompress);
            return Hash(gzip, out length) == key && HasEnd(end, length) ? length : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>Reads a blob to its end and checks it, keeping nothing.</summary>
    /// <param name="content">The bytes as stored.</param>
    /// <param name="isRaw">Whether they are the payload itself rather than gzip.</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Whether it has the content that its key says.</returns>
    public static async ValueTask<bool> IsWholeAsync(Stream content, bool isRaw, string key, CancellationToken cancellationToken)
    {
        if (isRaw)
        {
            return (await HashAsync(content, cancellationToken).ConfigureAwait(false)).Key == key;
        }

        try
        {
            using var end = new EndKeepingStream(content, BlobCompression.EmptyMember.Length + 1);
            using var gzip = new GZipStream(end, CompressionMode.Decompress, leaveOpen: true);
            var (found, length) = await HashAsync(gzip, cancellationToken).ConfigureAwait(false);
            return found == key && HasEnd(end, length);
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static async ValueTask<(string Key, long Length)> HashAsync(Stream content, CancellationToken cancellationToken)
    {
        var length = 0L;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        var buffer = ArrayPool<byte>.Shared.Rent(ComparedAtOnce);
        try
        {
            for (int read; (read = await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0; length += read)
            {
                hash.AppendData(buffer.AsSpan(0, read));
            }

            return (Convert.ToHexStringLower(hash.GetHashAndReset()), length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Returns true if a blob holds a payload whole, reading it to its end but for the first difference.</summary>
    /// <param name="content">The bytes as stored.</param>
    /// <param name="isRaw">Whether they are the payload itself rather than gzip.</param>
    /// <param name="payload">The payload.</param>
    /// <returns><see langword="false"/> when the blob was cut off or changed, or is packed the other way.</returns>
    /// <exception cref="IOException">The blob cannot be read.</exception>
    public static bool Holds(Stream content, bool isRaw, ReadOnlySequence<byte> payload)
    {
        if (isRaw)
        {
            return (!content.CanSeek || content.Length == payload.Length) && IsEqual(content, payload);
        }

        try
        {
            using var end = new EndKeepingStream(content, BlobCompression.EmptyMember.Length + 1);
            using var gzip = new GZipStream(end, CompressionMode.Decompress);
            return IsEqual(gzip, payload) && HasEnd(end, payload.Length);
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static string Hash(Stream content, out long length)
    {
        length = 0;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        var buffer = ArrayPool<byte>.Shared.Rent(ComparedAtOnce);
        try
        {
            for (int read; (read = content.Read(buffer)) > 0; length += read)
            {
                hash.AppendData(buffer.AsSpan(0, read));
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // .NET reads a file that lacks its last bytes, or has others after them, without a word, and Python does not.
    private static bool HasEnd(EndKeepingStream content, long length)
    {
        var end = content.ReadToEnd();
        var empty = BlobCompression.EmptyMember;
        if (length == 0 || end.Length <= empty.Length)
        {
            return length == 0 && end.Length == empty.Length;
        }

        var recorded = BinaryPrimitives.ReadUInt32LittleEndian(end[^sizeof(uint)..]);
        var last = BlobCompression.LastMemberLength(length);
        return recorded == (uint)length || (recorded == last && (last > 0 || end.EndsWith(empty)));
    }

    // To compare costs a tenth of hashing, and the payload is available.
    private static bool IsEqual(Stream content, ReadOnlySequence<byte> payload)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(payload.Length + 1, SmallestBuffer, ComparedAtOnce));
        try
        {
            for (int read; (read = content.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)) > 0;)
            {
                if (read > payload.Length || !SameBytes(payload.Slice(0, read), buffer.AsSpan(0, read)))
                {
                    return false;
                }

                payload = payload.Slice(read);
            }

            return payload.IsEmpty;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static bool SameBytes(ReadOnlySequence<byte> payload, ReadOnlySpan<byte> bytes)
    {
        foreach (var segment in payload)
        {
            if (!segment.Span.SequenceEqual(bytes[..segment.Length]))
            {
                return false;
            }

            bytes = bytes[segment.Length..];
        }

        return true;
    }

    private static async ValueTask<byte[]?> ReadAllAsync(
        Stream source, bool waits, string key, long sizeHint, CancellationToken cancellationToken)
    {
        using var hash = new FollowingHash();
        var buffer = LargeMemory.Bytes((int)Math.Clamp(sizeHint, SmallestBuffer, Array.MaxLength));
        var count = 0;
        while (true)
        {
            // With the right hint the buffer is full at the end, and becomes the result without a copy.
            var isFull = count == buffer.Length;
            var room = isFull ? new byte[1] : buffer.AsMemory(count, Math.Min(buffer.Length - count, ReadAtOnce));
            var read = await ReadPartAsync(source, waits, room, cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                break;
            }

            if (isFull)
            {
                Array.Resize(ref buffer, NextSize(count));
                buffer[count] = room.Span[0];
            }

            hash.Append(buffer.AsMemory(count, read));
            count += read;
        }

        Array.Resize(ref buffer, count);
        return hash.Finish() == key ? buffer : null;
    }

    private static ValueTask<int> ReadPartAsync(Stream source, bool waits, Memory<byte> room, CancellationToken cancellationToken)
        => waits ? source.ReadAsync(room, cancellationToken) : ValueTask.FromResult(source.Read(room.Span));

    /// <summary>Returns true if bytes come from far away. On a local file an asynchronous read hops to the pool, and waits there as this
    /// thread would.</summary>
    /// <param name="content">The bytes as stored.</param>
    /// <returns>Whether they do.</returns>
    public static bool Waits(Stream content) => content is not (FileStream or MemoryStream) && !MemoryContent.Is(content);

    /// <summary>Returns how many bytes of a payload there is room to be made for at once. A hint comes from a file that may be damaged: no
    /// gzip grows by more than the factor.</summary>
    /// <param name="sizeHint">The length as it is recorded.</param>
    /// <param name="content">The bytes as stored.</param>
    /// <returns>The length, or less of bytes whose number is not known.</returns>
    public static long Bounded(long sizeHint, Stream content)
        => Math.Min(sizeHint, StoredLength(content) is { } length ? length * LargestGrowth : LargestUnchecked);

    /// <summary>Returns how long a payload can be at most.</summary>
    /// <param name="length">The length as it is recorded.</param>
    /// <param name="content">The bytes as stored.</param>
    /// <param name="isRaw">Whether they are the payload itself rather than gzip.</param>
    /// <returns>The length.</returns>
    public static long Longest(long length, Stream content, bool isRaw)
        => StoredLength(content) is not { } stored ? length : isRaw ? stored : Math.Min(length, stored * LargestGrowth);

    /// <summary>Returns how many bytes are stored; <see langword="null"/> when that is not known. The content of an object that is far away
    /// often has a length and cannot seek.</summary>
    private static long? StoredLength(Stream content)
    {
        try
        {
            return content.Length;
        }
        catch (NotSupportedException)
        {
            return null;
        }
    }

    private static int NextSize(int size)
        => size < Array.MaxLength
            ? (int)Math.Min(2L * size, Array.MaxLength)
            : throw new OverflowException("The payload has more bytes than an array.");
}
