extern alias generators;

using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using FlowAnalyzer = generators::Metaflow.Generators.FlowAnalyzer;
using FlowGenerator = generators::Metaflow.Generators.FlowGenerator;
using PluginGenerator = generators::Metaflow.Generators.PluginGenerator;

namespace Metaflow.Generators.Tests.Compiling;

/// <summary>Compiles the source of a flow as an author's project does: with nullable types, implicit usings and the generator.</summary>
internal sealed class FlowCompilation
{
    public const string FilePath = "/flows/flow.cs";

    public const string OtherFilePath = "/flows/other.cs";

    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Metaflow;
        """;

    private static readonly ImmutableArray<MetadataReference> References = FindReferences();

    private FlowCompilation(CSharpCompilation source, DocumentationMode documentation)
    {
        Source = source;
        Driver = NewDriver(documentation).RunGeneratorsAndUpdateCompilation(source, out var output, out var problems);
        Output = (CSharpCompilation)output;
        GeneratorProblems = problems;
    }

    /// <summary>Gets what the author wrote.</summary>
    public CSharpCompilation Source { get; }

    /// <summary>Gets it with the generated halves.</summary>
    public CSharpCompilation Output { get; }

    public GeneratorDriver Driver { get; }

    public ImmutableArray<Diagnostic> GeneratorProblems { get; }

    public IReadOnlyList<string> GeneratedTexts => [.. Driver.GetRunResult().GeneratedTrees.Select(tree => tree.ToString())];

    public static FlowCompilation Of(
        string source, DocumentationMode documentation = DocumentationMode.Diagnose, bool withImplicitUsings = true,
        FlowCompilation? library = null, string? otherFile = null)
    {
        var options = ParseOptions(documentation);
        var trees = new List<SyntaxTree> { Parse(source, FilePath, options) };
        if (withImplicitUsings)
        {
            trees.Add(Parse(ImplicitUsings, "/flows/usings.cs", options));
        }

        if (otherFile is not null)
        {
            trees.Add(Parse(otherFile, OtherFilePath, options));
        }

        var compilerOptions = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, warningLevel: 9999);
        return new FlowCompilation(
            library is null
                ? CSharpCompilation.Create("FlowUnderTest", trees, References, compilerOptions)
                : CSharpCompilation.Create("ProgramUnderTest", trees, References.Add(library.ToReference()), compilerOptions),
            documentation);
    }

    public static SyntaxTree Parse(string source, string path, CSharpParseOptions? options = null)
        => CSharpSyntaxTree.ParseText(
            SourceText.From(source, System.Text.Encoding.UTF8), options ?? ParseOptions(DocumentationMode.Diagnose), path);

    /// <summary>Returns what the compiler says, warnings included, as <c>CS0103 (12,24)</c>.</summary>
    public IReadOnlyList<string> CompilerProblems()
        => [.. Problems().Where(problem => problem.Severity > DiagnosticSeverity.Info).Select(Show)];

    public ImmutableArray<Diagnostic> Problems() => Output.GetDiagnostics(TestContext.Current.CancellationToken);

    /// <summary>Returns what the analyzer says, in the order of the source.</summary>
    public async Task<IReadOnlyList<Diagnostic>> AnalyzeAsync()
    {
        var analyzed = Output.WithAnalyzers([new FlowAnalyzer()]);
        var problems = await analyzed.GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        return [.. problems.OrderBy(problem => problem.Location.SourceSpan.Start).ThenBy(problem => problem.Id, StringComparer.Ordinal)];
    }

    /// <summary>Loads the compiled flow and makes an object of it.</summary>
    public FlowSpec Load(string className)
    {
        using var image = new MemoryStream();
        var result = Output.Emit(image, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        image.Position = 0;
        var assembly = new AssemblyLoadContext("flow", isCollectible: true).LoadFromStream(image);
        return (FlowSpec)Activator.CreateInstance(assembly.GetType(className, throwOnError: true)!)!;
    }

    /// <summary>Compiles to what another assembly refers to: nothing of the source is left in it.</summary>
    private PortableExecutableReference ToReference()
    {
        using var image = new MemoryStream();
        Assert.True(Output.Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success);
        return MetadataReference.CreateFromImage(image.ToArray());
    }

    public static string Show(Diagnostic problem)
    {
        var place = problem.Location.GetLineSpan().StartLinePosition;
        return $"{problem.Id} ({place.Line + 1},{place.Character + 1})";
    }

    private static CSharpParseOptions ParseOptions(DocumentationMode documentation) => new(LanguageVersion.CSharp13, documentation);

    private static CSharpGeneratorDriver NewDriver(DocumentationMode documentation) => CSharpGeneratorDriver.Create(
        [new FlowGenerator().AsSourceGenerator(), new PluginGenerator().AsSourceGenerator()],
        parseOptions: ParseOptions(documentation),
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    private static ImmutableArray<MetadataReference> FindReferences()
    {
        var assemblies = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        return [.. assemblies.Where(path => IsForAuthors(Path.GetFileNameWithoutExtension(path)))
            .Select(path => MetadataReference.CreateFromFile(path))];
    }

    private static bool IsForAuthors(string name)
        => name is "Metaflow" or "Metaflow.Core"
            || (name.StartsWith("System.", StringComparison.Ordinal) && !name.StartsWith("System.Composition", StringComparison.Ordinal))
            || name is "System" or "netstandard" or "mscorlib";
}
