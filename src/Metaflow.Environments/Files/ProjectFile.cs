using System.Xml;
using System.Xml.Linq;
using Metaflow.Errors;

namespace Metaflow.Environments.Files;

/// <summary>Reads the packages of a project: its items <c>PackageReference</c>, with versions of <c>Directory.Packages.props</c> where
/// there is one.</summary>
/// <remarks>To NuGet <c>Version="13.0.1"</c> means this version or a higher one, and it takes the lowest there is. So a project built
/// with it got exactly 13.0.1, and this is what is asked for here. Packages that nothing is loaded from while a program runs, such as
/// analyzers, are left out. Files that the project imports are not read.</remarks>
internal sealed class ProjectFile
{
    private readonly ProjectXml _project;
    private readonly CentralVersions? _central;
    private readonly RequirementBuilder _builder;
    private readonly Dictionary<string, (string? Version, int Line)> _packages = new(StringComparer.OrdinalIgnoreCase);

    private ProjectFile(InputFile file, InputFile? central)
    {
        _project = ProjectXml.Parse(file);
        _central = central is null ? null : CentralVersions.Read(central);
        _builder = new RequirementBuilder(file);
    }

    /// <summary>Reads a project.</summary>
    /// <param name="file">The project.</param>
    /// <param name="central">The file with the versions of all packages, if there is one; see
    /// <see cref="CentralVersions.PathFor"/>.</param>
    /// <returns>What it asks for.</returns>
    /// <exception cref="ConfigurationException">It is malformed (MF7115), only MSBuild can understand it (MF7116), or a version is wrong
    /// (MF7103).</exception>
    public static FileRequirement Parse(InputFile file, InputFile? central)
    {
        var reader = new ProjectFile(file, central);
        foreach (var item in reader._project.Items("PackageReference"))
        {
            reader.Read(item);
        }

        foreach (var (identifier, (version, line)) in reader._packages)
        {
            reader._builder.Add(Categories.NuGet, identifier, version!, line);
        }

        return reader._builder.Build();
    }

    /// <summary>Returns the packages that an item names.</summary>
    /// <param name="file">The file of the item.</param>
    /// <param name="item">The item.</param>
    /// <param name="attributes">The attributes that name packages, such as <c>Include</c>.</param>
    /// <returns>The identifiers.</returns>
    public static IEnumerable<string> Identifiers(ProjectXml file, XElement item, params string[] attributes)
        => attributes.Select(attribute => file.Value(item, attribute)).OfType<string>()
            .SelectMany(static value => value.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Select(identifier => NuGetLine.IsIdentifier(identifier)
                ? identifier
                : throw file.NeedsBuild(item, $"'{Shortened.Of(identifier)}' is no identifier of a package."));

    private void Read(XElement item)
    {
        foreach (var identifier in Identifiers(_project, item, "Remove"))
        {
            _project.RequireUnconditional(item);
            _packages.Remove(identifier);
        }

        var isUpdate = item.Attribute("Update") is not null;
        foreach (var identifier in Identifiers(_project, item, "Include", "Update"))
        {
            if (isUpdate && !_packages.ContainsKey(identifier))
            {
                continue;
            }

            if (!IsLoaded(item))
            {
                _packages.Remove(identifier);
                _builder.Note($"The package '{identifier}' of '{_project.File.Name}' is not taken: no program loads it.");
                continue;
            }

            _project.RequireUnconditional(item);
            var version = VersionOf(item, identifier) ?? (isUpdate ? _packages[identifier].Version : null)
                ?? throw _project.NeedsBuild(item, "It has no version.");
            _packages[identifier] = (version, ((IXmlLineInfo)item).LineNumber);
        }
    }

    private string? VersionOf(XElement item, string identifier)
        => _project.Value(item, "VersionOverride", _central?.Xml) ?? _project.Value(item, "Version", _central?.Xml)
            ?? _central?.VersionOf(identifier);

    private bool IsLoaded(XElement item)
    {
        var excluded = Assets(item, "ExcludeAssets");
        var included = Assets(item, "IncludeAssets");
        return !excluded.Overlaps(["all", "runtime"]) && (included.Count == 0 || included.Overlaps(["all", "runtime"]));
    }

    private HashSet<string> Assets(XElement item, string name)
        => [
            .. (_project.Value(item, name, _central?.Xml) ?? "").ToLowerInvariant()
                .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        ];
}
