using Metaflow.Python.Conda.Versions;

namespace Metaflow.Python.Conda.Matching;

/// <summary>Reads the address or the path of a package's file as a match spec. An address may end with the hash of the file:
/// <c>…/linux-64/numpy-1.26.0-py311_0.conda#&lt;md5&gt;</c>.</summary>
internal static class PackageAddress
{
    /// <summary>Reads an address.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The match spec; <see langword="null"/> if the text is no address of a package's file.</returns>
    public static MatchSpec? Read(string text)
    {
        var hash = text.LastIndexOf('#');
        var address = hash < 0 ? text : text[..hash].TrimEnd();
        var digest = hash < 0 ? "" : text[(hash + 1)..].Trim();
        if (digest.StartsWith("sha256:", StringComparison.OrdinalIgnoreCase))
        {
            digest = digest["sha256:".Length..];
        }

        if (!IsPlace(address) || Url(address) is not { } url)
        {
            return null;
        }

        var fileName = Uri.UnescapeDataString(url[(url.LastIndexOf('/') + 1)..]);
        return PackageFileName.Read(fileName) is not { } parts || !CondaVersion.TryParse(parts.Version, out _)
            ? null
            : new MatchSpec
            {
                Name = parts.Name,
                Url = url,
                Md5 = IsDigest(digest, 32) ? digest.ToLowerInvariant() : null,
                Sha256 = IsDigest(digest, 64) ? digest.ToLowerInvariant() : null,
            };
    }

    private static bool IsPlace(string address)
        => PackageFileName.Stem(address) is not null
            && !address.Contains("::", StringComparison.Ordinal)
            && address.AsSpan().IndexOfAny("[]<>|") < 0
            && (address.Contains("://", StringComparison.Ordinal) || address.Contains('/', StringComparison.Ordinal)
                || address.Contains('\\', StringComparison.Ordinal) || PackageFileName.Read(address) is not null);

    private static string? Url(string address)
        => address.Contains("://", StringComparison.Ordinal) ? address
            : Uri.TryCreate(Path.GetFullPath(address), UriKind.Absolute, out var file) ? file.AbsoluteUri
            : null;

    private static bool IsDigest(string text, int length) => text.Length == length && text.All(char.IsAsciiHexDigit);
}
