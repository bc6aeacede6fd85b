using System.Xml.Linq;

namespace Metaflow.Architecture.Tests.Sources;

/// <summary>A project file, as far as the rules look at it.</summary>
internal sealed class ProjectFile
{
    private readonly XElement _root;

    public ProjectFile(string path, string xml)
    {
        Path = path;
        _root = XElement.Parse(xml);
    }

    public string Path { get; }

    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    public string Folder => System.IO.Path.GetDirectoryName(Path)!.Replace('\\', '/');

    public bool IsPackable => Property("IsPackable") == "true";

    /// <summary>The projects whose types the code can use; those that are only built or packed along are none of them.</summary>
    public IReadOnlyList<string> ProjectReferences => _root.Descendants("ProjectReference")
        .Where(static reference => (string?)reference.Attribute("ReferenceOutputAssembly") != "false")
        .Select(static reference => System.IO.Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!))
        .Order(StringComparer.Ordinal)
        .ToList();

    public IReadOnlyList<string> PackageReferences => Includes("PackageReference");

    public IReadOnlyList<string> FriendAssemblies => Includes("InternalsVisibleTo");

    /// <summary>The files of other projects that are compiled in, as globs relative to the project's folder.</summary>
    public IReadOnlyList<string> LinkedSources => Includes("Compile");

    public string? Property(string name) => _root.Descendants(name).LastOrDefault()?.Value;

    private List<string> Includes(string item)
        => _root.Descendants(item).Select(static element => (string)element.Attribute("Include")!).Order(StringComparer.Ordinal).ToList();
}
