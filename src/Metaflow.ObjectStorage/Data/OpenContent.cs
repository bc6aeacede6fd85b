using System.Security.Cryptography;

namespace Metaflow.ObjectStorage.Data;

/// <summary>Content that was opened to be stored.</summary>
/// <param name="stream">Its bytes, from the stream's position.</param>
/// <param name="isOwned">Whether the stream ends with it.</param>
internal sealed class OpenContent(Stream stream, bool isOwned) : IDisposable
{
    /// <summary>Gets the bytes.</summary>
    public Stream Stream => stream;

    /// <summary>Gets the number of bytes that are left; <see langword="null"/> if the stream does not say it.</summary>
    public long? Length => stream.CanSeek ? stream.Length - stream.Position : null;

    /// <summary>Computes the SHA-256 of the bytes. The stream is then where it was.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The hash in lower-case hexadecimal digits; <see langword="null"/> if the bytes can be read only once.</returns>
    public async ValueTask<string?> HashAsync(CancellationToken cancellationToken)
    {
        if (!stream.CanSeek)
        {
            return null;
        }

        var start = stream.Position;
        var hash = await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false);
        stream.Position = start;
        return Convert.ToHexStringLower(hash);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (isOwned)
        {
            stream.Dispose();
        }
    }
}
