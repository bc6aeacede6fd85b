using System.Text.RegularExpressions;

namespace Metaflow.Environments.Records;

/// <summary>A package of the Python package index. Its hashes are SHA-256.</summary>
/// <param name="FileName">The name without its extension of a wheel, or of an archive of sources.</param>
/// <param name="Url">Where the package came from.</param>
internal sealed partial record PyPIPackage(string FileName, string Url) : ArchivePackage(FileName, Url)
{
    private const string Wheel = ".whl";

    /// <inheritdoc/>
    public override string Category => Categories.PyPI;

    /// <inheritdoc/>
    public override string Format => Hashes.ContainsKey(Wheel) ? Wheel : UrlFormat;

    /// <inheritdoc/>
    protected override (string Name, string Version) Parts
    {
        get
        {
            // The name of sources first: the last part of a wheel's name is a platform, which is no version.
            var end = FileName.LastIndexOf('-');
            if (end > 0 && VersionText().IsMatch(FileName.AsSpan(end + 1)))
            {
                return (Normalized(FileName[..end]), FileName[(end + 1)..]);
            }

            // Name, version, build if any, Python, interface, platform.
            var parts = FileName.Split('-');
            return parts.Length is 5 or 6 ? (Normalized(parts[0]), parts[1]) : (FileName, "");
        }
    }

    private static string Normalized(string name) => Separators().Replace(name, "-").ToLowerInvariant();

    // The versions that PEP 440 allows.
    [GeneratedRegex(
        @"^v?(\d+!)?\d+(\.\d+)*([-_.]?(alpha|beta|preview|pre|a|b|c|rc)[-_.]?\d*)?(-\d+|[-_.]?(post|rev|r)[-_.]?\d*)?"
            + @"([-_.]?dev[-_.]?\d*)?(\+[a-z0-9]+([-_.][a-z0-9]+)*)?$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex VersionText();

    [GeneratedRegex("[-_.]+")]
    private static partial Regex Separators();
}
