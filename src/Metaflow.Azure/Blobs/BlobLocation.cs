using Metaflow.Errors;

namespace Metaflow.Azure.Blobs;

/// <summary>A container, and the beginning of the names in it.</summary>
/// <param name="Container">The container.</param>
/// <param name="Prefix">What names begin with, without slashes around it; empty for the container itself.</param>
internal sealed record BlobLocation(string Container, string Prefix)
{
    private const string Scheme = "azure://";

    /// <summary>Gets the address as Python Metaflow has it: without a scheme.</summary>
    public string Root => Prefix.Length == 0 ? Container : $"{Container}/{Prefix}";

    /// <summary>Reads an address.</summary>
    /// <param name="address">The address, <c>container/prefix</c>; <c>azure://</c> may be before it.</param>
    /// <exception cref="ConfigurationException">It is invalid (MF2080).</exception>
    public static BlobLocation Parse(string address)
    {
        var rest = address.StartsWith(Scheme, StringComparison.Ordinal) ? address[Scheme.Length..] : address;
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var container = slash < 0 ? rest : rest[..slash];
        var prefix = slash < 0 ? "" : rest[(slash + 1)..].TrimEnd('/');
        var isValid = IsContainer(container) && !prefix.StartsWith('/')
            && !prefix.Split('/').Any(static part => part is "." or "..") && !prefix.Contains("//", StringComparison.Ordinal);
        return isValid ? new BlobLocation(container, prefix) : throw BlobErrors.AddressInvalid(address);
    }

    private static bool IsContainer(string name)
        => name.Length is >= 3 and <= 63 && name[0] != '-' && name[^1] != '-' && !name.Contains("--", StringComparison.Ordinal)
            && name.All(static letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-');
}
