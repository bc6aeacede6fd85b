using System.Runtime.InteropServices;
using Metaflow.Environments.Tests.Feeds;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Metaflow.Scenarios.Tests.StepPackages;

/// <summary>A feed of packages with assemblies that the test compiles.</summary>
internal sealed class PackageFolderFeed
{
    private static readonly IReadOnlyList<MetadataReference> Framework =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static path => Path.GetDirectoryName(path) == Path.GetDirectoryName(typeof(object).Assembly.Location))
            .Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    private readonly PackageFeed _feed;

    public PackageFolderFeed(string folder) => _feed = new PackageFeed(folder);

    public string Folder => _feed.Folder;

    /// <summary>Returns a configuration file of NuGet that names the feed alone.</summary>
    public string Configuration => _feed.Configuration();

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
        _feed.Add(id, version, dependencies ?? [], [($"lib/net10.0/{id}.dll", File.ReadAllBytes(assembly)), .. files]);
        return assembly;
    }

    /// <summary>Makes a package with the .NET runtime of this process, under another version.</summary>
    /// <param name="version">The version.</param>
    public void AddRuntime(string version)
    {
        var runtime = RuntimeInformation.RuntimeIdentifier;
        var framework = RuntimeEnvironment.GetRuntimeDirectory();
        var host = Path.Combine(framework, "..", "..", "..", "host");
        _feed.Add(
            $"Microsoft.NETCore.App.Runtime.{runtime}", version, [],
            [
                .. Directory.EnumerateFiles(framework).Concat(Directory.EnumerateFiles(host, "*hostfxr*", SearchOption.AllDirectories))
                    .Select(file => (
                        $"runtimes/{runtime}/{(file.EndsWith(".so", StringComparison.Ordinal) ? "native" : "lib/net10.0")}/"
                            + Path.GetFileName(file),
                        File.ReadAllBytes(file))),
            ]);
    }
}
