using Metaflow.Errors;

namespace Metaflow.Environments.Files;

/// <summary>Reads <c>Directory.Packages.props</c>, in which a repository keeps the versions of all its packages.</summary>
internal sealed class CentralVersions
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "Directory.Packages.props";

    private readonly Dictionary<string, string> _versions = new(StringComparer.OrdinalIgnoreCase);

    private CentralVersions(ProjectXml xml)
    {
        Xml = xml;
        foreach (var item in xml.Items("PackageVersion"))
        {
            xml.RequireUnconditional(item);
            foreach (var identifier in ProjectFile.Identifiers(xml, item, "Remove"))
            {
                _versions.Remove(identifier);
            }

            foreach (var identifier in ProjectFile.Identifiers(xml, item, "Include", "Update"))
            {
                _versions[identifier] = xml.Value(item, "Version") ?? throw xml.NeedsBuild(item, "It has no version.");
            }
        }
    }

    /// <summary>Gets the content of the file.</summary>
    public ProjectXml Xml { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="file">The file.</param>
    /// <returns>The versions.</returns>
    /// <exception cref="ConfigurationException">It is malformed (MF7115), or only MSBuild can understand it (MF7116).</exception>
    public static CentralVersions Read(InputFile file) => new(ProjectXml.Parse(file));

    /// <summary>Reads a file as a list of packages: all that it has a version for are wanted.</summary>
    /// <param name="file">The file.</param>
    /// <returns>What it asks for.</returns>
    /// <exception cref="ConfigurationException">See <see cref="Read"/>; or a version is wrong (MF7103).</exception>
    public static FileRequirement Parse(InputFile file)
    {
        var builder = new RequirementBuilder(file);
        foreach (var (identifier, version) in Read(file)._versions)
        {
            builder.Add(Categories.NuGet, identifier, version, 0);
        }

        return builder.Build();
    }

    /// <summary>Returns the file that counts for a project: the nearest one in its folder and those above.</summary>
    /// <param name="projectPath">The path of the project.</param>
    /// <returns>The path; <see langword="null"/> if there is none.</returns>
    public static string? PathFor(string projectPath)
    {
        for (var folder = Path.GetDirectoryName(Path.GetFullPath(projectPath)); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var path = Path.Combine(folder, FileName);
            if (System.IO.File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }

    /// <summary>Returns the version of a package.</summary>
    /// <param name="identifier">The package.</param>
    /// <returns>The version; <see langword="null"/> if there is none.</returns>
    public string? VersionOf(string identifier) => _versions.GetValueOrDefault(identifier);
}
