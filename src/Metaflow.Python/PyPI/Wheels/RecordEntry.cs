using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;

namespace Metaflow.Python.PyPI.Wheels;

/// <summary>A line of the list of files of a wheel or of an installed package, <c>RECORD</c>.</summary>
/// <param name="Path">The path from the folder of modules on.</param>
/// <param name="Hash">The hash as <c>sha256=…</c>; empty if there is none.</param>
/// <param name="Size">The length in bytes; <see langword="null"/> if it is not said.</param>
internal sealed record RecordEntry(string Path, string Hash, long? Size)
{
    /// <summary>Gets the algorithm of the hash; <see langword="null"/> for none, and for one that is not safe.</summary>
    public HashAlgorithmName? Algorithm => Hash.Split('=')[0].ToLowerInvariant() switch
    {
        "sha256" => HashAlgorithmName.SHA256,
        "sha384" => HashAlgorithmName.SHA384,
        "sha512" => HashAlgorithmName.SHA512,
        _ => null,
    };

    /// <summary>Returns a line for a file with its SHA-256.</summary>
    /// <param name="path">The path from the folder of modules on.</param>
    /// <param name="sha256">The hash.</param>
    /// <param name="size">The length in bytes.</param>
    /// <returns>The line.</returns>
    public static RecordEntry Of(string path, ReadOnlySpan<byte> sha256, long size)
        => new(path, "sha256=" + Base64Url.EncodeToString(sha256), size);

    /// <summary>Returns true if a hash is that of the line.</summary>
    /// <param name="hash">The bytes of a hash of the same algorithm.</param>
    /// <returns>Whether they are equal.</returns>
    public bool HasHash(ReadOnlySpan<byte> hash)
        => Hash.AsSpan(Hash.IndexOf('=', StringComparison.Ordinal) + 1).TrimEnd('=').SequenceEqual(Base64Url.EncodeToString(hash));

    /// <summary>Returns the line as <c>RECORD</c> has it.</summary>
    /// <returns>The path, the hash and the size with <c>,</c> between them.</returns>
    public override string ToString()
    {
        var path = Path.AsSpan().IndexOfAny(",\"\r\n") < 0 ? Path : $"\"{Path.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        return string.Create(CultureInfo.InvariantCulture, $"{path},{Hash},{Size}");
    }
}
