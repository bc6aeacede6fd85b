using Metaflow.Environments.Records;
using Metaflow.Environments.Requirements;
using Metaflow.Errors;
using Metaflow.Python.PyPI.Resolving;

namespace Metaflow.Environments.Files;

/// <summary>Makes packages of the addresses and hashes that lock files have.</summary>
internal static class LockedAddress
{
    private const int LengthOfMd5 = 32;
    private const int LengthOfSha256 = 64;
    private const int LengthOfSha1 = 40;
    private const string Subdirectory = "subdirectory=";

    /// <summary>Makes a package of conda.</summary>
    /// <param name="file">The lock file.</param>
    /// <param name="url">The address.</param>
    /// <param name="md5">The MD5; <see langword="null"/> if the file has none.</param>
    /// <param name="sha256">The SHA-256; <see langword="null"/> if the file has none.</param>
    /// <returns>The package.</returns>
    /// <exception cref="ConfigurationException">It is a file of this machine (MF7112), or the address or the hash is wrong
    /// (MF7115).</exception>
    public static CondaPackage OfConda(InputFile file, string url, string? md5, string? sha256)
    {
        var address = Clean(file, url, url);
        var name = Uri.UnescapeDataString(address.Split('/')[^1]);
        var format = ArchivePackage.FormatOf(name);
        var package = new CondaPackage(name[..^format.Length], address) { UrlFormat = format };
        if (format is not (".conda" or ".tar.bz2") || package.Build.Length == 0)
        {
            throw Wrong(file, url, "The address leads to no package of conda.");
        }

        if (!IsHash(md5, LengthOfMd5) || !IsHash(sha256, LengthOfSha256) || (md5 ?? sha256) is null)
        {
            throw Wrong(file, url, "The package has neither an MD5 nor a SHA-256, or what is written there is none.");
        }

        return package with
        {
            Hashes = md5 is null ? new Dictionary<string, string>()
                : new Dictionary<string, string> { [format] = md5.ToLowerInvariant() },
            Sha256 = sha256?.ToLowerInvariant(),
        };
    }

    /// <summary>Makes a package of the Python package index.</summary>
    /// <param name="file">The lock file.</param>
    /// <param name="name">The name.</param>
    /// <param name="version">The version.</param>
    /// <param name="url">The address of a wheel, of sources, or of a repository with its commit.</param>
    /// <param name="sha256">The SHA-256 of an archive; <see langword="null"/> if the file has none.</param>
    /// <param name="subdirectory">The folder in the sources; <see langword="null"/> for the top.</param>
    /// <returns>The package.</returns>
    /// <exception cref="ConfigurationException">As of <see cref="OfConda"/>.</exception>
    public static PipPackage OfIndex(
        InputFile file, string name, string version, string url, string? sha256, string? subdirectory = null)
    {
        if (url.StartsWith("git+", StringComparison.Ordinal))
        {
            return OfRepository(file, name, version, url, subdirectory);
        }

        var address = Clean(file, url, name);
        if (sha256 is null || !IsHash(sha256, LengthOfSha256))
        {
            throw Wrong(file, url, "The package has no SHA-256, so that nobody could tell it from another one.");
        }

        var isWheel = address.EndsWith(".whl", StringComparison.Ordinal);
        return new PipPackage(name, version, isWheel ? PipPackageKind.Wheel : PipPackageKind.SourceArchive, address)
        {
            Sha256 = sha256.ToLowerInvariant(),
            Subdirectory = subdirectory,
        };
    }

    /// <summary>Returns the name of the file that an address leads to.</summary>
    /// <param name="url">The address.</param>
    /// <returns>The last part of its path.</returns>
    public static string FileNameOf(string url) => Uri.UnescapeDataString(url.Split('#', '?')[0].Split('/')[^1]);

    // The commit follows '#' (uv, pixi) or the last '@' (pip).
    private static PipPackage OfRepository(InputFile file, string name, string version, string url, string? subdirectory)
    {
        var parts = url["git+".Length..].Split('#', 2);
        if (!Uri.TryCreate(parts[0], UriKind.Absolute, out var parsed) || parsed.Scheme is not ("http" or "https" or "ssh"))
        {
            throw LockErrors.NotKept(file, name, "a repository of this machine");
        }

        var (address, query) = parts[0].Split('?', 2) is [var bare, var rest] ? (bare, rest) : (parts[0], "");
        var at = address.LastIndexOf('@');
        var commit = parts.Length > 1 && IsCommit(parts[1]) ? parts[1] : at > 0 && IsCommit(address[(at + 1)..]) ? address[(at + 1)..]
            : throw Wrong(file, url, "The address of the repository names no commit in full.");
        var inQuery = Array.Find(query.Split('&'), static item => item.StartsWith(Subdirectory, StringComparison.Ordinal));
        var folder = subdirectory ?? (inQuery is null ? null : Uri.UnescapeDataString(inQuery[Subdirectory.Length..]));
        return new PipPackage(
            name, version, PipPackageKind.Repository, at > 0 && address[(at + 1)..] == commit ? address[..at] : address)
        {
            VersionControl = "git",
            Commit = commit,
            Subdirectory = folder,
        };
    }

    private static string Clean(InputFile file, string url, string name)
        => !Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("http" or "https")
            ? throw LockErrors.NotKept(file, name, "a file or folder of this machine")
            : SourceAddress.WithoutCredentials(url.Split('#')[0]);

    private static bool IsHash(string? text, int length) => text is null || (text.Length == length && text.All(char.IsAsciiHexDigit));

    private static bool IsCommit(string text) => text.Length is LengthOfSha1 or LengthOfSha256 && text.All(char.IsAsciiHexDigit);

    private static ConfigurationException Wrong(InputFile file, string url, string why)
        => file.Error(
            ErrorCodes.InputMalformed, 0, SourceAddress.WithoutCredentials(url), why, "Let the program that wrote the file lock it again.");
}
