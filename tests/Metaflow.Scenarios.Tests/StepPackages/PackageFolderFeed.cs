using System.IO.Compression;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Metaflow.Scenarios.Tests.StepPackages;

/// <summary>A folder of packages that the test makes itself, as a feed.</summary>
internal sealed class PackageFolderFeed
{
    private static readonly IReadOnlyList<MetadataReference> Framework =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static path => Path.GetDirectoryName(path) == Path.GetDirectoryName(typeof(object).Assembly.Location))
            .Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    public PackageFolderFeed(string folder) => Folder = Directory.CreateDirectory(folder).FullName;

    public string Folder { get; }

    /// <summary>Makes a package with one assembly, whose version is the package's.</summary>
    /// <param name="id">The identifier, which is the assembly's name.</param>
    /// <param name="version">The version, such as <c>2.0.0</c>.</param>
    /// <param name="source">The source of the assembly.</param>
    /// <param name="dependencies">What the package needs: identifiers with their ranges.</param>
    /// <param name="files">Other files of the package, with their content.</param>
    /// <returns>The assembly.</returns>
    public string Add(
        string id, string version, string source, (string Id, string Range)[]? dependencies = null,
        params (string Path, byte[] Content)[] files)
    {
        var assembly = Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, "built", version)).FullName, id + ".dll");
        var built = Path.Combine(Folder, "built");
        var references = (dependencies ?? [])
            .Select(needed => Directory.EnumerateFiles(built, needed.Id + ".dll", SearchOption.AllDirectories).Max(StringComparer.Ordinal)!)
            .Select(static file => MetadataReference.CreateFromFile(file));
        var compilation = CSharpCompilation.Create(
            id, [CSharpSyntaxTree.ParseText($"[assembly: System.Reflection.AssemblyVersion(\"{version}.0\")]\n{source}")],
            [.. Framework, .. references], new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        var result = compilation.Emit(assembly);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Take(3)));
        using var archive = ZipFile.Open(Path.Combine(Folder, $"{id}.{version}.nupkg"), ZipArchiveMode.Create);
        Write(archive, $"{id}.nuspec", System.Text.Encoding.UTF8.GetBytes(Specification(id, version, dependencies ?? [])));
        Write(archive, $"lib/net10.0/{id}.dll", File.ReadAllBytes(assembly));
        foreach (var (path, content) in files)
        {
            Write(archive, path, content);
        }

        return assembly;
    }

    private static string Specification(string id, string version, (string Id, string Range)[] dependencies) => $"""
        <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
          <metadata>
            <id>{id}</id><version>{version}</version><authors>test</authors><description>A package of a test.</description>
            <dependencies><group targetFramework="net10.0">
              {string.Join('\n', dependencies.Select(static needed => $"<dependency id=\"{needed.Id}\" version=\"{needed.Range}\" />"))}
            </group></dependencies>
          </metadata>
        </package>
        """;

    private static void Write(ZipArchive archive, string path, byte[] content)
    {
        using var entry = archive.CreateEntry(path).Open();
        entry.Write(content);
    }
}
