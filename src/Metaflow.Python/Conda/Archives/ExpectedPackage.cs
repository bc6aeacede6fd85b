using System.Globalization;

namespace Metaflow.Python.Conda.Archives;

/// <summary>A package's file, as the one who locked it knows it.</summary>
/// <param name="FileName">The name with its extension, such as <c>hello-0.1-0.conda</c>.</param>
internal sealed record ExpectedPackage(string FileName)
{
    /// <summary>Gets the SHA-256 in hexadecimal digits. The default is that it is not known.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Gets the MD5 in hexadecimal digits. The default is that it is not known.</summary>
    public string? Md5 { get; init; }

    /// <summary>Gets the length in bytes. The default is that it is not known.</summary>
    public long? Length { get; init; }

    /// <summary>Gets a value indicating whether a hash is known.</summary>
    public bool HasHash => Sha256 is not null || Md5 is not null;

    /// <summary>Compares what is known with the bytes that were found.</summary>
    /// <param name="found">The hashes of the bytes.</param>
    /// <returns>The first difference, as the rest of a sentence; <see langword="null"/> when there is none.</returns>
    public string? DifferenceFrom(PackageHashes found)
    {
        if (Length is { } length && length != found.Length)
        {
            return string.Create(CultureInfo.InvariantCulture, $"its file has {found.Length} bytes, and {length} are expected");
        }

        if (Sha256 is not null && !string.Equals(Sha256, found.Sha256, StringComparison.OrdinalIgnoreCase))
        {
            return $"the SHA-256 of its file is {found.Sha256}, and {Sha256} is expected";
        }

        return Md5 is not null && !string.Equals(Md5, found.Md5, StringComparison.OrdinalIgnoreCase)
            ? $"the MD5 of its file is {found.Md5}, and {Md5} is expected" : null;
    }
}
