extern alias generators;

using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using FlowAnalyzer = generators::Metaflow.Generators.FlowAnalyzer;
using FlowGenerator = generators::Metaflow.Generators.FlowGenerator;

namespace Metaflow.Scenarios.Tests.Matrix.Generation;

/// <summary>The program with the flows of all cases, compiled into a folder as an author's project is.</summary>
internal sealed class MatrixProgram
{
    private const string RuntimeConfiguration = """
        {
          "runtimeOptions": {
            "tfm": "net10.0",
            "framework": { "name": "Microsoft.NETCore.App", "version": "10.0.0" },
            "configProperties": { "System.Globalization.Invariant": true, "System.Runtime.TieredPGO": false, "System.GC.Concurrent": false }
          }
        }
        """;

    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.CSharp13);
    private static readonly string[] Libraries =
    [
        "Metaflow", "Metaflow.Core", "Metaflow.Cli", "Metaflow.Environments", "System.CommandLine", "Spectre.Console", "YamlDotNet",
    ];

    private readonly string _assembly;

    private MatrixProgram(string assembly) => _assembly = assembly;

    /// <summary>Compiles the flows of some cases.</summary>
    public static MatrixProgram Build(string folder, IReadOnlyList<(MatrixGraph Graph, FlowPlan Plan)> cases)
    {
        foreach (var library in Libraries)
        {
            File.Copy(Path.Combine(AppContext.BaseDirectory, library + ".dll"), Path.Combine(folder, library + ".dll"));
        }

        foreach (var (name, text) in cases.SelectMany(static item => item.Plan.ProgramFiles).Distinct())
        {
            File.WriteAllText(Path.Combine(folder, name), text);
        }

        var assembly = Path.Combine(folder, "Matrix.dll");
        var result = Compile(cases).Emit(assembly);
        Assert.True(
            result.Success,
            string.Join('\n', result.Diagnostics.Where(static problem => problem.Severity == DiagnosticSeverity.Error).Take(3)));
        NativeImages.Compile(
            folder, ["Metaflow", "Metaflow.Core", "Metaflow.Cli", "Metaflow.Environments", "System.CommandLine", "Matrix"]);
        File.WriteAllText(Path.Combine(folder, "Matrix.runtimeconfig.json"), RuntimeConfiguration);
        return new MatrixProgram(assembly);
    }

    /// <summary>Returns what our analyzer says about the flows of some cases.</summary>
    public static async Task<ImmutableArray<Diagnostic>> AnalyzeAsync(
        IReadOnlyList<(MatrixGraph Graph, FlowPlan Plan)> cases, CancellationToken cancellationToken)
        => await Compile(cases).WithAnalyzers([new FlowAnalyzer()]).GetAnalyzerDiagnosticsAsync(cancellationToken);

    /// <summary>Describes a process of the program.</summary>
    public ProcessStartInfo Start(string folder, params IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = folder };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(_assembly);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    /// <summary>Describes a process that runs the command lines of a file and writes both streams into one.</summary>
    public ProcessStartInfo StartBatch(string folder, string file)
    {
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = folder };
        foreach (var argument in (string[])["-c", "exec dotnet exec \"$0\" batch \"$1\" 2>&1", _assembly, file])
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    private static CSharpCompilation Compile(IReadOnlyList<(MatrixGraph Graph, FlowPlan Plan)> cases)
    {
        List<SyntaxTree> trees =
        [
            Parse("Usings.cs", ProgramWriter.ImplicitUsings),
            Parse("Expect.cs", ProgramWriter.Expectations),
            Parse("Program.cs", ProgramWriter.Write(cases)),
            .. cases.Select(static item => Parse($"{item.Graph.Name}.{item.Plan.Name}.cs", FlowWriter.Write(item.Graph, item.Plan))),
        ];
        var options = new CSharpCompilationOptions(
            OutputKind.ConsoleApplication,
            optimizationLevel: OptimizationLevel.Release,
            nullableContextOptions: NullableContextOptions.Enable);
        var source = CSharpCompilation.Create("Matrix", trees, References(), options);
        CSharpGeneratorDriver.Create([new FlowGenerator().AsSourceGenerator()], parseOptions: ParseOptions)
            .RunGeneratorsAndUpdateCompilation(source, out var output, out _);
        return (CSharpCompilation)output;
    }

    private static SyntaxTree Parse(string name, string text)
        => CSharpSyntaxTree.ParseText(SourceText.From(text, System.Text.Encoding.UTF8), ParseOptions, "/matrix/" + name);

    // What an author's project sees: the framework, and of ours what is not hidden.
    private static IEnumerable<MetadataReference> References()
    {
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location);
        return ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == framework
                || Path.GetFileNameWithoutExtension(path) is "Metaflow" or "Metaflow.Core")
            .Select(static path => MetadataReference.CreateFromFile(path));
    }
}
