using System.Buffers;
using System.Security.Cryptography;

namespace Metaflow.ObjectStorage.Data;

/// <summary>Copies bytes from one stream to another.</summary>
internal static class DataCopy
{
    private const int BufferSize = 128 << 10;

    /// <summary>Copies all bytes.</summary>
    /// <param name="source">Where they come from.</param>
    /// <param name="target">Where they go to.</param>
    /// <param name="copied">Called with numbers of bytes as they are copied.</param>
    /// <param name="hash">Gets the bytes too, or <see langword="null"/>.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async ValueTask CopyAsync(
        Stream source, Stream target, Action<long> copied, IncrementalHash? hash, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int read;
            while ((read = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                hash?.AppendData(buffer, 0, read);
                copied(read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
