using System.Text;
using System.Text.Json;
using Metaflow.Python.PyPI.Versions;

namespace Metaflow.Python.PyPI.Wheels;

/// <summary>Reads which Python packages are installed in a folder (PEP 376, and the former <c>.egg-info</c>).</summary>
internal static class InstalledDistributions
{
    /// <summary>How the names of descriptions in the former form end.</summary>
    public const string EggExtension = ".egg-info";

    private const string InfoExtension = ".dist-info";

    /// <summary>Lists the packages of a folder.</summary>
    /// <param name="layout">The folder.</param>
    /// <returns>The packages in the order of their names. What has no name and version, as pip leaves it when it is killed, is
    /// none.</returns>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static IReadOnlyList<InstalledDistribution> List(PrefixLayout layout) => Read(layout, static _ => true);

    /// <summary>Finds a package.</summary>
    /// <param name="layout">The folder.</param>
    /// <param name="name">Its name in any spelling.</param>
    /// <returns>The package; nothing if it is not installed, and several if a tool left the description of a former version.</returns>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static IReadOnlyList<InstalledDistribution> Find(PrefixLayout layout, string name)
    {
        // The name of a description begins with the package's, so that the others need not be read.
        var wanted = PythonName.Normalize(name);
        return
        [
            .. Read(layout, file => PythonName.Normalize(file).StartsWith(wanted + "-", StringComparison.Ordinal))
                .Where(item => item.Metadata.NormalizedName == wanted),
        ];
    }

    private static IReadOnlyList<InstalledDistribution> Read(PrefixLayout layout, Predicate<string> isWanted)
    {
        if (!Directory.Exists(layout.SitePackagesPath))
        {
            return [];
        }

        var found = new List<InstalledDistribution>();
        foreach (var path in Directory.EnumerateFileSystemEntries(layout.SitePackagesPath))
        {
            var name = Path.GetFileName(path);
            var isInfo = name.EndsWith(InfoExtension, StringComparison.OrdinalIgnoreCase);
            if ((isInfo || name.EndsWith(EggExtension, StringComparison.OrdinalIgnoreCase)) && isWanted(name)
                && (isInfo ? ReadInfo(layout, path) : ReadEgg(layout, path)) is { } distribution)
            {
                found.Add(distribution);
            }
        }

        return
        [
            .. found.OrderBy(static item => item.Metadata.NormalizedName, StringComparer.Ordinal)
                .ThenBy(static item => item.InfoPath, StringComparer.Ordinal),
        ];
    }

    private static InstalledDistribution? ReadInfo(PrefixLayout layout, string folder)
        => ReadMetadata(Path.Combine(folder, "METADATA")) is not { } metadata ? null
            : new InstalledDistribution(metadata, $"{layout.SitePackages}/{Path.GetFileName(folder)}")
            {
                Installer = ReadLine(Path.Combine(folder, "INSTALLER")),
                IsRequested = File.Exists(Path.Combine(folder, "REQUESTED")),
                DirectUrl = ReadUrl(Path.Combine(folder, DirectUrl.FileName)),
                HasRecord = File.Exists(Path.Combine(folder, RecordFile.Name)),
            };

    // A folder of setuptools, or one file of distutils.
    private static InstalledDistribution? ReadEgg(PrefixLayout layout, string path)
    {
        var isFolder = Directory.Exists(path);
        if (ReadMetadata(isFolder ? Path.Combine(path, "PKG-INFO") : path) is not { } metadata)
        {
            return null;
        }

        var requirements = Path.Combine(path, "requires.txt");
        if (isFolder && metadata.RequiresDist.Count == 0 && File.Exists(requirements))
        {
            using var reader = new StreamReader(requirements, Encoding.UTF8);
            metadata = metadata with { RequiresDist = EggRequirements.Read(reader) };
        }

        return new InstalledDistribution(metadata, $"{layout.SitePackages}/{Path.GetFileName(path)}")
        {
            Installer = isFolder ? ReadLine(Path.Combine(path, "INSTALLER")) : null,
        };
    }

    private static DistributionMetadata? ReadMetadata(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var reader = new StreamReader(path, Encoding.UTF8);
        return DistributionMetadata.Read(reader);
    }

    private static string? ReadLine(string path)
        => File.Exists(path) && File.ReadLines(path).FirstOrDefault()?.Trim() is { Length: > 0 } line ? line : null;

    private static DirectUrl? ReadUrl(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return DirectUrl.Read(document.RootElement);
        }
        catch (JsonException)
        {
            // Python's own tools pass over what they cannot read, too.
            return null;
        }
    }
}
