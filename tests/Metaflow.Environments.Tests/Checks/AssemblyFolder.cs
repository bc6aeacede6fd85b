using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Metaflow.Environments.Tests.Checks;

/// <summary>A folder with assemblies that a test compiles.</summary>
internal sealed class AssemblyFolder : IDisposable
{
    private static readonly MetadataReference[] Framework =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static path => Path.GetFileName(path) is "System.Runtime.dll" or "System.Private.CoreLib.dll" or "System.Collections.dll"
                or "System.Linq.dll" or "System.Console.dll")
            .Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("metaflow-members-");

    public string FullName => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);

    public string Compile(string folder, string name, string version, string code, params string[] references)
        => Compile(folder, name, version, code, OutputKind.DynamicallyLinkedLibrary, references);

    public string Compile(string folder, string name, string version, string code, OutputKind kind, params string[] references)
    {
        var attribute = $"[assembly: System.Reflection.AssemblyVersion(\"{version}\")]";
        var compilation = CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(attribute), CSharpSyntaxTree.ParseText(code)],
            [.. Framework, .. references.Select(static path => MetadataReference.CreateFromFile(path))],
            new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable));
        var path = Path.Combine(
            Directory.CreateDirectory(Path.Combine(_folder.FullName, folder)).FullName, name + ".dll");
        var emitted = compilation.Emit(path, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(emitted.Success, string.Join('\n', emitted.Diagnostics));
        return path;
    }
}
