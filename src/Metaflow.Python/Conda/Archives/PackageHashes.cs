using System.Buffers;
using System.Security.Cryptography;

namespace Metaflow.Python.Conda.Archives;

/// <summary>The hashes by which channels, lock files and caches know a file.</summary>
/// <param name="Sha256">The SHA-256 as 64 hexadecimal digits in lower case.</param>
/// <param name="Md5">The MD5 as 32 hexadecimal digits in lower case.</param>
/// <param name="Length">The length in bytes.</param>
internal sealed record PackageHashes(string Sha256, string Md5, long Length)
{
    private const int BufferSize = 256 << 10;

    /// <summary>Reads a file to its end, once, and copies it on the way.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="target">Where they go; <see langword="null"/> when they are only read.</param>
    /// <param name="copied">Learns how many bytes are read.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The hashes.</returns>
    public static async Task<PackageHashes> OfAsync(
        Stream source, Stream? target, Action<long>? copied, CancellationToken cancellationToken)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var length = 0L;
            for (int read; (read = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
            {
                sha256.AppendData(buffer.AsSpan(0, read));
                md5.AppendData(buffer.AsSpan(0, read));
                if (target is not null)
                {
                    await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                }

                length += read;
                copied?.Invoke(length);
            }

            return new PackageHashes(
                Convert.ToHexStringLower(sha256.GetHashAndReset()), Convert.ToHexStringLower(md5.GetHashAndReset()), length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
