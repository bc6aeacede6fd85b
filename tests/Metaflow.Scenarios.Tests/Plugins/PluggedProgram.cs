extern alias generators;

using System.Diagnostics;
using System.Text.Json;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using FlowGenerator = generators::Metaflow.Generators.FlowGenerator;
using PluginGenerator = generators::Metaflow.Generators.PluginGenerator;

namespace Metaflow.Scenarios.Tests.Plugins;

/// <summary>A program of several assemblies, compiled into a folder as an author's projects are: a package with a plug-in, a library with a
/// flow, the program.</summary>
internal sealed class PluggedProgram
{
    private const string RuntimeConfiguration = """
        { "runtimeOptions": { "tfm": "net10.0", "framework": { "name": "Microsoft.NETCore.App", "version": "10.0.0" } } }
        """;

    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Metaflow;
        """;

    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.CSharp13);
    private static readonly string[] Libraries =
    [
        "Metaflow", "Metaflow.Core", "Metaflow.Cli", "Metaflow.Environments", "Metaflow.Python", "System.CommandLine", "Spectre.Console",
        "YamlDotNet", "NuGet.Versioning", "Tomlyn", "SharpCompress", "ZstdSharp",
    ];

    private readonly string _folder;
    private readonly List<string> _assemblies = [.. Libraries];
    private readonly Dictionary<string, string> _packages = [];

    public PluggedProgram(string folder)
    {
        _folder = folder;
        foreach (var library in Libraries.Append("Metaflow.TaskHost"))
        {
            File.Copy(Path.Combine(AppContext.BaseDirectory, library + ".dll"), Path.Combine(folder, library + ".dll"));
        }
    }

    /// <summary>Compiles one assembly. The last one, which has the entry point, is the program.</summary>
    public PluggedProgram Add(string name, string source, params string[] references)
    {
        SyntaxTree[] trees = [Parse("Usings.cs", Usings), Parse(name + ".cs", source)];
        var kind = source.Contains("Task<int> Main(", StringComparison.Ordinal)
            ? OutputKind.ConsoleApplication
            : OutputKind.DynamicallyLinkedLibrary;
        var options = new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable);
        var compilation = CSharpCompilation.Create(
            name,
            trees,
            [.. Platform(), .. references.Select(FileOf).Select(static file => MetadataReference.CreateFromFile(file))],
            options);
        CSharpGeneratorDriver.Create(
            [new FlowGenerator().AsSourceGenerator(), new PluginGenerator().AsSourceGenerator()], parseOptions: ParseOptions)
            .RunGeneratorsAndUpdateCompilation(compilation, out var output, out _);
        var result = output.Emit(FileOf(name));
        Assert.True(
            result.Success,
            string.Join('\n', result.Diagnostics.Where(static problem => problem.Severity == DiagnosticSeverity.Error).Take(3)));
        _assemblies.Add(name);
        return this;
    }

    /// <summary>Copies more assemblies of the framework into the folder, so that what is added next can reference them.</summary>
    public PluggedProgram Include(params string[] libraries)
    {
        foreach (var library in libraries)
        {
            File.Copy(Path.Combine(AppContext.BaseDirectory, library + ".dll"), FileOf(library));
        }

        _assemblies.InsertRange(0, libraries);
        return this;
    }

    /// <summary>Takes the assembly of a package, with which the assemblies that are added next are compiled.</summary>
    public PluggedProgram AddPackage(string name, string version, string assembly)
    {
        File.Copy(assembly, FileOf(name));
        _packages.Add(name, version);
        _assemblies.Insert(0, name);
        return this;
    }

    /// <summary>Starts the program.</summary>
    public FlowProcess Start(Workplace place, params string[] arguments)
    {
        var name = _assemblies[^1];
        Write(name + ".runtimeconfig.json", RuntimeConfiguration);
        Write(name + ".deps.json", Dependencies());
        var start = new ProcessStartInfo("dotnet", ["exec", FileOf(name), .. arguments]) { WorkingDirectory = place.Folder };
        foreach (var (variable, value) in place.Environment)
        {
            start.Environment[variable] = value;
        }

        return new FlowProcess(start);
    }

    public async Task<CommandOutcome> RunAsync(Workplace place, params string[] arguments)
    {
        using var process = Start(place, arguments);
        return await process.EndAsync();
    }

    // As a build leaves the files of an unchanged program alone.
    private void Write(string name, string content)
    {
        var file = Path.Combine(_folder, name);
        if (!File.Exists(file) || File.ReadAllText(file) != content)
        {
            File.WriteAllText(file, content);
        }
    }

    private static SyntaxTree Parse(string name, string text)
        => CSharpSyntaxTree.ParseText(SourceText.From(text, System.Text.Encoding.UTF8), ParseOptions, "/plugged/" + name);

    private static IEnumerable<MetadataReference> Platform()
    {
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location);
        return ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == framework
                || Path.GetFileNameWithoutExtension(path) is "Metaflow" or "Metaflow.Core")
            .Select(static path => MetadataReference.CreateFromFile(path));
    }

    private string Dependencies()
    {
        const string Target = ".NETCoreApp,Version=v10.0";
        string KeyOf(string name) => $"{name}/{_packages.GetValueOrDefault(name, "1.0.0")}";
        string FolderOf(string name) => _packages.ContainsKey(name) ? "lib/net10.0/" : "";
        var files = _assemblies.ToDictionary(
            KeyOf, name => (object)new { runtime = new Dictionary<string, object> { [$"{FolderOf(name)}{name}.dll"] = new { } } });
        var libraries = _assemblies.ToDictionary(
            KeyOf, name => (object)new { type = _packages.ContainsKey(name) ? "package" : "project", serviceable = false, sha512 = "" });
        return JsonSerializer.Serialize(new
        {
            runtimeTarget = new { name = Target, signature = "" },
            targets = new Dictionary<string, object> { [Target] = files },
            libraries,
        });
    }

    private string FileOf(string name) => Path.Combine(_folder, name + ".dll");
}
