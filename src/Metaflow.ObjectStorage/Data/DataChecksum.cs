using System.Security.Cryptography;

namespace Metaflow.ObjectStorage.Data;

/// <summary>The checksums of objects, which are kept beside them.</summary>
internal static class DataChecksum
{
    /// <summary>The name of the text of the metadata that has one: a SHA-256 in lower-case hexadecimal digits.</summary>
    public const string Name = "metaflow-sha256";

    /// <summary>Compares bytes with their checksum.</summary>
    /// <param name="hash">Has had the bytes; <see langword="null"/> if there is no checksum.</param>
    /// <param name="wanted">The checksum, or <see langword="null"/>.</param>
    /// <param name="address">The object.</param>
    /// <exception cref="Errors.StorageException">They differ (MF3029).</exception>
    public static void Check(IncrementalHash? hash, string? wanted, string address)
    {
        if (hash is not null && Convert.ToHexStringLower(hash.GetCurrentHash()) != wanted)
        {
            throw DataErrors.Damaged(address);
        }
    }

    /// <summary>Compares a file with its checksum.</summary>
    /// <param name="file">The file.</param>
    /// <param name="wanted">The checksum; <see langword="null"/> if there is none.</param>
    /// <param name="address">The object.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="Errors.StorageException">They differ (MF3029).</exception>
    public static async ValueTask CheckAsync(string file, string? wanted, string address, CancellationToken cancellationToken)
    {
        if (wanted is null)
        {
            return;
        }

        var content = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan);
        await using (content.ConfigureAwait(false))
        {
            if (Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken).ConfigureAwait(false)) != wanted)
            {
                throw DataErrors.Damaged(address);
            }
        }
    }
}
