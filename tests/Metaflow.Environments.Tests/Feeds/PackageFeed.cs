using System.IO.Compression;
using System.Text;

namespace Metaflow.Environments.Tests.Feeds;

/// <summary>A folder of packages that the test makes itself, as a feed of NuGet.</summary>
internal sealed class PackageFeed
{
    public PackageFeed(string folder) => Folder = Directory.CreateDirectory(folder).FullName;

    public string Folder { get; }

    /// <summary>Makes a package.</summary>
    /// <param name="id">The identifier.</param>
    /// <param name="version">The version, such as <c>2.0.0</c>.</param>
    /// <param name="dependencies">What the package needs: identifiers with their ranges.</param>
    /// <param name="files">The files of the package, with their content.</param>
    public void Add(
        string id, string version, IEnumerable<(string Id, string Range)> dependencies, params (string Path, byte[] Content)[] files)
    {
        using var archive = ZipFile.Open(Path.Combine(Folder, $"{id}.{version}.nupkg"), ZipArchiveMode.Create);
        Write(archive, $"{id}.nuspec", Encoding.UTF8.GetBytes($"""
            <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
              <metadata>
                <id>{id}</id><version>{version}</version><authors>test</authors><description>A package of a test.</description>
                <dependencies><group targetFramework="net10.0">
                  {string.Join('\n', dependencies.Select(static needed => $"<dependency id=\"{needed.Id}\" version=\"{needed.Range}\" />"))}
                </group></dependencies>
              </metadata>
            </package>
            """));
        foreach (var (path, content) in files)
        {
            Write(archive, path, content);
        }
    }

    /// <summary>Makes a package whose assembly is a text, for tests that load none.</summary>
    /// <param name="id">The identifier.</param>
    /// <param name="version">The version.</param>
    /// <param name="dependencies">What the package needs.</param>
    /// <param name="files">Other files of the package, with their text.</param>
    public void AddText(
        string id, string version, IEnumerable<(string Id, string Range)> dependencies, params (string Path, string Content)[] files)
        => Add(
            id, version, dependencies,
            [($"lib/net10.0/{id}.dll", Encoding.UTF8.GetBytes($"{id} {version}")),
                .. files.Select(static file => (file.Path, Encoding.UTF8.GetBytes(file.Content)))]);

    /// <summary>Returns a configuration file of NuGet that names the feed alone.</summary>
    /// <param name="packagesFolder">The folder into which NuGet unpacks packages; <see langword="null"/> for its usual one.</param>
    public string Configuration(string? packagesFolder = null)
    {
        var config = packagesFolder is null ? "" : $"""<config><add key="globalPackagesFolder" value="{packagesFolder}" /></config>""";
        return $"""
            <configuration>{config}<packageSources><clear /><add key="feed" value="{Folder}" /></packageSources></configuration>
            """;
    }

    private static void Write(ZipArchive archive, string path, byte[] content)
    {
        using var entry = archive.CreateEntry(path, CompressionLevel.NoCompression).Open();
        entry.Write(content);
    }
}
