using System.Globalization;
using Metaflow.Errors;

namespace Metaflow.Python.PyPI.Resolving;

/// <summary>What one wheel is built from.</summary>
/// <param name="Place">An absolute path of a folder or of an archive, or an address. One of a repository is
/// <c>git+https://…@commit#subdirectory=…</c>.</param>
/// <param name="Name">The name of the package.</param>
/// <param name="Commit">The commit of a repository, in full; <see langword="null"/> for others.</param>
internal sealed record WheelSource(string Place, string Name, string? Commit)
{
    private const int LengthOfSha1 = 40;
    private const int LengthOfSha256 = 64;

    /// <summary>Returns the source of a package that pip chose.</summary>
    /// <param name="package">The package; it is no wheel.</param>
    /// <returns>The source, at the commit that pip chose.</returns>
    /// <exception cref="EnvironmentException">It is a repository without a commit (MF7077).</exception>
    public static WheelSource Of(PipPackage package)
    {
        var fragment = package.Subdirectory is { } folder
            ? "#subdirectory=" + Uri.EscapeDataString(folder).Replace("%2F", "/", StringComparison.Ordinal) : "";
        return package.Kind switch
        {
            PipPackageKind.Folder => new WheelSource(PathOf(package.Url), package.Name, null),
            PipPackageKind.Repository => new WheelSource(
                string.Create(CultureInfo.InvariantCulture, $"{package.VersionControl}+{package.Url}@{RequireCommit(package)}{fragment}"),
                package.Name, package.Commit),
            _ => new WheelSource(package.Url + (fragment.Length > 0 ? fragment : HashOf(package)), package.Name, null),
        };
    }

    /// <summary>Returns the source that a requirement names.</summary>
    /// <param name="name">The name of the package.</param>
    /// <param name="place">An absolute path, or an address. One of a repository must name a commit in full.</param>
    /// <returns>The source.</returns>
    /// <exception cref="EnvironmentException">It is editable (MF7078), or a repository without a commit (MF7077).</exception>
    public static WheelSource Of(string name, string place)
    {
        var text = place.Trim();
        if (text.StartsWith("-e", StringComparison.Ordinal) || text.StartsWith("--editable", StringComparison.Ordinal))
        {
            throw PipErrors.Editable(text);
        }

        if (!PipArguments.IsPlace(text) || text.Any(char.IsControl))
        {
            throw PipErrors.Malformed(text, "It is neither an address nor an absolute path.");
        }

        var plus = text.IndexOf('+', StringComparison.Ordinal);
        if (plus < 0 || plus > text.IndexOf("://", StringComparison.Ordinal))
        {
            return new WheelSource(text, name, null);
        }

        // The last @ is before the commit; one before it belongs to the user of the host.
        var address = text.Split('#')[0];
        var commit = address[(address.LastIndexOf('@') + 1)..];
        return IsCommit(commit) ? new WheelSource(text, name, commit) : throw PipErrors.NotBuilt(
            text, ["It names no commit in full, so that it would be another package when the branch or tag moves."]);
    }

    private static string RequireCommit(PipPackage package)
        => package.Commit is { } commit && IsCommit(commit) ? commit
            : throw PipErrors.NotBuilt(package.Url, ["pip does not say which commit it took."]);

    private static bool IsCommit(string text) => text.Length is LengthOfSha1 or LengthOfSha256 && text.All(char.IsAsciiHexDigit);

    // pip compares what it fetches with it.
    private static string HashOf(PipPackage package) => package.Sha256 is { } sha256 ? "#sha256=" + sha256 : "";

    private static string PathOf(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.IsFile ? uri.LocalPath : url;
}
