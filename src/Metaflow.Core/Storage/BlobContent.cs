using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Metaflow.Storage;

/// <summary>Computes keys, and reads blobs while checking them.</summary>
[SuppressMessage("Security", "CA5350", Justification = "The key is part of the reference's format, and names a content rather than proving who wrote it.")]
internal static class BlobContent
{
    private const int SmallestBuffer = 1024;
    private const long LargestGrowth = 1100;
    private const long LargestUnchecked = 64 << 20;
    private const int TrailerSize = 8;
    private const int GzipHeaderSize = 10;

    /// <summary>Returns the key of a payload.</summary>
    /// <param name="payload">The uncompressed bytes.</param>
    /// <returns>The SHA-1 as 40 lower-case hexadecimal digits.</returns>
    public static string KeyOf(ReadOnlySequence<byte> payload)
    {
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
    /// <returns>The payload, or <see langword="null"/> when the hash differs.</returns>
    /// <exception cref="InvalidDataException">The bytes are no gzip.</exception>
    public static byte[]? Read(Stream content, bool isRaw, string key, long sizeHint)
    {
        if (isRaw)
        {
            return ReadAll(content, key, content.CanSeek ? content.Length : Bounded(sizeHint, content));
        }

        using var gzip = new GZipStream(content, CompressionMode.Decompress, leaveOpen: true);
        return ReadAll(gzip, key, Bounded(sizeHint, content));
    }

    /// <summary>Says, from its ends alone, whether a blob may hold a payload whole.</summary>
    /// <param name="content">The bytes as stored; it can seek.</param>
    /// <param name="isRaw">Whether they are the payload itself rather than gzip.</param>
    /// <param name="length">The payload's length.</param>
    /// <returns><see langword="false"/> when the blob was cut off.</returns>
    public static bool LooksWhole(Stream content, bool isRaw, long length)
    {
        if (isRaw)
        {
            return content.Length == length;
        }

        Span<byte> trailer = stackalloc byte[TrailerSize];
        if (content.Length < GzipHeaderSize + TrailerSize || content.ReadByte() != 0x1f || content.ReadByte() != 0x8b)
        {
            return false;
        }

        content.Seek(-TrailerSize, SeekOrigin.End);
        content.ReadExactly(trailer);
        var recorded = BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]);
        return recorded == (uint)length || recorded == BlobCompression.LastMemberLength(length);
    }

    private static byte[]? ReadAll(Stream source, string key, long sizeHint)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        var buffer = new byte[Math.Clamp(sizeHint, SmallestBuffer, Array.MaxLength)];
        var count = 0;
        for (int read; (read = source.Read(buffer, count, buffer.Length - count)) > 0;)
        {
            hash.AppendData(buffer, count, read);
            count += read;

            // With the right hint the buffer is full at the end, and becomes the result without a copy.
            if (count == buffer.Length && source.ReadByte() is >= 0 and var next)
            {
                Array.Resize(ref buffer, NextSize(count));
                buffer[count++] = (byte)next;
                hash.AppendData(buffer, count - 1, 1);
            }
            else if (count == buffer.Length)
            {
                break;
            }
        }

        Array.Resize(ref buffer, count);
        return Convert.ToHexStringLower(hash.GetHashAndReset()) == key ? buffer : null;
    }

    // A hint comes from a file that may be damaged: no gzip grows by more than the factor.
    private static long Bounded(long sizeHint, Stream content)
        => Math.Min(sizeHint, content.CanSeek ? content.Length * LargestGrowth : LargestUnchecked);

    private static int NextSize(int size)
        => size < Array.MaxLength ? (int)Math.Min(2L * size, Array.MaxLength) : throw new OverflowException("The payload has more bytes than an array.");
}
