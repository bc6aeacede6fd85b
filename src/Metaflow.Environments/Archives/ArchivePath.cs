using Metaflow.Environments.Records;

namespace Metaflow.Environments.Archives;

/// <summary>Where the datastore keeps the files of packages of conda and of the Python package index. It follows from the address that the
/// package came from, as in Metaflow's extension, so that both share one cache.</summary>
internal static class ArchivePath
{
    /// <summary>The first part of the path of a package that no address leads to: it was built from a folder or a repository.</summary>
    public const string WithoutAddress = "_fake";

    /// <summary>The start of the host's name in the address of a package that was built from files of this machine. The hash of its wheel
    /// follows.</summary>
    public const string LocalHost = "local-";

    /// <summary>Returns the path of a package's file.</summary>
    /// <param name="package">The package.</param>
    /// <param name="fileName">The file's name with its extension.</param>
    /// <param name="hash">The hash of its bytes: MD5 for conda, SHA-256 for PyPI.</param>
    /// <returns>The path below the folder for packages: <c>category/host/path/file/hash/file</c>.</returns>
    public static string Of(ArchivePackage package, string fileName, string hash)
    {
        var (host, path) = Split(package.Url);
        string[] parts = [package.Category, host, .. path.Split('/', StringSplitOptions.RemoveEmptyEntries), fileName, hash, fileName];
        return string.Join('/', parts.Where(static part => part.Length > 0).Select(Safe));
    }

    /// <summary>Returns true if the address of a package leads to its file. What was built from sources has the address of the sources,
    /// and what was built from a folder or a repository has one that leads nowhere.</summary>
    /// <param name="package">The package.</param>
    /// <param name="address">Its address.</param>
    /// <returns>Whether it does.</returns>
    public static bool LeadsToFile(ArchivePackage package, Uri address)
        => Uri.UnescapeDataString(address.AbsolutePath.Split('/')[^1]) == package.FullName
            && (address.IsFile || (address.Scheme is "http" or "https" && address.Host != WithoutAddress));

    private static (string Host, string Path) Split(string url)
    {
        var start = url.IndexOf("://", StringComparison.Ordinal);
        var rest = start < 0 ? url : url[(start + 3)..];
        var end = rest.IndexOf('/', StringComparison.Ordinal);
        var (authority, path) = end < 0 ? (rest, "") : (rest[..end], rest[end..]);
        path = path[..(path.IndexOfAny(['?', '#']) is var cut && cut >= 0 ? cut : path.Length)];

        // Credentials stay out of the datastore.
        var host = authority[(authority.LastIndexOf('@') + 1)..];
        return (host.StartsWith(LocalHost, StringComparison.Ordinal) ? $"{WithoutAddress}/{host}" : host, path);
    }

    // A path must not leave the cache.
    private static string Safe(string part) => part is "." or ".." ? part.Replace('.', '_') : part;
}
