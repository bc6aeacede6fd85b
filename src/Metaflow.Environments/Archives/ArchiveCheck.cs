using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Metaflow.Environments.Records;

namespace Metaflow.Environments.Archives;

/// <summary>Compares the bytes of a package's file with the hashes that were locked, while they are copied.</summary>
[SuppressMessage(
    "Security", "CA5351", Justification = "The extension knows packages of conda by MD5. SHA-256 is compared where it is known.")]
internal sealed class ArchiveCheck : IDisposable
{
    private readonly ArchivePackage _package;
    private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash? _md5;
    private long _length;

    /// <summary>Begins to compare.</summary>
    /// <param name="package">The package.</param>
    public ArchiveCheck(ArchivePackage package)
    {
        _package = package;
        _md5 = package is CondaPackage ? IncrementalHash.CreateHash(HashAlgorithmName.MD5) : null;
    }

    /// <summary>Adds bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        _sha256.AppendData(bytes);
        _md5?.AppendData(bytes);
        _length += bytes.Length;
    }

    /// <summary>Returns what differs, after the last byte.</summary>
    /// <returns>A phrase; <see langword="null"/> if the bytes are those that were locked, or no hash is known.</returns>
    public string? Difference()
    {
        var (own, sha256) = Hashes();
        return _package.FileHash is { } expected && own != expected ? $"its hash is {own}, not {expected}"

            // The rest is known of the file at the package's address alone.
            : _package.Format != _package.UrlFormat ? null
            : _package.Sha256 is { } strong && sha256 != strong ? $"its SHA-256 is {sha256}, not {strong}"
            : _package.Length > 0 && _length != _package.Length ? $"it has {_length} bytes, not {_package.Length}"
            : null;
    }

    /// <summary>Returns the package with the hashes and the length of the bytes, after the last byte.</summary>
    /// <returns>The package.</returns>
    public ArchivePackage Known()
    {
        var (own, sha256) = Hashes();
        return _package with
        {
            Hashes = new Dictionary<string, string>(_package.Hashes) { [_package.Format] = own },
            Sha256 = sha256,
            Length = _length,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sha256.Dispose();
        _md5?.Dispose();
    }

    private (string Own, string Sha256) Hashes()
    {
        var sha256 = Convert.ToHexStringLower(_sha256.GetHashAndReset());
        return (_md5 is null ? sha256 : Convert.ToHexStringLower(_md5.GetHashAndReset()), sha256);
    }
}
