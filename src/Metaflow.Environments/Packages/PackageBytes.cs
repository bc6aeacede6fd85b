using System.Security.Cryptography;

namespace Metaflow.Environments.Packages;

/// <summary>Reads the bytes of packages to compare them with their hashes.</summary>
internal static class PackageBytes
{
    private const int BufferSize = 256 << 10;

    /// <summary>Returns the hash by which the cache knows a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The SHA-256 as 64 hexadecimal digits.</returns>
    public static string Sha256(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>Copies bytes and returns their hash.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="target">Where they go.</param>
    /// <param name="copied">Learns how many are copied.</param>
    /// <param name="cancellationToken">Cancels the copy.</param>
    /// <returns>The SHA-256 as 64 hexadecimal digits.</returns>
    public static async Task<string> CopyAsync(
        Stream source, Stream target, Action<long> copied, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferSize];
        var length = 0L;
        for (int read; (read = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            hash.AppendData(buffer.AsSpan(0, read));
            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            copied(length += read);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Refuses a package whose content is not the one that NuGet knows.</summary>
    /// <param name="id">The identifier.</param>
    /// <param name="version">The version.</param>
    /// <param name="path">The package's file.</param>
    /// <param name="contentHash">The hash that NuGet wrote down.</param>
    /// <exception cref="Errors.EnvironmentException">MF7023: the content is another one.</exception>
    public static void RequireContent(string id, string version, string path, string contentHash)
    {
        string found;
        try
        {
            found = ContentHash.Of(path);
        }
        catch (InvalidDataException error)
        {
            found = error.Message;
        }

        if (found != contentHash)
        {
            throw PackageErrors.ContentDiffers(id, version, path, found, contentHash);
        }
    }
}
